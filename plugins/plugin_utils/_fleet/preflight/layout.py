# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Columns of text for a terminal."""

from __future__ import annotations

import itertools
import textwrap
import typing as t

GAP = "  "


def wrap(text: str, width: int, hyphens: bool = False) -> list[str]:
    """The lines of a text. hyphens: whether names may be parted at their hyphens; commands must not."""
    lines = []
    for line in text.expandtabs().split("\n"):
        lines += textwrap.wrap(line, max(1, width), break_on_hyphens=hyphens, drop_whitespace=True) or [""]
    return lines


def side_by_side(columns: t.Sequence[t.Sequence[str]], widths: t.Sequence[int]) -> list[str]:
    """Lines beside lines, each column filled to its width."""
    return [
        GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in itertools.zip_longest(*columns, fillvalue="")
    ]


__all__ = ("GAP", "side_by_side", "wrap")
