# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Component configurations by the rules of Go's types."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import components as component_config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import (
    ComponentField,
    field,
    fields_of,
)

FIELDS = fields_of(
    [
        field("enabled", "bool"),
        field("pointer", "bool?"),
        field("always", "duration", written=True),
        field("names", "list:string"),
        field("limits", "map:string"),
        field("inner", "object", written=True),
        field("inner.count", "int"),
        field("inner.enabled", "bool?"),
        field("outer", "object"),
        field("outer.text", "string"),
    ],
    (20, 0),
)


@pytest.mark.parametrize(
    ("kind", "value", "zero"),
    [
        ("bool", False, True),
        ("bool", True, False),
        ("bool?", False, False),
        ("bool?", None, True),
        ("int", 0, True),
        ("int", 1, False),
        ("string", "", True),
        ("duration", "0s", True),
        ("duration", "1s", False),
        ("list:string", [], True),
        ("map:string", {}, True),
        ("object", {}, False),
        ("enum:a|b", "", True),
    ],
)
def test_zero(kind: str, value: t.Any, zero: bool) -> None:
    """Breaks what is left out of a configuration: Go's omitempty, which a pointer escapes."""
    assert component_config.is_zero(ComponentField("x", kind, (12, 0), (99, 0), False), value) is zero


def test_the_skeleton() -> None:
    """Breaks the fields that kubeadm writes although nobody sets them."""
    assert component_config.skeleton(FIELDS, {}) == {"always": "0s", "inner": {}}
    defaults = {"inner.count": 3, "outer.text": "x"}
    assert component_config.skeleton(FIELDS, defaults) == {
        "always": "0s",
        "inner": {"count": 3},
        "outer": {"text": "x"},
    }


def test_the_users_fields_lie_over_the_base() -> None:
    """Breaks a merge: objects by field, lists and maps as a whole, and zeros that are no values."""
    base = {"enabled": True, "names": ["a"], "limits": {"a": "1"}, "inner": {"count": 1, "enabled": True}}
    user = {
        "enabled": False,
        "names": [],
        "limits": {"b": "2"},
        "inner": {"count": None, "enabled": False},
        "outer": {"text": "x"},
    }
    assert component_config.overlaid(FIELDS, base, user) == {
        "enabled": True,
        "names": [],
        "limits": {"b": "2"},
        "inner": {"count": 1, "enabled": False},
        "outer": {"text": "x"},
    }
    assert base["inner"] == {"count": 1, "enabled": True}


def test_what_is_written() -> None:
    """Breaks the text of a configuration: no empty fields, but those that Go writes all the same."""
    values = {"enabled": False, "pointer": False, "always": "", "names": [], "inner": {"count": 0, "enabled": None}}
    assert component_config.written(FIELDS, values) == {"pointer": False, "always": "", "inner": {}}
