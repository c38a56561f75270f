# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of join_info: in check mode the cluster is shown as a run would leave it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.cluster import as_declared


class ActionModule(CheckedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "timeout": {"type": "float", "default": 60.0},
        "required": {"type": "bool", "default": True},
        "config": {"type": "dict"},
    }

    def act(self, arguments: Result, variables: Result) -> Result:
        """Asks the host."""
        given = {name: value for name, value in self._task.args.items() if name != "config"}
        result = t.cast(Result, self._execute_module(module_args=given, task_vars=variables))
        cluster, config = result.get("cluster"), arguments["config"]
        if self._task.check_mode and cluster and config:
            return dict(result, cluster=as_declared(cluster, Config(config)))
        return result
