# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback phases."""

from __future__ import annotations

DOCUMENTATION = r"""
name: phases
type: aggregate
short_description: Shows the seconds of each phase at the end
version_added: 0.1.0
description:
  - Adds up the time that the tasks of each role of this collection took and prints it after the recap.
  - The time of what a task has carried out for a phase after it counts for that phase.
requirements:
  - enable in the configuration (C(callbacks_enabled))
author:
  - The kubewright contributors (@kubewright)
"""

import time
import typing as t

from ansible.plugins.callback import CallbackBase

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import BY_NAME

COLLECTION = "kubewright.control_plane."


def phase_of(task: t.Any) -> str | None:
    """The role of this collection that a task belongs to, or None."""
    role = getattr(task, "_role", None)
    name = role.get_name() if role is not None else ""
    return name[len(COLLECTION) :] if name.startswith(COLLECTION) else None


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core is untyped
    """Adds up and prints."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kubewright.control_plane.phases"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._seconds: dict[str, float] = {}
        self._current: str | None = None
        self._since = 0.0
        # Of the task that is running: the phase in whose execution it was carried out, and how long that took.
        self._carried: tuple[str, float] | None = None

    def _close(self) -> None:
        if self._current is not None:
            own = time.monotonic() - self._since
            # A role that has the tasks of several phases counts as one.
            if self._carried is not None and self._current in BY_NAME:
                carrier, seconds = self._carried
                own += seconds
                self._seconds[carrier] = self._seconds.get(carrier, 0.0) - seconds
            self._seconds[self._current] = self._seconds.get(self._current, 0.0) + own
        self._current, self._carried = None, None

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """What was carried out for this task in that of another phase, on the host on which it took longest."""
        # Of ansible-core 2.19 and later, and of those before.
        values = result.result if hasattr(result, "result") else result._result
        carrier, seconds = values.get("carried_by"), values.get("seconds")
        if self._current is None or not isinstance(carrier, str) or not isinstance(seconds, float):
            return
        if self._carried is None or seconds > self._carried[1]:
            self._carried = (carrier, seconds)

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        """The next task begins, the one before has ended on all hosts."""
        self._close()
        self._current, self._since = phase_of(task), time.monotonic()

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        """A play's first task has not begun yet."""
        self._close()

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """The end."""
        self._close()
        if not self._seconds:
            return
        self._display.banner("PHASES")
        for phase, seconds in self._seconds.items():
            self._display.display("%-22s %6.1f s" % (phase, seconds))
        self._display.display("%-22s %6.1f s" % ("all", sum(self._seconds.values())))
