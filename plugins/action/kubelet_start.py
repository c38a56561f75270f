# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_start: renders the kubelet's files."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The rendered files."""
        return {"files": [file._asdict() for file in phase_files("kubelet_start", config)]}
