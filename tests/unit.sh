#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the unit tests. Arguments go to pytest.

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

say "Unit tests"
python -m pytest -q -n 2 tests/unit "$@"
