# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The rows of a plan as lines for a terminal."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import field_of, told

Plain = t.Mapping[str, t.Any]
# A screen is full of them, and all are in the file.
_MOST_FIELDS = 40
# A server that is asked all the time is away for less while nothing happens.
_NOTICED = 0.5


def _reason(row: Plain) -> str:
    """Why, and for how long the API server may be away."""
    seconds = row.get("away_seconds")
    if seconds is None:
        return str(row["reason"])
    if seconds < _NOTICED:
        return f"{row['reason']} (the API server answered all the time when this was done last)"
    return f"{row['reason']} (the API server was away for {seconds:.0f} s when this was done last)"


def _fields(row: Plain) -> list[str]:
    fields = [told(field_of(field)) for field in row.get("fields") or []]
    left = len(fields) - _MOST_FIELDS
    return fields if left <= 1 else [*fields[:_MOST_FIELDS], f"and {left} more"]


def row_lines(rows: t.Sequence[Plain], shows_fields: bool) -> list[str]:
    """Each row with its columns below each other, and below it what differs. rows: as tasks return them (C(planned))."""
    columns = [(line(str(row["artefact"])), str(row["action"]), line(_reason(row))) for row in rows]
    artefact = max((len(name) for name, _what, _why in columns), default=0)
    action = max((len(what) for _name, what, _why in columns), default=0)
    lines = []
    for row, (name, what, why) in zip(rows, columns, strict=True):
        lines.append(f"  {name:{artefact}}  {what:{action}}  {why}")
        lines += [f"      {field}" for field in _fields(row)] if shows_fields else []
    return [text.rstrip() for text in lines]


def count(rows: t.Sequence[Plain], is_check: bool) -> str:
    """How many changes there are, or would be in check mode."""
    if not rows:
        return "nothing to change" if is_check else "nothing changed"
    return "1 change" if len(rows) == 1 else f"{len(rows)} changes"


__all__ = ("count", "row_lines")
