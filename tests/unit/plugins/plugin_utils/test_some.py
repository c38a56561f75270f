# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of which nobody wants to read all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._some import some

NAMES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=9)


@given(names=NAMES, most=st.integers(1, 9))
def test_none_is_lost(names: list[str], most: int) -> None:
    """Breaks messages: those that are shown and those that are counted are all of them."""
    text = some(names, most)
    shown, _and, rest = text.partition(" and ")
    count = int(rest.split(" ")[0]) if rest else 0
    listed = shown.split(", ") if shown else []
    assert listed == names[:most]
    assert len(listed) + count == len(names)


def test_words() -> None:
    """Breaks the words of a message."""
    assert some(["a", "b"]) == "a, b"
    assert some(list("abcdefg")) == "a, b, c, d, e and 2 more"
