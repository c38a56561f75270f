# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A value by Kubernetes minor."""

from __future__ import annotations

import typing as t


class Feature(t.NamedTuple):
    """A value by minor.

    since: (minor, value) pairs in ascending order; the last one at or below the wanted minor holds.
    patches: (minor, patch, value) triples in ascending order; inside that minor, from that patch on, they win.
    """

    since: tuple[tuple[int, t.Any], ...]
    patches: tuple[tuple[int, int, t.Any], ...] = ()

    def at(self, minor: int, patch: int) -> t.Any:
        """The value for 1.C(minor).C(patch)."""
        value = None
        for since, candidate in self.since:
            if since <= minor:
                value = candidate
        for guarded_minor, first_patch, candidate in self.patches:
            if guarded_minor == minor and first_patch <= patch:
                value = candidate
        return value


def since(*pairs: tuple[int, t.Any], patches: t.Sequence[tuple[int, int, t.Any]] = ()) -> Feature:
    return Feature(since=tuple(pairs), patches=tuple(patches))


__all__ = ("Feature", "since")
