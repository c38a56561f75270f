# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_bootstrap: says what the node has to know of its cluster, and keeps the token out of the output."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import planned_ahead
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import with_marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import CREATE, Row

# In their order.
CARRIED = ("etcd", "control_plane", "kubelet_start")


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "token": {"type": "str", "no_log": True},
        "carry": {"type": "list", "elements": "str", "choices": list(CARRIED), "default": []},
        "carry_read": {"type": "dict"},
    }

    def label(self, arguments: Result) -> str:
        """What the role does."""
        return "join"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks the host, but in check mode."""
        join = config.join or config.joined_control_plane
        if join is None:
            raise KubewrightError(
                "config: pass the configuration of a node that joins, which worker_config or control_plane_config returned as 'resolved'"
            )
        begins = arguments["state"] == "present"
        rows = [Row("/etc/kubernetes/kubelet.conf", CREATE, join["problem"]).plain()] if begins else []
        if self._task.check_mode:
            return {"changed": begins, "planned": rows}
        self.hide_answer()
        if begins:
            self.send_in_memory()
        given = {
            "config": {},
            "state": arguments["state"],
            "token": arguments["token"],
            "server": join["server"],
            "ca": join["ca"],
            "node": config.node_name,
            "preferences": config.release.kubeconfig_preferences,
            "lock_timeout": config.lock_seconds,
        }
        items = self._carried(config, arguments) if begins else []
        answer = t.cast(Result, self._execute_module(module_args=dict(given, files=items), task_vars=variables))
        carried = {phase: dict(came, carried_by="join") for phase, came in with_marks(items, answer).items()}
        return dict(answer, planned=rows, **({"carried": carried} if begins else {}))

    def _carried(self, config: Config, arguments: Result) -> list[Result]:
        """What the phases after it change."""
        items = planned_ahead(CARRIED, config, arguments).items
        # Of what takes the place of something the phase itself keeps what was there.
        return items if not any(change.get("expected") for item in items for change in item["changes"]) else []
