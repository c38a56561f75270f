# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A value by Kubernetes minor."""

from __future__ import annotations

import typing as t

Value = t.TypeVar("Value")


class Valued(t.Protocol):
    """Something that has a version, by which a feature has a value."""

    def value_of(self, feature: Feature[Value]) -> Value:
        """The value of a feature."""


class Feature(t.Generic[Value]):
    """A value by minor; an attribute of a release, whose value is that of the release's version.

    since: (minor, value) pairs in ascending order; the last one at or below the wanted minor holds.
    patches: (minor, patch, value) triples in ascending order; inside that minor, from that patch on, they win.
    """

    def __init__(self, since: tuple[tuple[int, Value], ...], patches: tuple[tuple[int, int, Value], ...] = ()) -> None:
        """See the class."""
        self.since = since
        self.patches = patches

    @t.overload
    def __get__(self, release: None, owner: type) -> Feature[Value]: ...

    @t.overload
    def __get__(self, release: Valued, owner: type) -> Value: ...

    def __get__(self, release: Valued | None, owner: type) -> Feature[Value] | Value:
        """The value for a release; of the class, the feature itself."""
        return self if release is None else release.value_of(self)

    def at(self, minor: int, patch: int) -> Value:
        """The value for 1.C(minor).C(patch), which is not older than the first one."""
        value = self.since[0][1]
        for since, candidate in self.since:
            if since <= minor:
                value = candidate
        for guarded_minor, first_patch, candidate in self.patches:
            if guarded_minor == minor and first_patch <= patch:
                value = candidate
        return value


def since(*pairs: tuple[int, Value], patches: t.Sequence[tuple[int, int, Value]] = ()) -> Feature[Value]:
    """A feature by its pairs and patches; see C(Feature)."""
    return Feature(pairs, tuple(patches))


__all__ = ("Feature", "Value", "Valued", "since")
