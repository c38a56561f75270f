# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others call themselves, as it is shown."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import (
    line,
    printable,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import with_texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("kube-apiserver, größer, 日本", "kube-apiserver, größer, 日本"),
        ("\x1b[31mred\x9b", "\\x1b[31mred\\x9b"),
        ("a\u202eb\u2066\ufeff", "a\\u202eb\\u2066\\ufeff"),
        ("a\r\u2028\x85\0", "a\\x0d\\u2028\\x85\\x00"),
        ("\udcff\udc00", "\\xff\\udc00"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_a_terminal_obeys(text: str, shown: str) -> None:
    """Breaks when a name changes the terminal, or shows as another one."""
    assert printable(text) == line(text) == shown


def test_line_breaks() -> None:
    """Breaks when a file's name looks like a line of ours, or a message of several lines becomes one."""
    assert printable("a\n\tb") == "a\n\tb"
    assert line("a\n\tb") == "a\\x0a\\x09b"


def test_every_character() -> None:
    """Breaks when one of a kind is forgotten: nothing of Unicode's classes Other and Separator is left but a blank."""
    everything = [chr(number) for number in range(sys.maxunicode + 1)]
    random.Random(1).shuffle(everything)
    left = {unicodedata.category(item)[0] for item in set(line("".join(everything))) - {" "}}
    assert left == {"L", "M", "N", "P", "S"}


def test_values() -> None:
    """Breaks when a text deep in a result is missed, or something else is changed."""
    kept = object()
    value = {"a\x1b": ["b\r", 1, None, kept, {"c": "d\u202e"}]}
    assert with_texts(value, printable) == {"a\\x1b": ["b\\x0d", 1, None, kept, {"c": "d\\u202e"}]}
