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
    initialises,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.proxy_credentials import (
    proxy_credentials,
)

_NOT_FIRST = (
    "config: {} is not the first host of its cluster in the group control_plane. Run this on the first one; the others join with "
    "kubeadm join. Hosts of different clusters differ in kubewright_cluster."
)


class ActionModule(ConfiguringAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "earlier": {"type": "dict"},
        "offline": {"type": "bool", "default": False},
        "only_first": {"type": "bool", "default": False},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Resolves, or returns every fault in one message."""
        if arguments["only_first"] and not initialises(variables):
            return {"failed": True, "msg": _NOT_FIRST.format(variables.get("inventory_hostname"))}
        earlier = arguments["earlier"]
        if earlier is not None and self.holds(earlier, variables):
            return self._hiding(
                {"changed": False, **{key: earlier[key] for key in ("resolved", "input", "offline")}}, []
            )
        read = self.user_input(variables)
        try:
            resolved = self.resolve(read, variables, arguments["offline"])
        except NotAsked as lost:
            return lost.answer
        except InvalidInput as error:
            faults = [fault._asdict() for fault in error.faults]
            return warned({"failed": True, "msg": str(error), "faults": faults}, read.warnings)
        made = {"resolved": resolved, "input": self.input_digest(variables), "offline": arguments["offline"]}
        return self._hiding({"changed": False, **made}, read.warnings)

    def _hiding(self, result: Result, warnings: list[str]) -> Result:
        """The result with its warnings; hidden from the output where a proxy's password is in it."""
        if not proxy_credentials(Config(result["resolved"])):
            return warned(result, warnings)
        # What is hidden shows no warnings either.
        for text in dict.fromkeys(warnings):
            self._display.warning(text)
        return dict(result, _ansible_no_log=True)
