# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Texts of others as they can be shown: in a terminal, a log, a page or an XML file."""

from __future__ import annotations

import typing as t

_LAYOUT = frozenset("\n\t")


def _escaped(character: str) -> str:
    number = ord(character)
    # A byte that is no UTF-8, as Python has it in names of files (PEP 383).
    if 0xDC80 <= number <= 0xDCFF:
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def printable(text: str, layout: t.Collection[str] = _LAYOUT) -> str:
    r"""A text in which everything that a terminal obeys, or that nobody sees, is written as C(\xNN), C(\uNNNN) or C(\UNNNNNNNN).

    That is what Unicode calls Other and Separator: control characters, escape sequences, marks of direction, halves of pairs.
    layout: which of them stay; line breaks and tabs.
    """
    if text.isprintable():
        return text
    return "".join(item if item.isprintable() or item in layout else _escaped(item) for item in text)


def line(text: str) -> str:
    """The same of a name, which is one line: its line breaks are shown too."""
    return printable(text, ())


__all__ = ("line", "printable")
