# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module writes on its host while it runs is shown meanwhile."""

from __future__ import annotations

import threading
import types
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import following as subject


class _Connection:
    """A connection whose become plugin is somebody else's while it is used twice."""

    transport = "ssh"

    def __init__(self) -> None:
        self.become = types.SimpleNamespace(success="")

    def set_become_plugin(self, become: t.Any) -> None:
        """Takes it."""
        self.become = become


class _Action:
    """An action whose host answers what a test says, one after the other, and then the last one again."""

    def __init__(self, *answers: t.Any) -> None:
        self._connection = _Connection()
        self.answers, self.commands, self.asked = list(answers), t.cast("list[str]", []), threading.Event()
        self.connections: list[t.Any] = []

    def _low_level_execute_command(self, command: str, sudoable: bool) -> dict[str, t.Any]:
        assert sudoable
        self.commands.append(command)
        self.connections.append(self._connection)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if len(self.commands) >= 4 or isinstance(answer, Exception):
            self.asked.set()
        if isinstance(answer, Exception):
            raise answer
        return t.cast("dict[str, t.Any]", answer)


@pytest.fixture(name="quick", autouse=True)
def fixture_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits."""
    monkeypatch.setattr(subject, "_FIRST", 0.001)
    monkeypatch.setattr(subject, "_INTERVAL", 0.001)


def _shown(action: _Action) -> list[str]:
    shown: list[str] = []
    with subject.following(action, "/run/a.progress", shown.append):
        assert action.asked.wait(20)
    return shown


def test_each_line_once_and_whole() -> None:
    """Breaks what is shown: a line twice, half of one, or what a file says that is not there yet."""
    answers = [{"rc": 1, "stdout": "", "stderr": "no such file"}]
    answers += [{"rc": 0, "stdout": text} for text in ("one\n", "one\ntwo\nth", "one\r\ntwo\r\nthree\r\n")]
    action = _Action(*answers)
    assert _shown(action) == ["one", "two", "three"]
    assert "/run/a.progress" in action.commands[0]


def test_another_connection_is_used() -> None:
    """Breaks the task itself: by the word of another command its own answer is not known any more."""
    action = _Action({"rc": 0, "stdout": ""})
    _shown(action)
    assert action.connections[0] is not action._connection
    assert action.connections[0].become is not action._connection.become


def test_whatever_fails_does_not_matter() -> None:
    """Breaks the task where a connection plugin cannot run a second command."""
    assert _shown(_Action(RuntimeError("not this one"))) == []


def test_it_ends_with_what_it_follows() -> None:
    """Breaks a run by a thread that asks the host while the next task does."""
    action = _Action({"rc": 0, "stdout": ""})
    with pytest.raises(KeyError), subject.following(action, "/run/a", lambda _text: None):
        raise KeyError("x")
    assert not [thread for thread in threading.enumerate() if thread.name == "following"]


def test_paths_differ() -> None:
    """Breaks two runs on one host."""
    assert subject.new_path() != subject.new_path()
    assert subject.new_path().startswith("/run/kubewright-")


def test_a_connection_with_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks connections by whose one session a second command would get the answers of the first."""
    action = _Action({"rc": 0, "stdout": ""})
    monkeypatch.setattr(_Connection, "transport", "aws_ssm")
    with subject.following(t.cast("t.Any", action), "/run/a", lambda _text: None):
        assert not action.asked.wait(0.2)
    assert action.commands == []
