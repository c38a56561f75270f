# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of host_files: renders the templates of the phase."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """The rendered files."""
        files = phase_files(arguments["phase"], self.config(arguments))
        return {"files": [file._asdict() for file in files]}
