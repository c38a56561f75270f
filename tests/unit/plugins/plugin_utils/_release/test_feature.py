# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value by minor and patch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import since

MINORS = st.integers(12, 40)


@given(changes=st.dictionaries(st.integers(13, 40), st.integers()), minor=MINORS, patch=st.integers(0, 99))
def test_the_last_change_holds(changes: dict[int, int], minor: int, patch: int) -> None:
    """Breaks every fact of the release table: a change counts a minor too early, too late or not at all."""
    feature = since((12, -1), *sorted(changes.items()))
    below = [change for change in changes if change <= minor]
    assert feature.at(minor, patch) == (changes[max(below)] if below else -1)


@pytest.mark.parametrize(
    ("version", "value"),
    [((25, 9), "a"), ((26, 7), "a"), ((26, 8), "b"), ((26, 9), "b"), ((27, 0), "a"), ((27, 5), "b"), ((28, 0), "b")],
)
def test_what_came_with_a_patch(version: tuple[int, int], value: str) -> None:
    """Breaks fixes that reached older minors: they hold from that patch on, and for that minor alone."""
    feature = since((12, "a"), (28, "b"), patches=((26, 8, "b"), (27, 5, "b")))
    assert feature.at(*version) == value
