# SPDX-License-Identifier: GPL-3.0-or-later
"""One declaration on a node: the plan, the run, and the run after it."""

from __future__ import annotations

import json
import pathlib
import typing as t

from chaos.changes import Declaration
from chaos.node_state import differences


class Run(t.Protocol):
    """A finished run of the playbook; see C(playbook_runs.Run)."""

    code: int
    output: str
    changed: int
    rows: list[t.Any]


class Outside(t.NamedTuple):
    """play: runs the playbook with variables and options. state: of the node; see C(node_state). folder: for patches."""

    play: t.Callable[..., Run]
    state: t.Callable[[], dict[str, str]]
    folder: pathlib.Path


def variables(declared: Declaration, base: t.Mapping[str, t.Any], folder: pathlib.Path) -> dict[str, t.Any]:
    """The extra variables of a declaration. base: what has to be declared too. folder: for its patches."""
    found = dict(declared.variables)
    for name, value in base.items():
        given = found.get(name)
        if isinstance(value, dict):
            found[name] = {**value, **(given or {})}
        elif isinstance(value, list):
            found[name] = [*value, *(given or [])]
        else:
            found.setdefault(name, value)
    if declared.patches:
        folder.mkdir(parents=True)
        for name, text in declared.patches.items():
            (folder / name).write_text(text, encoding="utf-8")
        found["kubewright_patches_directory"] = str(folder)
    return found


def faults(declared: Declaration, base: t.Mapping[str, t.Any], outside: Outside) -> list[str]:
    """What is wrong: the plan writes, or is not what the run does, or the next run changes something."""
    given = variables(declared, base, outside.folder)
    before = outside.state()
    planned = outside.play(given, "--check")
    if planned.code != 0:
        return [f"the plan fails: {planned.output[-4000:]}"]
    found = [f"--check has changed {name}" for name in differences(before, outside.state())]
    run = outside.play(given)
    if run.code != 0:
        return [*found, f"the run fails: {run.output[-4000:]}"]
    found += [f"planned and not done: {' '.join(row)}" for row in planned.rows if row not in run.rows]
    found += [f"done and not planned: {' '.join(row)}" for row in run.rows if row not in planned.rows]
    again = outside.play(given)
    if again.code != 0:
        return [*found, f"the next run fails: {again.output[-4000:]}"]
    found += [f"changed again by the next run: {' '.join(row)}" for row in again.rows]
    if again.changed and not again.rows:
        found.append("the next run changes something that it does not name")
    return found


def told(number: int, declared: Declaration) -> str:
    """A line about a declaration."""
    return f"{number}: {', '.join(sorted(declared.names))}\n   {json.dumps(declared.variables)} {json.dumps(declared.patches)}"


__all__ = ("Outside", "faults", "told", "variables")
