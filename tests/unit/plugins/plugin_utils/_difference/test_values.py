# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between two values."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import same_value
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import ABSENT, Field, told
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.values import compare, document


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"a": {}}, {"a": {"b": 1}}, ["+ a.b: 1"]),
        ({"a": {"b": 1}}, {}, ["- a.b: 1"]),
        ({"a": {"b": 1}}, {"a": "x"}, ["- a.b: 1", "+ a: x"]),
        ({"a": []}, {"a": ["x"]}, ['a: [] -> ["x"]']),
        ({}, {"a": ["x"]}, ['+ a: ["x"]']),
        ({"a": 1}, {"a": True}, ["a: 1 -> true"]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, ['a: ["x", "y"] -> ["y", "x"]']),
        ({"a": [{"name": "v", "value": "2"}]}, {"a": [{"name": "v", "value": "4"}]}, ["a[v]: 2 -> 4"]),
        ({"a": []}, {"a": [{"name": "v", "value": "2"}]}, ["+ a[v]: 2"]),
        ({"a": ["b" * 40, "c" * 40]}, {"a": ["b" * 40]}, [f"- a[1]: {'c' * 40}"]),
        (
            {"volumes": []},
            {"volumes": [{"name": "audit", "hostPath": {"path": "/var", "type": "File"}}]},
            ["+ volumes[audit].hostPath.path: /var", "+ volumes[audit].hostPath.type: File"],
        ),
        (
            {"rules": [{"level": "None"}, {"level": "Metadata", "verbs": ["get"]}]},
            {"rules": [{"level": "None"}, {"level": "Request", "verbs": ["get"]}, {"level": "Metadata"}]},
            ["rules[1].level: Metadata -> Request", "+ rules[2].level: Metadata"],
        ),
        ({"command": ["a", "--v=1"]}, {"command": ["b", "--v=2"]}, ['command: ["a"] -> ["b"]', "--v: 1 -> 2"]),
        (
            {"command": ["--v=1", "--w"]},
            {"command": ["--w", "--v=1"]},
            ['command: ["--v=1", "--w"] -> ["--w", "--v=1"]'],
        ),
    ],
)
def test_fields(one: t.Any, other: t.Any, said: list[str]) -> None:
    """Breaks the plan that one shows to a colleague: a field has another name, or more is told than differs."""
    assert [told(field) for field in compare("", one, other)] == said


def test_documents_inside_of_one() -> None:
    """Breaks the plan of a ConfigMap: a document that comes, goes or changes is one long line."""
    text = "kind: Config\nusers:\n- name: a\n  user: {tokenFile: /x}\n"
    assert compare("data.c", text, text.replace("/x", "/y")) == [Field("Config.users[a].user.tokenFile", "/x", "/y")]
    assert compare("data.c", ABSENT, text) == [
        Field("Config.kind", ABSENT, "Config"),
        Field("Config.users[a].user.tokenFile", ABSENT, "/x"),
    ]
    assert compare("data.c", text, text + "# note\n") == [Field("data.c line 5", ABSENT, "# note")]


@pytest.mark.parametrize(
    "path",
    [
        "users[a].user.client-key-data",
        "token",
        "user.password",
        "staticPodURLHeader.Authorization[0]",
        "--token",
        "spec.containers[a].env[API_TOKEN]",
        "resources[0].providers[0].aescbc.keys[k].secret",
    ],
)
def test_secrets_are_told_apart_and_not_shown(path: str) -> None:
    """Breaks a secret: its value stands in the plan, which is shown, kept and sent around."""
    (field,) = compare(path, "old-secret", "new-secret")
    assert field.before != field.after
    assert "old-secret" not in str(field)
    assert "new-secret" not in str(field)
    assert compare(path, ABSENT, "new-secret")[0].before is ABSENT


def test_fields_that_only_sound_like_secrets() -> None:
    """Breaks the plan of a field that is no secret: the path of a token, or the time for which it lasts."""
    assert compare("users[a].user.tokenFile", "/a", "/b") == [Field("users[a].user.tokenFile", "/a", "/b")]


@pytest.mark.parametrize(
    "text", ["", "- a\n", "a", "a: [", "a: 1\n---\nb: 1\n", "&a [*a]", "a: &a [1]\na: 1\n", "[" * 5000]
)
def test_what_is_no_document(text: str) -> None:
    """Breaks with a traceback, or without an end, on what is no YAML of one mapping."""
    assert document(text) is None


def test_values_are_of_types_of_json() -> None:
    """Breaks the task that returns them: ansible-core takes no others. And a mode that is no decimal number is as it was written."""
    found = document("a: 1\nb: 0644\nc: [1.5, true, null, x]\n")
    assert found == {"a": 1, "b": "0644", "c": [1.5, True, None, "x"]}
    kinds = {type(value) for value in [found["a"], found["b"], *found["c"]]}
    assert kinds == {int, str, float, bool, type(None)}


VALUES = st.recursive(
    st.one_of(st.text("ab:-=\n {}", max_size=6), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "name", "value"]), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_there_is_a_field_where_there_is_a_difference(one: t.Any, other: t.Any) -> None:
    """Breaks with a traceback, tells a difference where there is none, or none where there is one."""
    found = compare("x", one, other)
    assert bool(found) is not same_value(one, other)
    assert all(field.before is not field.after and field.name and "\n" not in told(field) for field in found)
    assert all(told(field).startswith("+ ") for field in compare("x", ABSENT, one))
