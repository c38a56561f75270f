# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of node_remove: the plan has a row for each thing that goes."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CHANGE, REMOVE, Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "name": {"type": "str", "required": True},
        "addresses": {"type": "list", "elements": "str", "default": []},
        "same_host": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "drain": {"type": "bool", "default": True},
        "drain_timeout": {"type": "float", "default": 300.0},
        "timeout": {"type": "float", "default": 60.0},
    }

    def label(self, arguments: Result) -> str:
        """What the playbook does."""
        return "remove"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host, and says what goes."""
        result = super().act(arguments, variables)
        rows = [
            Row(name, CHANGE if name.startswith("ConfigMap ") else REMOVE, "the node is taken out of the cluster")
            for name in result.get("removed") or []
        ]
        return dict(result, planned=[row.plain() for row in rows])
