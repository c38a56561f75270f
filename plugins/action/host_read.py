# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of host_read: what the phases have to know."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED, plan_of, request


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "phases": {"type": "list", "elements": "str", "choices": list(PLANNED), "default": list(PLANNED)},
    }

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks for all of it at once."""
        tokens = self.declared_tokens(variables) if "bootstrap_token" in arguments["phases"] else []
        plans = [plan_of(phase, config, tokens) for phase in arguments["phases"]]
        if not any(plan.asks() for plan in plans):
            return {"changed": False, "facts": {"files": {}}}
        return t.cast(Result, self._execute_module(module_args=request(plans), task_vars=variables))
