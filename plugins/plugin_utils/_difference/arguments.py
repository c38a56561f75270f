# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Flags of a command by their own names, as a list of a manifest and an environment file have them."""

from __future__ import annotations

import re
import shlex
import typing as t

_FLAG = re.compile(r"--?[A-Za-z0-9][A-Za-z0-9.-]*(?==|\Z)")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?==)")

Values = dict[str, t.Any]


def is_flag(value: t.Any) -> bool:
    """Whether an item of a list is a flag of a command."""
    return isinstance(value, str) and _FLAG.match(value) is not None


def flags(items: t.Sequence[t.Any], rest: str) -> Values:
    """The flags by their names, of one that is repeated all values. rest: the name of what is no flag."""
    found: dict[str, list[t.Any]] = {}
    for item in items:
        match = _FLAG.match(item) if isinstance(item, str) else None
        name, value = (rest, item) if match is None else (match.group(), item[match.end() + 1 :])
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 and name != rest else values for name, values in found.items()}


def environment(text: str) -> Values | None:
    """What an environment file of systemd says, flags by their own names; None where the text is none.

    A variable that is empty is as one that is absent: it has no flags.
    """
    found: Values = {}
    for row in text.splitlines():
        if not row.strip() or row.startswith(("#", ";")):
            continue
        match = _ASSIGNMENT.match(row)
        if match is None:
            return None
        try:
            # Quoted as a whole, and then divided at its blanks.
            value = " ".join(shlex.split(row[match.end() + 1 :]))
        except ValueError:
            return None
        words = value.split()
        if words:
            found.update(flags(words, match.group()) if any(map(is_flag, words)) else {match.group(): value})
    return found


__all__ = ("environment", "flags", "is_flag")
