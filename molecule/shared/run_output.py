# SPDX-License-Identifier: GPL-3.0-or-later
"""What the output of a run of ansible-playbook says, its results as JSON on one line."""

from __future__ import annotations

import json
import os
import re
import typing as t

# As JSON the message of a failed task stands in the output as one string.
ENVIRONMENT = {
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
    "ANSIBLE_CALLBACK_FORMAT_PRETTY": "false",
    "ANSIBLE_FORCE_COLOR": "0",
    "ANSIBLE_NOCOLOR": "1",
}


_MEASURED = re.compile(r" \(the API server [^()]* when this was done last\)$")


class Row(t.NamedTuple):
    """What changes: C(create), C(change), C(remove) or C(restart)."""

    artefact: str
    action: str
    reason: str


def environment() -> dict[str, str]:
    """The environment in which a run writes so."""
    return {**os.environ, **ENVIRONMENT}


def failed_message(output: str) -> str:
    """The message of the task that failed last, in one piece; empty where none failed."""
    messages = re.findall(r'"msg": ("(?:[^"\\]|\\.)*")', "".join(re.findall(r"fatal: \[.*", output)))
    return str(json.loads(messages[-1])) if messages else ""


def changed_tasks(output: str) -> int:
    """How many tasks have changed something, of all hosts together, from the recap; -1 where there is none."""
    changed = re.findall(r"changed=(\d+)", output)
    return sum(map(int, changed)) if changed else -1


def rows(output: str) -> list[Row]:
    """The table at the end of a run: what changed, or would with --check; without what was measured before."""
    table = re.split(r"^(?:PLAN|CHANGES) \*+$", output, flags=re.MULTILINE)
    found = re.findall(
        r"^  (\S.*?)  +(create|change|remove|restart)  +(.*?)\s*$", table[-1] if len(table) > 1 else "", re.MULTILINE
    )
    return [Row(artefact, action, _MEASURED.sub("", reason)) for artefact, action, reason in found]


__all__ = ("Row", "changed_tasks", "environment", "failed_message", "rows")
