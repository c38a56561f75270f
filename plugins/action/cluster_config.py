# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of cluster_config: checks the input, asks the host for its facts, resolves."""

from __future__ import annotations

import os
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import process
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.ahead import ALL, InitReading
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import (
    NotAsked,
    initialises,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.proxy_credentials import (
    proxy_credentials,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.json import remove_earlier
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.init_request import InitRequest

_NOT_FIRST = (
    "config: {} is not the first host of its cluster in the group control_plane. Run this on the first one; the others join with "
    "kubeadm join. Hosts of different clusters differ in kubewright_cluster."
)


class ActionModule(InitReading):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "earlier": {"type": "dict"},
        "offline": {"type": "bool", "default": False},
        "only_first": {"type": "bool", "default": False},
        "read_for": {"type": "list", "elements": "str", "choices": ALL, "default": []},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Resolves, or returns every fault in one message."""
        if arguments["only_first"] and not initialises(variables):
            return {"failed": True, "msg": _NOT_FIRST.format(variables.get("inventory_hostname"))}
        earlier = arguments["earlier"]
        if earlier is not None and self.holds(earlier, variables):
            kept = {key: earlier[key] for key in ("resolved", "input", "offline")}
            return self._hiding({"changed": False, **kept}, [])
        read, offline = self.user_input(variables), arguments["offline"]
        if earlier is None and self.reads_ahead() and isinstance(read.get(targets.PLAN_FILE), str):
            path = os.path.abspath(os.path.expanduser(read.get(targets.PLAN_FILE)))
            # An action runs in a process of its own; the run is the one that has started it.
            run = process(os.getppid())
            remove_earlier(path, run.started if run is not None else time.time())
        ahead: Result = {}
        try:
            request = None if offline else self._foreseen(arguments["read_for"], variables)
            if request is None:
                resolved = self.resolve(read, variables, offline)
            else:
                resolved, ahead = self._resolve_and_read(read, request, arguments["read_for"], variables)
        except NotAsked as lost:
            return lost.answer
        except InvalidInput as error:
            faults = [fault._asdict() for fault in error.faults]
            return warned({"failed": True, "msg": str(error), "faults": faults}, read.warnings)
        return self._hiding({"changed": False, **self.made(resolved, variables, offline), **ahead}, read.warnings)

    def _foreseen(self, read_for: list[str], variables: Result) -> InitRequest | None:
        """What phases will ask, where the host says of itself what the inventory does. None where that cannot be told."""
        named = read_for or (ALL if self.reads_ahead() else [])
        if not named:
            return None
        try:
            config = Config(self.resolved(self.user_input(variables), self.assumed_facts(variables, {}), variables))
            return self.init_request(config, named, variables)
        except KubewrightError:
            # What is wrong is found again, and told, with what the host says.
            return None

    def _resolve_and_read(
        self, read: Input, request: InitRequest, read_for: list[str], variables: Result
    ) -> tuple[Result, Result]:
        """The resolved configuration, and what was read besides."""
        resolved, ahead = self.read_and_resolve(read, request, variables)
        if not read_for:
            kept: Result = {"ahead": ahead.kept(request.mark())}
            return resolved, dict(kept, _ansible_no_log=True) if request.has_token() else kept
        asked = self.init_request(Config(resolved), read_for, variables)
        if asked.mark() != request.mark():
            return resolved, {}
        return resolved, self.facts_of(Config(resolved), asked, ahead)

    def _hiding(self, result: Result, warnings: list[str]) -> Result:
        """The result with its warnings; hidden from the output where a proxy's password or a bootstrap token is in it."""
        # What a play says of check mode is known to its tasks alone.
        told = warned(dict(result, check_mode=bool(self._task.check_mode)), warnings)
        is_secret = proxy_credentials(Config(result["resolved"])) or result.get("_ansible_no_log")
        return self.hidden(told) if is_secret else told
