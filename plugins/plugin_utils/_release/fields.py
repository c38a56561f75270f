# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The fields of the kubelet's and kube-proxy's configurations: what Go's types say of them, as far as it shows in YAML."""

from __future__ import annotations

import typing as t

Version = tuple[int, int]
_LAST: Version = (99, 0)


class ComponentField(t.NamedTuple):
    """A field.

    path: dotted, C([]) behind a list of objects. kind: C(bool), C(int) (of 32 bits), C(int64), C(uint32), C(number), C(string),
    C(duration), C(quantity),
    C(object), C(list:string), C(list:int), C(list:object), C(map:string), C(map:bool), C(map:quantity),
    C(map:list:string), C(int|duration), or C(enum:) and the words; with a C(?) behind it a Go pointer, of which an explicit
    zero is written back. first, last: the (minor, patch) range that has it, both included.
    written: whether it is written even where it is not set.
    """

    path: str
    kind: str
    first: Version
    last: Version
    written: bool

    @property
    def is_pointer(self) -> bool:
        """Whether Go tells not set from zero."""
        return self.kind.endswith("?")

    @property
    def plain_kind(self) -> str:
        """The kind without the mark of a pointer."""
        return self.kind.rstrip("?")


def field(
    path: str, kind: str, first: int | Version = 12, last: int | None = None, *, written: bool = False
) -> ComponentField:
    """A row of a table. first: the first minor, or the first (minor, patch). last: the last minor; None for none yet."""
    begin = first if isinstance(first, tuple) else (first, 0)
    return ComponentField(path, kind, begin, _LAST if last is None else (last, 999), written)


def fields_of(rows: t.Sequence[ComponentField], version: Version) -> dict[str, ComponentField]:
    """The fields that a version has, by path."""
    return {row.path: row for row in rows if row.first <= version <= row.last}


__all__ = ("ComponentField", "Version", "field", "fields_of")
