# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of kubelet_start: renders the kubelet's files."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """The rendered files."""
        return {"files": [file._asdict() for file in phase_files("kubelet_start", self.config(arguments))]}
