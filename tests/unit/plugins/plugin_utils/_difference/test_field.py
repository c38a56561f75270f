# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A field that differs."""

from __future__ import annotations

import json

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import (
    ABSENT,
    Field,
    field_of,
    fingerprint,
    told,
)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field("--v", "2", "4"), "--v: 2 -> 4"),
        (Field("--v", ABSENT, "4"), "+ --v: 4"),
        (Field("--v", "2", ABSENT), "- --v: 2"),
        (Field("a", "", "x"), 'a: "" -> x'),
        (Field("a", None, False), "a: null -> false"),
        (Field("a", ["x"], {"b": 1}), 'a: ["x"] -> {"b": 1}'),
        (Field("a", "x", "y" * 500), "a: x -> " + "y" * 77 + "..."),
        (Field("line 3", "    cache 30", "    cache 60"), "line 3: cache 30 -> cache 60"),
    ],
)
def test_a_field_on_one_line(field: Field, text: str) -> None:
    """Breaks the table: a value of several lines or of many characters fills the screen, or a field says the wrong way round."""
    assert told(field) == text


@pytest.mark.parametrize(("one", "other"), [("a" * 90 + "1", "a" * 90 + "2"), ("a  b", "a b")])
def test_what_differs_where_it_is_not_shown(one: str, other: str) -> None:
    """Breaks the plan: two values that differ look the same, as certificates in base64 do, which all begin alike."""
    assert told(Field("a", one, other)) == f"a: {fingerprint(one)} -> {fingerprint(other)}"


def test_a_fingerprint_tells_apart_and_no_more() -> None:
    """Breaks a secret: so long a mark that the value could be found by it; or two secrets that look the same."""
    assert fingerprint("a") != fingerprint("b")
    assert len(fingerprint("abcdef.0123456789abcdef")) == len("sha256:") + 8
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


@pytest.mark.parametrize("field", [Field("a", ABSENT, None), Field("a", None, ABSENT), Field("a", 1, [2])])
def test_a_field_in_json(field: Field) -> None:
    """Breaks programs: what is absent and what is null are the same to them, or a field cannot be written."""
    plain = field.plain()
    assert field_of(json.loads(json.dumps(plain))) == field
    assert ("before" in plain, "after" in plain) == (field.before is not ABSENT, field.after is not ABSENT)
