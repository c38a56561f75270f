# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of join_command: keeps the token out of Ansible's output."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import PhaseAction, api_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Hides the answer of the host and the result, but not an error."""
        # With -vvv the connection shows what the host answers, unless it is told not to.
        self._connection._play_context.no_log = True
        result = super().run_phase(config, arguments, variables)
        if not result.get("failed") and not result.get("unreachable"):
            result["_ansible_no_log"] = True
        return result

    def controller_arguments(self, config: Config, arguments: Result, variables: Result) -> Result:
        """The declared tokens, which are preferred, by their public halves."""
        declared = bootstrap_tokens(self.user_input(variables))
        return {
            "api": api_of(config),
            "ca": config.certificates_dir + "/ca.crt",
            "endpoint": config.control_plane_endpoint[len("https://") :],
            "withhold_token": bool(config.data.get("skipTokenPrint")),
            "preferred_token_ids": plain([token["token"].split(".")[0] for token in declared if token.get("token")]),
        }
