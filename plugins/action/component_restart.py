# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of component_restart."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answer_to
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import restart_rows, with_away
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.reload import planned_files


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **READ,
        "changed_manifests": {"type": "list", "elements": "str", "default": []},
        "kubelet_started": {"type": "bool", "default": False},
        "reasons": {"type": "dict", "default": {}},
        "files": {"type": "list", "elements": "str", "default": []},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "wait_control_plane"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Does not ask the host where nothing was there to run when it was read, or nothing to restart and nothing has changed since."""
        seen = answer_to("wait_control_plane", control_plane(config).plain(), arguments["read"])
        changed = ("changed_manifests", "kubelet_started", "reasons", "files")
        is_changed = any(arguments[name] for name in changed)
        # What has a manifest may have been started meanwhile, by a kubelet that was away, with what was there before.
        is_there = seen is not None and (seen["running"] or seen["manifests"])
        # Of kube-vip nothing is read before.
        is_needed = seen is None or (is_there and (seen["reasons"] or is_changed))
        if not is_needed and config.virtual_address is None:
            return {"changed": False, "restarted": {}, "diff": [], "planned": []}
        answer = super().run_phase(config, arguments, variables)
        rows = with_away(restart_rows(answer.get("restarted") or {}), arguments["read"])
        return dict(answer, planned=[row.plain() for row in rows])

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The control plane, and in check mode the files that are not written yet."""
        planned = planned_files(config, arguments["reasons"]) | set(arguments["files"])
        return {
            "control_plane": control_plane(config).plain(),
            "planned": sorted(planned) if self._task.check_mode else [],
            "lock_timeout": config.lock_seconds,
            "virtual_address": config.virtual_address is not None,
        }
