# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A field that differs: its name, what it is and what it becomes; and how a person is told of it."""

from __future__ import annotations

import enum
import hashlib
import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line

_LONGEST = 80


class Absence(enum.Enum):
    """What stands for a value that is not there; C(None) is a value of YAML's."""

    ABSENT = "absent"


ABSENT = Absence.ABSENT


class Field(t.NamedTuple):
    """before, after: plain values, or C(ABSENT) where the field is new or goes. Never both, and nothing secret."""

    name: str
    before: t.Any
    after: t.Any

    def plain(self) -> dict[str, t.Any]:
        """As JSON holds it: without what is absent."""
        return {key: value for key, value in self._asdict().items() if value is not ABSENT}


def field_of(plain: t.Mapping[str, t.Any]) -> Field:
    """A field by what C(Field.plain) has made."""
    return Field(str(plain["name"]), plain.get("before", ABSENT), plain.get("after", ABSENT))


def _text(value: t.Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
    return line(" ".join(text.split()))


# What the last word of a name says that has a secret for its value, as part of a regular expression.
SECRET_NAME = "token|passw(?:or)?d|secret|credentials?|api[-_]?key"


def fingerprint(value: t.Any) -> str:
    """By which two values are told apart that are not shown. It is too short to find a value by it."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def told(field: Field) -> str:
    """The field on one line: C(--audit-log-maxage: 30 -> 60)."""
    name = line(field.name)
    if field.before is ABSENT:
        return f"+ {name}: {_cut(_text(field.after))}"
    if field.after is ABSENT:
        return f"- {name}: {_cut(_text(field.before))}"
    before, after = _text(field.before), _text(field.after)
    # Long ones may differ in what is cut off, or in blanks alone.
    if _cut(before) == _cut(after):
        return f"{name}: {fingerprint(field.before)} -> {fingerprint(field.after)}"
    return f"{name}: {_cut(before)} -> {_cut(after)}"


__all__ = ("ABSENT", "SECRET_NAME", "Absence", "Field", "field_of", "fingerprint", "told")
