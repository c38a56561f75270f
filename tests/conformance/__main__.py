# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what two runs of Kubernetes' conformance tests passed; tests/conformance.sh runs it.

python -m conformance OURS KUBEADM --version v1.37.2 [--focus] [--no-report]     two JUnit files
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from conformance.comparison import compare, faults, markdown, outcomes, rules

HERE = pathlib.Path(__file__).resolve().parent
REPORT = HERE.parents[1] / "docs/conformance.md"


def main() -> int:
    """0 where the same tests passed, every failure is explained and none was left out without a word."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("kubeadm", type=pathlib.Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--focus", action="store_true", help="not all tests were asked for")
    parser.add_argument("--no-report", action="store_true", help="leave docs/conformance.md alone")
    arguments = parser.parse_args()
    reasons, left_out = (rules((HERE / f"{name}.txt").read_text()) for name in ("failures", "left-out"))
    sides = {side: outcomes(getattr(arguments, side).read_text()) for side in ("ours", "kubeadm")}
    comparison = compare(sides["ours"].run, sides["kubeadm"].run, reasons)
    print(f"{len(comparison.passed)} tests pass on both, {len(comparison.failed)} fail on both.")
    found = faults(sides, comparison, left_out, reasons, not arguments.focus)
    for line in found:
        print(line)
    if found:
        return 1
    if not arguments.no_report and not arguments.focus:
        REPORT.write_text(markdown(comparison, arguments.version, left_out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
