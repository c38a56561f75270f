# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes faults one after the other on a node, and counts whose cause is found. Called by tests/faults.sh."""

from __future__ import annotations

import argparse
import pathlib
import random
import re
import sys

from faults.catalog import faults
from faults.node import Node
from faults.report import page
from faults.trial import Outcome, attempt, wait_until_healthy

# Of 40 faults the first cause has to be the right one of 36.
_SHARE = 36 / 40
_STARTS = 20


def _line(outcome: Outcome) -> str:
    mark = "right" if outcome.is_right else "WRONG"
    seconds = "-" if outcome.seconds is None else f"{outcome.seconds:.1f} s"
    line = f"{mark}  {seconds:>7}  {outcome.fault.name}: {' -> '.join(outcome.found) or 'nothing found'}"
    evidence = [] if outcome.is_right else [outcome.sentence, *outcome.evidence]
    return "\n         ".join([line, *evidence])


def _starts(node: Node, count: int) -> list[str]:
    """What was said wrongly while a healthy control plane started, so many times."""
    wrong = []
    for _start in range(count):
        node.run(
            "systemctl stop kubelet; for c in etcd kube-apiserver kube-controller-manager kube-scheduler; do pkill -9 -x $c; done"
        )
        node.run("systemctl start kubelet")
        for look in wait_until_healthy(node):
            wrong += [
                f"{item['component']} {item['fault']}: {item['cause']}" for item in look["acute"] if item["is_sure"]
            ]
    return wrong


def main() -> int:
    """0 where enough was right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--minor", required=True)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--starts", type=int, default=_STARTS)
    parser.add_argument("--version", default="")
    parser.add_argument("--page", type=pathlib.Path)
    options = parser.parse_args()
    node = Node(options.node, pathlib.Path(__file__).resolve().parents[2] / "plugins")
    there = wait_until_healthy(node)[-1]["other"]
    if there:
        print(f"{options.node} has faults already: {there}")
        return 1
    print(f"seed {options.seed}", flush=True)
    wrong = _starts(node, options.starts)
    for line in wrong:
        print(f"WRONG  a healthy start: {line}", flush=True)
    node.wait_for_the_kubelet()
    print(f"{len(wrong)} wrong verdicts in {options.starts} healthy starts", flush=True)
    chosen = [fault for fault in faults(options.minor) if re.search(options.only, fault.name)]
    random.Random(options.seed).shuffle(chosen)
    outcomes: list[Outcome] = []
    for fault in chosen[options.first - 1 :][: options.count]:
        outcomes.append(attempt(node, fault))
        print(_line(outcomes[-1]), flush=True)
        node.put_back(fault.mend)
        if options.page is not None:
            text = page(outcomes, len(wrong), options.starts, options.version, options.seed)
            options.page.write_text(text, encoding="utf-8")
        wait_until_healthy(node)
        node.wait_for_the_kubelet()
    right = sum(outcome.is_right for outcome in outcomes)
    print(f"{right} of {len(outcomes)} right")
    return 0 if right >= _SHARE * len(outcomes) and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
