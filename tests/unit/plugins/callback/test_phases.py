# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback phases."""

from __future__ import annotations

import time
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


def test_times_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the table: time between plays counts, or a phase that occurs twice is not added up."""
    clock = [0.0]
    shown: list[str] = []
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    callback = phases.CallbackModule()

    class Display:
        def banner(self, text: str) -> None:
            shown.append(text)

        def display(self, text: str, **_more: t.Any) -> None:
            shown.append(" ".join(text.split()))

    callback._display = Display()
    for role, seconds in (("certs", 2.0), ("etcd", 1.0), (None, 50.0), ("certs", 3.0)):
        name = "kubewright.control_plane." + role if role else None
        callback.v2_playbook_on_task_start(Task(name), False)
        clock[0] += seconds
    callback.v2_playbook_on_play_start(None)
    clock[0] += 100.0
    callback.v2_playbook_on_stats(None)
    assert shown == ["PHASES", "certs 5.0 s", "etcd 1.0 s", "all 6.0 s"]
