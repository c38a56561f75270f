# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every message about input that is refused: its path, what was found, what is allowed, and what to do."""

from __future__ import annotations

import ast
import pathlib
import re
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES

PLUGINS = pathlib.Path(__file__).parents[2] / "plugins"


class Message(t.NamedTuple):
    """A place where a message is made. parts: its arguments, by their names."""

    place: str
    parts: dict[str, ast.expr]


FIELDS = ("path", "found", "wanted", "cure")
# Those that show the value themselves: path, value, wanted, cure.
MAKERS = {"Fault": FIELDS, "fault": ("path", "value", "wanted", "cure"), "_fault": ("path", "value", "wanted", "cure")}
MAKERS["_wrong"] = ("path", "value", "wanted", "cure")


def _messages() -> list[Message]:
    found = []
    for path in sorted(PLUGINS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MAKERS and not any(isinstance(argument, ast.Starred) for argument in node.args):
                parts = dict(zip(MAKERS[name], node.args, strict=False))
                parts.update({item.arg: item.value for item in node.keywords if item.arg})
                found.append(Message(f"{path.relative_to(PLUGINS)}:{node.lineno}", parts))
    return found


MESSAGES = _messages()


def _texts(node: ast.expr) -> list[str]:
    """The texts that an expression may be, as far as they stand there; what is put in is an X."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values)]  # type: ignore[misc]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    return []


def test_there_are_messages() -> None:
    """Breaks the tests below: they would find nothing anywhere."""
    assert len(MESSAGES) > 150


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.place)
def test_a_message_is_whole(message: Message) -> None:
    """Breaks a message that does not say where, what, what else or what to do."""
    assert set(message.parts) >= {"path", "wanted", "cure"}
    assert {"found", "value"} & set(message.parts)
    for text in _texts(message.parts["cure"]):
        assert text[:1].isupper(), f"a sentence: {text}"
        assert text.rstrip().endswith((".", "X", "?")), f"a sentence: {text}"
    for text in _texts(message.parts["wanted"]):
        assert text, "what is allowed"
        assert not text.endswith(".") or text.endswith(" .."), f"a clause: {text}"
    for text in _texts(message.parts.get("found", ast.Constant("x"))):
        assert text, "what was found"
        assert not text.endswith("."), f"a clause: {text}"


def test_variables_that_texts_name() -> None:
    """Breaks who follows a cure: the variable that a text tells to set is none, and the next run refuses it."""
    named = {
        name
        for path in PLUGINS.rglob("*.py")
        for name in re.findall(r"\bkubewright_[a-z0-9_]*[a-z0-9]\b(?![*_])", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 40
    assert named - set(VARIABLES) == set()
