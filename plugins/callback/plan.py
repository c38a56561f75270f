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
  - Of what is hidden (C(no_log)) nothing is shown.
requirements:
  - enable in the configuration (C(callbacks_enabled))
author:
  - The kubewright contributors (@kubewright)
"""

import typing as t

from ansible import context
from ansible.plugins.callback import CallbackBase

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.fields import differences


def _columns(rows: t.Sequence[t.Mapping[str, str]]) -> list[str]:
    """Each row with its columns below each other."""
    artefact = max(len(row["artefact"]) for row in rows)
    action = max(len(row["action"]) for row in rows)
    return [
        "  {0:{1}}  {2:{3}}  {4}".format(row["artefact"], artefact, row["action"], action, row["reason"])
        for row in rows
    ]


def _fields(diff: t.Any) -> dict[str, list[str]]:
    """What differs, by the artefact."""
    found = {}
    for item in diff if isinstance(diff, list) else [diff]:
        if isinstance(item, dict) and item.get("before") and item.get("after"):
            artefact = str(item.get("after_header") or "")
            found[artefact] = differences(str(item["before"]), str(item["after"]))
    return found


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core is untyped
    """Gathers and prints."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kubewright.control_plane.plan"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, list[dict[str, str]]] = {}
        self._fields: dict[tuple[str, str], list[str]] = {}

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """What a task has planned."""
        # Of ansible-core 2.19 and later, and of those before.
        values = result.result if hasattr(result, "result") else result._result
        planned = values.get("planned")
        if not isinstance(planned, list) or values.get("_ansible_no_log"):
            return
        host = result.host if hasattr(result, "host") else result._host
        name = str(host.get_name())
        rows = self._rows.setdefault(name, [])
        rows += [row for row in planned if row not in rows]
        if context.CLIARGS.get("diff"):
            for artefact, fields in _fields(values.get("diff") or []).items():
                self._fields[name, artefact] = fields

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """The end."""
        if not self._rows:
            return
        self._display.banner("PLAN" if context.CLIARGS.get("check") else "CHANGES")
        for host, rows in self._rows.items():
            self._display.display(f"{host}: {self._count(rows)}")
            for row, text in zip(rows, _columns(rows) if rows else [], strict=True):
                self._display.display(text.rstrip())
                for field in self._fields.get((host, row["artefact"]), []) if row["action"] == "change" else []:
                    self._display.display(f"      {field}")

    def _count(self, rows: t.Sequence[t.Any]) -> str:
        if not rows:
            return "nothing to change" if context.CLIARGS.get("check") else "nothing changed"
        return "1 change" if len(rows) == 1 else f"{len(rows)} changes"
