# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed in the middle of a change: the next one ends as one that nobody has disturbed.

It takes the node that test_plan_is_apply.py has left. The seed is printed; SEED repeats it, and make chaos kills at every task.
"""

from __future__ import annotations

import os
import pathlib
import random
import typing as t

import pytest
from change_inventory import DECLARED
from chaos.changes import Declaration
from chaos.kills import BAD, NEW, OLD, SOONEST, Kill, length, settled, trial
from chaos.trial import variables
from playbook_runs import play

SEED = int(os.environ.get("SEED") or random.randrange(10000))


def declared(given: dict[str, t.Any]) -> dict[str, t.Any]:
    """With what the inventory of the scenario says."""
    return variables(Declaration([], given, {}), DECLARED, pathlib.Path("/nowhere"))


@pytest.fixture(scope="module")
def undisturbed() -> tuple[dict[str, str], int]:
    """The state of the node after the new declaration, then the old one; and how many tasks a run has."""
    assert play(declared(NEW)).code == 0
    found, wrong, tasks = settled(declared(OLD))
    assert wrong == []
    return found, tasks


def test_killed_at_the_beginning_of_a_task(undisturbed: tuple[dict[str, str], int]) -> None:
    """Breaks the next run after a lost connection or a CI job that was stopped: it fails, or ends elsewhere."""
    wanted, tasks = undisturbed
    task = random.Random(SEED).randint(1, tasks)
    kill = Kill(task, 0.0, declared(NEW), declared(OLD))
    assert trial(kill, wanted) == [], f"SEED={SEED}, {kill}"


def test_killed_while_it_puts_back(undisturbed: tuple[dict[str, str], int]) -> None:
    """Breaks the control plane for good: what was there before a bad change is put back by nobody."""
    source = random.Random(SEED)
    bad = declared(source.choice(BAD))
    kill = Kill(0, source.uniform(SOONEST, length(bad)), bad, declared(OLD))
    assert trial(kill, undisturbed[0]) == [], f"SEED={SEED}, {kill}"
