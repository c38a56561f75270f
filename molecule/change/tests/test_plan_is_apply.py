# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared at random is done as planned, and only once. It takes the node that test_drift.py has left.

The seed of a run is printed; SEED repeats it, and make chaos goes on for longer.
"""

from __future__ import annotations

import os
import pathlib
import random

import pytest
from change_inventory import DECLARED
from chaos.changes import declaration
from chaos.node_state import node_state
from chaos.trial import Outside, faults, told
from playbook_runs import on_node, play

SEED = int(os.environ.get("SEED") or random.randrange(10000))


@pytest.mark.parametrize("number", [1])
def test_the_plan_is_what_the_run_does(tmp_path: pathlib.Path, number: int) -> None:
    """Breaks the trust in --check: it writes, or the run does another thing, or the next run does it again."""
    declared = declaration(SEED, number)
    outside = Outside(play, lambda: node_state(on_node), tmp_path / "patches")
    assert faults(declared, DECLARED, outside) == [], f"SEED={SEED}, {told(number, declared)}"
