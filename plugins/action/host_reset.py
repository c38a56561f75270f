# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of host_reset: the plan has a row for each thing that goes."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "also": {
            "type": "list",
            "elements": "str",
            "choices": ["cni", "interfaces", "rules", "ipvs", "logs"],
            "default": [],
        },
        "only_look": {"type": "bool", "default": False},
        "lock_timeout": {"type": "float", "default": 120.0},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "reset"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host, and says what goes."""
        result = super().act(arguments, variables)
        rows = [Row(*row) for row in result.get("removed") or []]
        return dict(result, planned=[row.plain() for row in rows])
