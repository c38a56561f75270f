# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of node_drain: the plan has a row for the pods."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CHANGE, RESTART, Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["drained", "schedulable"], "default": "drained"},
        "reasons": {"type": "list", "elements": "str", "default": []},
        "planned": {"type": "bool", "default": True},
        "at_once": {"type": "int", "default": 1},
        "drain_timeout": {"type": "float", "default": 300.0},
        "timeout": {"type": "float", "default": 60.0},
    }

    def label(self, arguments: Result) -> str:
        """What is done."""
        return "drain"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host, and says what it has changed."""
        result, name = super().act(arguments, variables), arguments["name"]
        row = Row(f"node {name}", CHANGE, "it takes pods again, which an earlier run has kept away from it")
        if arguments["state"] == "drained":
            row = Row(
                f"pods of node {name}", RESTART, f"they are evicted before a change: {', '.join(arguments['reasons'])}"
            )
        if not arguments["planned"] and "changed" in result:
            result = dict(result, changed=False)
        rows = [row] if result.get("changed") else []
        return dict(result, planned=[item.plain() for item in rows])
