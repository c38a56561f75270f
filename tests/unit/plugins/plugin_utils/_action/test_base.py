# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arguments that are checked before anything else, messages for what a user can fix, and warnings."""

from __future__ import annotations

import types
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    checked_arguments,
    shown,
    warned,
)

SPECIFICATION: dict[str, dict[str, t.Any]] = {
    "phase": {"type": "str", "required": True, "choices": ["etcd", "audit"]},
    "hosts": {"type": "list", "elements": "str"},
    "pull": {"type": "bool", "default": True},
    "timeout": {"type": "int"},
}


class _Action(CheckedAction):
    argument_spec: t.ClassVar[t.Any] = SPECIFICATION

    def label(self, arguments: dict[str, t.Any]) -> str:
        """The phase, of one that is known."""
        return str(arguments["phase"]) if arguments["phase"] == "etcd" else ""

    def act(self, arguments: dict[str, t.Any], variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """Fails where the variables say so."""
        if "error" in variables:
            raise KubewrightError(variables["error"])
        return {"changed": False, "got": arguments, **variables}


def _run(arguments: dict[str, t.Any], **variables: t.Any) -> dict[str, t.Any]:
    task = types.SimpleNamespace(args=arguments, action="kubewright.control_plane.x", async_val=0, check_mode=False)
    connection = types.SimpleNamespace(_shell=types.SimpleNamespace(tmpdir="/tmp"))
    return t.cast("dict[str, t.Any]", _Action(task, connection, None, None, None, None).run(task_vars=variables))


def test_defaults_and_types() -> None:
    """Breaks playbooks whose values are texts, as those of templates and of the command line are."""
    given_ = {"phase": "etcd", "hosts": "a,b", "timeout": "60", "pull": "no"}
    assert checked_arguments(SPECIFICATION, given_) == {**given_, "hosts": ["a", "b"], "timeout": 60, "pull": False}
    assert checked_arguments(SPECIFICATION, {"phase": "etcd"})["pull"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, ["phase"]),
        ({"phase": "images"}, ["phase", "etcd, audit", "images"]),
        ({"phase": "etcd", "timeout": "long"}, ["timeout"]),
        ({"phase": "etcd", "nonsense": 1}, ["nonsense"]),
    ],
)
def test_wrong_arguments(arguments: dict[str, t.Any], words: list[str]) -> None:
    """Breaks the message: it names the option, what was found and what is allowed, and nothing was done."""
    result = _run(arguments)
    assert (result["failed"], "got" in result) == (True, False)
    assert result["msg"].startswith("x: ")
    assert all(word in result["msg"] for word in words)


def test_the_task_is_not_changed() -> None:
    """Breaks a loop, whose second round would find the arguments of the first."""
    arguments = {"phase": "etcd", "hosts": "a,b"}
    _run(arguments)
    assert arguments == {"phase": "etcd", "hosts": "a,b"}


@pytest.mark.parametrize(("phase", "label"), [("etcd", "etcd"), ("audit", "x")])
def test_what_a_user_can_fix(phase: str, label: str) -> None:
    """Breaks with a traceback, or says it of nobody."""
    result = _run({"phase": phase}, error="why")
    assert (result["failed"], result["msg"]) == (True, f"{label}: why")


def test_texts_of_others_can_be_printed() -> None:
    """Breaks terminals and logs, which obey what a host or the API answers; what is compared later stays as it is."""
    text = "a\x1b[2Jb"
    result = _run({"phase": "etcd"}, msg=text, warnings=[text], facts={"name": text})
    assert (result["msg"], result["warnings"]) == ("a\\x1b[2Jb", ["a\\x1b[2Jb"])
    assert result["facts"] == {"name": text}
    assert _run({"phase": "etcd"}, error=text)["msg"] == "etcd: a\\x1b[2Jb"


TEXTS = st.lists(st.sampled_from("abc"), max_size=5)


@given(before=st.none() | TEXTS, texts=TEXTS)
def test_each_warning_is_said_once(before: list[str] | None, texts: list[str]) -> None:
    """Breaks the output of ansible-core, whose own list must not be changed, or says a thing twice."""
    kept = None if before is None else list(before)
    result = {"changed": True} if before is None else {"changed": True, "warnings": before}
    found = warned(result, texts).get("warnings", [])
    assert before == kept
    assert found[: len(kept or [])] == (kept or [])
    added = found[len(kept or []) :]
    assert len(set(added)) == len(added)
    assert set(found) == {*(kept or []), *texts}
    assert not set(added) & set(kept or [])


def test_what_a_template_leaves_out() -> None:
    """Breaks every phase on ansible-core before 2.19, where a template whose value is null is an empty text."""
    specification = {"read": {"type": "dict"}, "name": {"type": "str"}}
    assert checked_arguments(specification, {"read": "", "name": ""}) == {"read": None, "name": ""}
    assert checked_arguments(specification, {"read": None}) == {"read": None, "name": None}


@pytest.mark.parametrize("value", ["u:OLD@proxy:3128", "'u:OL''D x@proxy'", '"u:O\\xCDLD@proxy"', "http://u:OLD@proxy"])
@pytest.mark.parametrize("key", ["before", "after"])
def test_passwords_that_are_declared_no_more(value: str, key: str) -> None:
    """Breaks the secrecy of a proxy's password: what a file held before is in the diff, and known to nobody."""
    text = f"spec:\n  env:\n  - name: HTTPS_PROXY\n    value: {value}\n  - name: x\n    value: mail@example.com\n"
    result = shown({"diff": [{"before": "", "after": "", key: text}], "msg": "why", "changed": True})
    assert "OL" not in str(result).replace("diff", "")
    assert ("***@proxy" in result["diff"][0][key], "mail@example.com" in result["diff"][0][key]) == (True, True)
    assert (result["msg"], result["changed"]) == ("why", True)
