# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that cannot be looked at, or written."""

from __future__ import annotations

import copy
import datetime
import pickle
import time
import typing as t

import hypothesis
import pytest
from hypothesis import strategies

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import (
    DEEPEST,
    MOST_VALUES,
    WrittenNumber,
    faults,
    impossible_character,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import load_documents


def _deep(levels: int, make: t.Callable[[t.Any], t.Any]) -> t.Any:
    value: t.Any = "x"
    for _level in range(levels):
        value = make(value)
    return value


def _bomb() -> t.Any:
    value: t.Any = ["x"] * 10
    for _level in range(40):
        value = [value] * 10
    return value


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        ("a\0b", "v", "the character U+0000"),
        ({"a": ["b", "\ud800"]}, "v.a[1]", "the character U+D800"),
        ({"a\ufffe": "b"}, r"v.a\ufffe", "in the key, the character U+FFFE"),
        (["\U0010ffff"], "v[0]", "the character U+10FFFF"),
        ({"a": datetime.date(2026, 1, 1)}, "v.a", "a date or time (2026-01-01)"),
        (datetime.datetime(2026, 1, 1, 2, 3), "v", "a date or time (2026-01-01T02:03:00)"),
        ({datetime.date(2026, 1, 1): 1}, "v.2026-01-01", "in the key, a date or time (2026-01-01)"),
        (b"a", "v", "a value of type bytes"),
        (float("nan"), "v", "the number nan"),
        ([10**5000], "v[0]", "a number of very many digits"),
        (-(10**41), "v", "a number of very many digits"),
    ],
)
def test_what_cannot_be_written(value: t.Any, path: str, found: str) -> None:
    """Breaks a file that its reader drops as a whole, or the run with a traceback."""
    [fault] = faults("v", value)
    assert (fault.path, fault.found) == (path, found)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (_deep(DEEPEST + 2, lambda item: [item]), "nested too deep"),
        (_deep(10_000, lambda item: {"a": item}), "nested too deep"),
        (_bomb(), "too many values"),
        (["x"] * (MOST_VALUES + 1), "too many values"),
    ],
)
def test_what_has_no_end(value: t.Any, found: str) -> None:
    """Breaks a run with a traceback of recursion, or one that never ends: 10 to the 40th values by aliases."""
    start = time.monotonic()
    [fault] = faults("v", value)
    assert found in fault.found
    assert time.monotonic() - start < 20, "it is not cut off"


def test_a_value_that_holds_itself() -> None:
    """Breaks with a traceback."""
    value: list[t.Any] = []
    value.append(value)
    assert "nested too deep" in faults("v", value)[0].found


@hypothesis.given(strategies.text(strategies.characters(codec=None)))
def test_other_texts_are_sound(text: str) -> None:
    """Breaks when a text passes that UTF-8 cannot write, or one that can be given to a program does not."""
    character = impossible_character(text)
    try:
        text.encode()
        is_possible = "\0" not in text
    except UnicodeEncodeError:
        is_possible = False
    if is_possible:
        assert character is None or chr(int(character[2:], 16)) in text
    else:
        assert character is not None


@pytest.mark.parametrize("name", sorted(VARIABLES))
@pytest.mark.parametrize(
    "value", ["a\ud800b", "a\0b", _deep(5000, lambda item: [item]), _bomb(), datetime.date(2026, 1, 1)]
)
def test_every_variable(name: str, value: t.Any) -> None:
    """Breaks when one of the variables is looked at before: each names its path, and nothing else is said of it."""
    found = read_input({name: value}).faults
    assert [fault.path.split(".")[0].split("[")[0] for fault in found] == [name]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a: "x\\0y"', "a: the character U.0000"),
        ('"\\ud800": 1', "UTF-8|character|surrogate"),
        ("a: .nan", "a: the number nan"),
        ("[" * 5000, "nesting depth|nested too deep"),
        ("a: " + "1" * 10_000, "^$"),
        (
            "- &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"- &{chr(98 + level)} [{', '.join(['*' + chr(97 + level)] * 10)}]\n" for level in range(12)),
            "too many values",
        ),
    ],
)
def test_documents(text: str, message: str) -> None:
    """Breaks when what a variable may not hold comes by way of a file."""
    if message == "^$":
        assert load_documents(text) == [{"a": "1" * 10_000}]
        return
    with pytest.raises(KubewrightError, match=message):
        load_documents(text)


def test_numbers_of_very_many_digits() -> None:
    """Breaks with a traceback: as a key, or in hexadecimal digits in a file."""
    assert "in the key, a number of very many digits" in faults("v", {16**5000: 1})[0].found
    with pytest.raises(KubewrightError, match="very many digits"):
        load_documents("a: 0x" + "f" * 5000)


def test_a_number_as_written_can_be_copied() -> None:
    """Breaks every document of a component with a number that is not written in decimal digits: it is copied on its way."""
    number = WrittenNumber("0644", 420)
    for made in (copy.copy(number), copy.deepcopy({"a": [number]})["a"][0], pickle.loads(pickle.dumps(number))):
        assert (made, made.number, type(made)) == ("0644", 420, WrittenNumber)
