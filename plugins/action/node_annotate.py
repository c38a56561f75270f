# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of node_annotate: the plan has a row for the node."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    HandingOn,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CHANGE, Row


class ActionModule(HandingOn):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "name": {"type": "str", "required": True},
        "annotations": {"type": "dict", "required": True},
        "timeout": {"type": "float", "default": 60.0},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "join"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host, and says what it has changed."""
        result = super().act(arguments, variables)
        rows = [Row(f"Node {arguments['name']}", CHANGE, "its annotations differ")] if result.get("changed") else []
        return dict(result, planned=[row.plain() for row in rows])
