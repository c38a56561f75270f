# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The faults of make faults: their catalogue, and how an attempt is judged."""

from __future__ import annotations

import pathlib
import re
import subprocess
import typing as t

import pytest
from faults import trial
from faults.catalog import FUNCTIONS, Fault, faults
from faults.report import page
from faults.trial import Outcome

PLUGINS = pathlib.Path(__file__).resolve().parents[3] / "plugins/module_utils"
ALL = faults("1.37")
FAULT = Fault("a fault", "etcd", ["DiskFull"], "true", "true", [])


def _words() -> set[str]:
    """What the judges can say."""
    files = [*(PLUGINS / "_diagnosis").glob("*.py"), *(PLUGINS / "_running").glob("*.py")]
    return {word for path in files for word in re.findall(r'"([A-Z][a-z]+(?:[A-Z]?[a-z]+)+)"', path.read_text("utf-8"))}


def test_there_are_enough() -> None:
    """Breaks the promise: fewer kinds of faults are tried than the documentation says, or one is tried twice."""
    assert len(ALL) >= 60
    assert len({fault.name for fault in ALL}) == len(ALL)
    assert len({fault.make for fault in ALL}) == len(ALL)


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_a_fault_can_be_made_and_found(fault: Fault) -> None:
    """Breaks make faults after half an hour: a script that no shell takes, or a word that no judge says."""
    assert set(fault.faults) <= _words()
    for script in (fault.make, fault.mend):
        assert subprocess.run(["bash", "-n"], input=FUNCTIONS + script, text=True, check=False).returncode == 0


def _look(*acute: tuple[str, str, bool], now: float, ended: t.Sequence[list[float]] = ()) -> dict[str, t.Any]:
    verdicts = [
        {"component": component, "fault": fault, "is_sure": sure, "cause": "is it", "evidence": []}
        for component, fault, sure in acute
    ]
    health = {"etcd": "healthy" if not acute and not ended else "away"}
    return {"health": health, "acute": verdicts, "other": [], "now": now, "ended": {"etcd": list(ended)}}


class _Node:
    """A node whose looks are those of a test."""

    def __init__(self, *looks: dict[str, t.Any]) -> None:
        self.looks = list(looks)

    def run(self, _script: str) -> str:
        """Its clock."""
        return "100.0"

    def make(self, _script: str) -> str:
        """Nothing."""
        return ""

    def look(self) -> dict[str, t.Any]:
        """The next, and then the last one again."""
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


RIGHT, WRONG, MAYBE = ("etcd", "DiskFull", True), ("etcd", "PortInUse", True), ("etcd", "NotHealthy", False)


@pytest.mark.parametrize(
    ("looks", "is_right", "seconds"),
    [
        ([_look(now=101), _look(RIGHT, now=103)], True, 0.0),
        ([_look(MAYBE, now=101), _look(RIGHT, now=103)], True, 2.0),
        ([_look(WRONG, now=101), _look(RIGHT, now=103)], False, 2.0),
        ([_look(MAYBE, now=101), _look(RIGHT, now=130)], False, 29.0),
        # It was away for long before its new process has ended for the first time.
        ([_look(MAYBE, now=101), _look(RIGHT, now=130, ended=[[120.0, 125.0, 1]])], True, 5.0),
        # Those that the fault has ended itself.
        ([_look(MAYBE, now=101), _look(RIGHT, now=130, ended=[[50.0, 129.0, 137]])], False, 29.0),
        (
            [_look(WRONG, now=101, ended=[[100.5, 101.0, 1]]), _look(WRONG, now=140, ended=[[100.5, 101.0, 1]])],
            False,
            None,
        ),
    ],
)
def test_an_attempt(
    monkeypatch: pytest.MonkeyPatch, looks: list[dict[str, t.Any]], is_right: bool, seconds: float | None
) -> None:
    """Breaks the count: a cause that came too late, or after a wrong one, is counted as found."""
    monkeypatch.setattr(trial.time, "sleep", lambda _seconds: None)
    outcome = trial.attempt(t.cast("t.Any", _Node(*looks)), FAULT)
    assert (outcome.is_right, outcome.seconds) == (is_right, seconds)


def test_the_page() -> None:
    """Breaks docs/faults.md: a wrong one is not seen."""
    outcomes = [
        Outcome(FAULT, True, 2.4, ["etcd DiskFull (probably)"], "etcd has a | in it", []),
        Outcome(FAULT._replace(name="another"), False, None, [], "", []),
    ]
    shown = page(outcomes, 0, 20, "v1.37.2", 7)
    assert "**1 of 2 right; 0 wrong verdicts in 20 starts of a healthy control plane.**" in shown
    assert "| a fault | etcd has a \\| in it | DiskFull | 2 s | right |" in shown
    assert "| another |  |  |  | **wrong** |" in shown
