# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures all of it, or the parts that are named; prints the table and writes bench/results.json and docs/speed.md with its picture."""

from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import sys
import typing as t

from bench.fleet import preflight, render
from bench.measured import Failed
from bench.nodes import PROJECT
from bench.race import one_host, race, side_by_side, summary
from bench.report import page, picture, rows, table

Values = dict[str, t.Any]
WORK = PROJECT / ".build/bench"
RESULTS = PROJECT / "bench/results.json"
PICTURE = PROJECT / "docs/speed.svg"
PAGE = PROJECT / "docs/speed.md"
PARTS = ("init", "init-1.20", "one-host", "hosts", "render", "preflight")


def say(text: str) -> None:
    """What is measured now."""
    print(f"==> {text}", file=sys.stderr, flush=True)


def _init(minor: str, pairs: int, folder: pathlib.Path) -> Values:
    found = []
    for number in range(1, pairs + 1):
        found.append(race(minor, folder / str(number)))
        say(f"{minor}, pair {number}: ours {found[-1].ours:.1f} s, kubeadm init {found[-1].kubeadm:.1f} s")
    return summary(found)


def _key(what: str, hosts: int) -> str:
    return f"{what}_{hosts}_{'host' if hosts == 1 else 'hosts'}_seconds"


def measured(parts: t.Collection[str], newest: str, oldest: str, version: str, pairs: int) -> Values:
    """The results by their keys."""
    results: Values = {"newest": newest, "oldest": oldest}
    if "init" in parts:
        results.update(_init(newest, pairs, WORK / "init"))
    if "init-1.20" in parts:
        results.update({f"{key}_1_20": value for key, value in _init(oldest, pairs, WORK / "init-oldest").items()})
    if "one-host" in parts:
        say("the check of a blank node, and runs that change nothing")
        results.update(one_host(newest, WORK / "one-host", pairs))
    if "hosts" in parts:
        say("runs that change nothing on several nodes side by side")
        nodes = [f"bench-host-{number}" for number in range(1, 6)]
        results.update(side_by_side(newest, WORK / "hosts", pairs, nodes))
    if "render" in parts:
        for count in (1, 10, 100):
            say(f"render.yml for {count} hosts")
            results[_key("render", count)] = round(render(WORK / f"render-{count}", count, 3), 2)
    if "preflight" in parts:
        say("preflight.yml for 50 hosts and fewer")
        for count, seconds in preflight(WORK / "preflight", (1, 10, 50), version).items():
            results[_key("preflight", count)] = seconds
    return results


def main() -> None:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--pairs", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--newest", required=True)
    parser.add_argument("--oldest", required=True)
    parser.add_argument("--version", required=True, help="of the newest")
    asked = parser.parse_args()
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    shutil.rmtree(WORK, ignore_errors=True)
    try:
        found = measured(asked.parts or PARTS, asked.newest, asked.oldest, asked.version, asked.pairs)
    except Failed as error:
        sys.exit(f"error: {error}")
    results = {**(json.loads(RESULTS.read_text(encoding="utf-8")) if asked.parts and RESULTS.exists() else {}), **found}
    RESULTS.parent.mkdir(exist_ok=True)
    # The phases stay in the order of the run, in which the picture has them.
    RESULTS.write_text(json.dumps(dict(sorted(results.items())), indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")
    if rows(results):
        PICTURE.write_text(picture(rows(results)), encoding="utf-8")
    print(table(results), end="")


if __name__ == "__main__":
    main()
