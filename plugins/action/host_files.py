# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of host_files: renders the templates of the phase."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "phase": {"type": "str", "required": True, "choices": ["audit", "control_plane", "etcd"]},
    }

    def label(self, arguments: Result) -> str:
        """The phase."""
        return str(arguments["phase"])

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Ships the rendered files. A phase that has none, as etcd with an external one, asks no host."""
        files = [file._asdict() for file in phase_files(arguments["phase"], config)]
        if not files:
            return {"changed": False, "written": [], "replaced": []}
        return self.execute(config, {"files": files}, variables)
