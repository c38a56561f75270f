#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Opens the page that playbooks/preflight.yml writes in a headless Chromium and tests it there. Arguments go to pytest.

. "$(dirname "${BASH_SOURCE[0]}")/environment/common.sh"

cd "$PROJECT_DIR"
debian_packages chromium chromium-driver
venv=$(tests/environment/python.sh requirements.txt tests/{ansible-core,requirements}.txt tests/browser/requirements.txt)

say "Browser tests"
"$venv/bin/python" -m pytest -q tests/browser "$@"
