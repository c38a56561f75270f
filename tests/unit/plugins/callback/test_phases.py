# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback phases."""

from __future__ import annotations

import time
import types
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.callback import phases


class Role:
    """A task's role."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_name(self) -> str:
        """The name."""
        return self.name


class Task:
    """A task."""

    def __init__(self, role: str | None) -> None:
        self._role = Role(role) if role else None


@pytest.mark.parametrize(
    ("role", "phase"),
    [("kubewright.control_plane.certs", "certs"), ("certs", None), ("other.control_plane.certs", None), (None, None)],
)
def test_phase_of(role: str | None, phase: str | None) -> None:
    """Breaks when another collection's time counts as ours."""
    assert phases.phase_of(Task(role)) == phase


class Recorded:
    """A callback with a clock that the test sets, and what it has shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.shown: list[str] = []
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.callback = phases.CallbackModule()
        self.callback._display = self

    def banner(self, text: str) -> None:
        """Of the table."""
        self.shown.append(text)

    def display(self, text: str, **_more: t.Any) -> None:
        """A line."""
        self.shown.append(" ".join(text.split()))

    def task(self, role: str | None, seconds: float, *results: dict[str, t.Any], name: str = "result") -> None:
        """A task that takes so long and ends so on each host."""
        self.callback.v2_playbook_on_task_start(Task("kubewright.control_plane." + role if role else None), False)
        self.now += seconds
        for result in results:
            self.callback.v2_runner_on_ok(types.SimpleNamespace(**{name: result}))


def test_times_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the table: time between plays counts, or a phase that occurs twice is not added up."""
    run = Recorded(monkeypatch)
    for role, seconds in (("certs", 2.0), ("etcd", 1.0), (None, 50.0), ("certs", 3.0)):
        run.task(role, seconds)
    run.callback.v2_playbook_on_play_start(None)
    run.now += 100.0
    run.callback.v2_playbook_on_stats(None)
    assert run.shown == ["PHASES", "certs 5.0 s", "etcd 1.0 s", "all 6.0 s"]


@pytest.mark.parametrize("name", ["result", "_result"])
def test_what_was_carried_out_for_another_phase(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Breaks the table: a phase that was carried out with another one seems to take no time, and that one too much."""
    run = Recorded(monkeypatch)
    slow, quick = ({"changed": True, "carried_by": "certs", "seconds": seconds} for seconds in (0.5, 0.2))
    run.task(None, 1.0, {"carried_by": "somebody else's", "seconds": 0.5})
    run.task("certs", 3.0, {"seconds": 2.5}, name=name)
    run.task("audit", 0.1, {"carried_by": None, "seconds": 0.1}, {"carried_by": "certs"}, name=name)
    # Hosts that work side by side take no more time than the slowest of them.
    run.task("etcd", 0.2, quick, slow, quick, name=name)
    run.callback.v2_playbook_on_stats(None)
    assert run.shown == ["PHASES", "certs 2.5 s", "audit 0.1 s", "etcd 0.7 s", "all 3.3 s"]


def test_a_run_that_ends_before_the_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks with a traceback, or hides time, where a phase was carried out that was not reached."""
    run = Recorded(monkeypatch)
    run.task("certs", 3.0, {"carried": {"etcd": {"seconds": 1.0}}})
    run.callback.v2_playbook_on_stats(None)
    assert run.shown == ["PHASES", "certs 3.0 s", "all 3.0 s"]


def test_a_role_with_the_tasks_of_several_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the table of a run that joins: a phase of the host that leads has less than no time."""
    run = Recorded(monkeypatch)
    run.task("certs", 1.0)
    run.task("join_control_plane", 3.0)
    run.task("join_control_plane", 0.1, {"carried_by": "certs", "seconds": 2.5})
    run.callback.v2_playbook_on_stats(None)
    assert run.shown == ["PHASES", "certs 1.0 s", "join_control_plane 3.1 s", "all 4.1 s"]
