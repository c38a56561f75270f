#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Feeds all readers of foreign data without end, until one fails. What it failed at joins tests/fuzz/corpus.
#
#   tests/fuzz.sh [--seconds COUNT] [TARGET...]     see tests/fuzz/targets.py

. "$(dirname "${BASH_SOURCE[0]}")/run_environment.sh"

PYTHONPATH=.build:tests python -m fuzz "$@"
