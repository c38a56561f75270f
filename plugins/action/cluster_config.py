# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of cluster_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import (
    ConfiguringAction,
    NotAsked,
)


class ActionModule(ConfiguringAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "earlier": {"type": "dict"},
        "offline": {"type": "bool", "default": False},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Resolves, or returns every fault in one message."""
        earlier = arguments["earlier"]
        if earlier is not None and self.holds(earlier, variables):
            return {"changed": False, "resolved": earlier["resolved"], "input": earlier["input"]}
        read = self.user_input(variables)
        try:
            resolved = self.resolve(read, variables, arguments["offline"])
        except NotAsked as lost:
            return lost.answer
        except InvalidInput as error:
            faults = [fault._asdict() for fault in error.faults]
            return warned({"failed": True, "msg": str(error), "faults": faults}, read.warnings)
        return warned({"changed": False, "resolved": resolved, "input": self.input_digest(variables)}, read.warnings)
