# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of bootstrap_token: the declared tokens and the rendered rules."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction, api_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import cluster_info
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_objects
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The tokens and the rendered objects."""
        objects = phase_objects("bootstrap_token", config)
        tokens = bootstrap_tokens(self.user_input(variables))
        return {
            "api": api_of(config),
            "ca": config.certificates_dir + "/ca.crt",
            "cluster_info": cluster_info.settings(config),
            "objects": [item._asdict() for item in objects],
            "tokens": plain(tokens),
        }
