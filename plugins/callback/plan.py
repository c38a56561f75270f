# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback plan."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan
type: aggregate
short_description: Shows what changes, or would change in check mode, at the end
version_added: 0.1.0
description:
  - Prints for each host what the tasks of this collection have changed, or would change in check mode, how, and why, after the recap.
  - With C(--diff) also what differs, field by field.
  - Of what is hidden (C(no_log)) nothing is shown, and nothing at all where M(kubewright.control_plane.plan_report) has shown the plan.
requirements:
  - enable in the configuration (C(callbacks_enabled))
author:
  - The kubewright contributors (@kubewright)
"""

import typing as t

from ansible import context
from ansible.plugins.callback import CallbackBase

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.lines import count, row_lines

_OWN = "kubewright.control_plane."


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core is untyped
    """Gathers and prints."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kubewright.control_plane.plan"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, list[dict[str, t.Any]]] = {}
        self._is_check = bool(context.CLIARGS.get("check"))
        self._is_told = False

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """What a task has planned."""
        # Of ansible-core 2.19 and later, and of those before.
        values = result.result if hasattr(result, "result") else result._result
        self._look(values)
        planned = values.get("planned")
        host = result.host if hasattr(result, "host") else result._host
        task = result.task if hasattr(result, "task") else result._task
        # Other collections may call something planned too.
        is_ours = str(task.resolved_action or task.action).startswith(_OWN)
        if not is_ours or not isinstance(planned, list) or values.get("_ansible_no_log"):
            return
        # Of a play whose check_mode is on.
        self._is_check = self._is_check or bool(task.check_mode)
        rows = self._rows.setdefault(str(host.get_name()), [])
        rows += [row for row in planned if row not in rows]

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """One that fails after all was said."""
        self._look(result.result if hasattr(result, "result") else result._result)

    def _look(self, values: t.Mapping[str, t.Any]) -> None:
        # By plan_report, with the rows of all hosts.
        self._is_told = self._is_told or (values.get("shown") is True and "written" in values)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """The end."""
        if not self._rows or self._is_told:
            return
        self._display.banner("PLAN" if self._is_check else "CHANGES")
        for host, rows in self._rows.items():
            self._display.display(f"{host}: {count(rows, self._is_check)}")
            for line in row_lines(rows, bool(context.CLIARGS.get("diff"))):
                self._display.display(line)
