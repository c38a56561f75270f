# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what two runs of Kubernetes' conformance tests passed; tests/conformance.sh runs it.

python -m conformance OURS KUBEADM --version v1.37.2 [--no-report]     two JUnit files
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from conformance.comparison import compare, markdown, outcomes, rules

HERE = pathlib.Path(__file__).resolve().parent
REPORT = HERE.parents[1] / "docs/conformance.md"


def main() -> int:
    """0 where the same tests passed and every failure is explained."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("kubeadm", type=pathlib.Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--no-report", action="store_true")
    arguments = parser.parse_args()
    reasons, left_out = (rules((HERE / f"{name}.txt").read_text()) for name in ("failures", "left-out"))
    comparison = compare(outcomes(arguments.ours.read_text()), outcomes(arguments.kubeadm.read_text()), reasons)
    print(f"{len(comparison.passed)} tests pass on both, {len(comparison.failed)} fail on both.")
    for name, side in comparison.different.items():
        print(f"Different: {name}: passed on {side}")
    unexplained = [name for name, reason in comparison.failed.items() if not reason]
    for name in unexplained:
        print(f"Fails on both without a reason in tests/conformance/failures.txt: {name}")
    if not comparison.passed:
        print("No test passed.")
        return 1
    if not arguments.no_report:
        REPORT.write_text(markdown(comparison, arguments.version, left_out))
    return 1 if comparison.different or unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
