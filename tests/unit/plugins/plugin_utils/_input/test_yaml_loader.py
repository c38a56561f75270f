# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML as Kubernetes takes it: JSON's values alone, nothing lost in silence, and no secret in a message."""

from __future__ import annotations

import json
import string
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import (
    WrittenInteger,
    WrittenNumber,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import load_documents

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(string.printable[:95], max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=6), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(documents=st.lists(VALUES, min_size=1, max_size=3))
def test_json_is_yaml(documents: list[t.Any]) -> None:
    """Breaks documents that other tools write as JSON: each value has to be the same."""
    assert load_documents("---\n".join(json.dumps(document) + "\n" for document in documents)) == documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 0644", WrittenNumber("0644", 420)),
        ("a: 12:30", WrittenNumber("12:30", 750)),
        ("a: 1_000", WrittenNumber("1_000", 1000)),
        ("a: 0x10", WrittenNumber("0x10", 16)),
        ("a: 2026-01-31", "2026-01-31"),
        ("a: 2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("a: -7", WrittenInteger(-7)),
        ("a: 99999999999999999999", WrittenNumber("99999999999999999999", 99999999999999999999)),
        ("a: 1.5", 1.5),
        ("a: ~", None),
        ("a: 'on'", "on"),
    ],
)
def test_values_that_yaml_1_1_would_change(text: str, value: t.Any) -> None:
    """Breaks modes, times and dates, of which YAML 1.1 makes something else in silence."""
    [found] = load_documents(text)
    assert (found, type(found["a"])) == ({"a": value}, type(value))
    assert getattr(found["a"], "number", None) == getattr(value, "number", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "in line 4, column 3: the key c stands twice in its mapping"),
        ("0123456789abcdef: 1\n0123456789abcdef: 2\n", "in line 2, column 1: a key stands twice in its mapping"),
        ("a: 1\n2: b\n", "in line 2, column 1: a key that is no text: quote it"),
        ("true: b\n", "in line 1, column 1: a key that is no text: quote it"),
        ("[a]: b\n", "in line 1, column 1: a key that is no text: quote it"),
        ("a: !!binary aGk=\n", "in line 1, column 4: a tag that Kubernetes does not know"),
        ("a: !!set {b: null}\n", "in line 1, column 4: a tag that Kubernetes does not know"),
        ("a: !vault secret\n", "in line 1, column 4: a tag that Kubernetes does not know"),
        ("&x [*x]\n", "an anchor whose value holds itself"),
        ("a: [\n", "in line 2, column 1: "),
        # With and without libyaml these two are refused in other words.
        ("a: &x [*x]\n", ""),
        ("[" * 5000, ""),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    """Breaks the message, which says where and what; one of two equal keys would be lost, and kubeadm refuses the rest."""
    with pytest.raises(KubewrightError) as caught:
        load_documents(text)
    assert str(caught.value).startswith(message)


def test_anchors_and_merge_keys() -> None:
    """Breaks files that say a thing once; what a mapping says itself wins over what it merges."""
    text = "a: &all {x: 1, y: 2}\nb: {<<: *all, y: 3}\nc: [*all, *all]\n"
    assert load_documents(text) == [{"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": [{"x": 1, "y": 2}] * 2}]


def test_documents() -> None:
    """Breaks files with several documents, and those that are empty."""
    assert load_documents("") == []
    assert load_documents("---\na: 1\n---\n---\nb\n") == [{"a": 1}, None, "b"]


SECRET = "abcdef.0123456789abcdef"
PUNCTUATION = st.text("{}[]:,&*!|>'\"%@`#-? \n\t", max_size=8)


def _message(text: str) -> str:
    try:
        load_documents(text)
    except KubewrightError as error:
        return str(error)
    return ""


@given(before=PUNCTUATION, after=PUNCTUATION)
def test_no_message_quotes_a_value(before: str, after: str) -> None:
    """Breaks when a token in a damaged document is printed."""
    for text in (f"{before}{SECRET}{after}", f"token: {before}{SECRET}{after}"):
        assert "0123456789abcdef" not in _message(text)


@pytest.mark.parametrize("text", ["!!bool x", "!!float ''", "!!float x"])
def test_tags_before_what_is_not_of_their_type(text: str) -> None:
    """Breaks with an error of PyYAML's own, which says nothing to a user."""
    with pytest.raises(KubewrightError, match="in line 1, column 4: a value that is not of the type of its tag"):
        load_documents(f"a: {text}\n")


@pytest.mark.parametrize(
    ("text", "value"), [("!!int ''", ""), ("!!int x", "x"), ("!!null x", None), ("!!str 1", "1"), ("!!bool no", False)]
)
def test_tags_that_are_taken(text: str, value: t.Any) -> None:
    """Breaks with an error of PyYAML's own; what is no number is text to whoever reads it."""
    assert load_documents(f"a: {text}\n") == [{"a": value}]
