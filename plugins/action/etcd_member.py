# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of etcd_member: the host knows what is meant; the plan has a row for a new member."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CREATE, Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "name": {"type": "str", "required": True},
        "peer": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "voting"], "default": "present"},
        "learner": {"type": "bool", "default": True},
        "timeout": {"type": "float", "default": 120.0},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "join"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host, and says what it has changed."""
        result = super().act(arguments, variables)
        is_new = bool(result.get("changed")) and arguments["state"] == "present"
        row = Row(f"etcd member {arguments['name']}", CREATE, "its host has no data of etcd")
        return dict(result, planned=[row.plain()] if is_new else [])
