# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the outcomes of checks mean together: what stops the run, what is only said."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import (
    ERROR,
    WARNING,
    Check,
    is_named,
)

Row = dict[str, t.Any]


class Judgement(t.NamedTuple):
    """errors: unwaived ones, as C(name: found; wanted. cure). warnings: these, waived errors and hints, likewise.

    waived: C(name; found).
    """

    errors: list[str]
    warnings: list[str]
    waived: list[str]


def row(check: Check, ignored: t.Sequence[str], errors: t.Sequence[str]) -> Row:
    """A check as a module returns it: a warning that the user takes for an error is one, C(ignored) says whether it is waived."""
    severity = ERROR if check.severity == WARNING and is_named(check.name, errors) else check.severity
    return dict(check._asdict(), severity=severity, ignored=is_named(check.name, ignored))


def _text(item: Row) -> str:
    return "{name}: found {found}; wanted {wanted}. {cure}".format(**item)


def judge(rows: t.Sequence[Row]) -> Judgement:
    """Sorts the failed checks."""
    failed = [item for item in rows if not item["passed"]]
    errors = [item for item in failed if item["severity"] == ERROR]
    stopping = [item for item in errors if not item["ignored"]]
    said = [
        ("waived error" if item["severity"] == ERROR else item["severity"], item)
        for item in failed
        if item not in stopping
    ]
    return Judgement(
        errors=[_text(item) for item in stopping],
        warnings=[f"{kind} {_text(item)}" for kind, item in said],
        waived=["{name}; {found}".format(**item) for item in errors if item["ignored"]],
    )


def message(errors: t.Sequence[str]) -> str:
    """The message of a task that fails."""
    count = "1 check" if len(errors) == 1 else f"{len(errors)} checks"
    return "{} failed; nothing was changed.\n- {}".format(count, "\n- ".join(errors))


__all__ = ("Judgement", "Row", "judge", "message", "row")
