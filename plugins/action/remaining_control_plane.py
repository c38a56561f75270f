# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of remaining_control_plane: no host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.remaining import Leaver, remaining


class ActionModule(CheckedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "answers": {"type": "list", "elements": "dict", "required": True},
        "state": {"type": "str", "required": True},
        "is_node": {"type": "bool", "required": True},
        "ca": {"type": "str", "default": ""},
        "force": {"type": "bool", "default": False},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "reset"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Chooses."""
        answers = {str(answer.get("item")): answer for answer in arguments["answers"]}
        leaver = Leaver(arguments["state"], arguments["is_node"], arguments["ca"])
        return {"changed": False, "host": remaining(answers, leaver, arguments["force"])}
