# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Columns of text: nothing is lost, and nothing is wider than its column."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.layout import (
    GAP,
    side_by_side,
    wrap,
)

TEXTS = st.text(string.ascii_letters + " -/\n", max_size=60)


@given(text=TEXTS, width=st.integers(1, 30), hyphens=st.booleans())
def test_wrapped_text_is_whole_and_fits(text: str, width: int, hyphens: bool) -> None:
    """Breaks the table of a report: a word of a cure is cut off, or the columns beside it are pushed away."""
    lines = wrap(text, width, hyphens)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert len(lines) >= text.count("\n") + 1


def test_commands_are_not_parted_at_their_hyphens() -> None:
    """Breaks commands that one copies from the table."""
    assert wrap("run apt-get install x", 8) == ["run", "apt-get", "install", "x"]
    assert wrap("FileExisting-crictl", 13, hyphens=True) == ["FileExisting-", "crictl"]


@given(columns=st.lists(st.tuples(st.integers(5, 9), st.lists(st.text("abc", max_size=5), max_size=4)), max_size=4))
def test_each_cell_stands_in_its_column(columns: list[tuple[int, list[str]]]) -> None:
    """Breaks the table where one cell has more lines than those beside it."""
    widths, cells = [width for width, _lines in columns], [lines for _width, lines in columns]
    found = side_by_side(cells, widths)
    assert len(found) == max(map(len, cells), default=0)
    start = 0
    for width, lines in zip(widths, cells, strict=True):
        column = [line[start : start + width].rstrip() for line in found]
        assert column[: len(lines)] == lines
        assert not any(column[len(lines) :])
        start += width + len(GAP)
