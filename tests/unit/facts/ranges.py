# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts with the minors in which they hold, and what they add up to in one minor.

Sections are those of the reference that a fact is from: D for the deltas of 1.13 to 1.37, K for kubeadm 1.12.
"""

from __future__ import annotations

import typing as t

FIRST, LAST = 12, 37
MINORS = range(FIRST, LAST + 1)


class Fact(t.NamedTuple):
    """A named value. first, last: the minors where it holds, both included."""

    section: str
    name: str
    value: t.Any
    first: int = FIRST
    last: int = LAST


def holding(facts: t.Sequence[Fact], minor: int) -> dict[str, t.Any]:
    """The values by name that hold in a minor. Two facts of one name must not hold at once."""
    found = [fact for fact in facts if fact.first <= minor <= fact.last]
    names = [fact.name for fact in found]
    assert len(set(names)) == len(names), sorted(names)
    return {fact.name: fact.value for fact in found}


def sections(facts: t.Sequence[Fact]) -> str:
    """The sections that facts are from, for the id of a test."""
    return "+".join(sorted({fact.section for fact in facts}))


__all__ = ("FIRST", "LAST", "MINORS", "Fact", "holding", "sections")
