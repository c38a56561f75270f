# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of join_command: keeps the token out of Ansible's output."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain


class ActionModule(PhaseAction):
    """See the module's documentation."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Hides the answer of the host and the result, but not an error."""
        # With -vvv the connection shows what the host answers, unless it is told not to.
        self._connection._play_context.no_log = True
        result = super().run(tmp, task_vars)
        if not result.get("failed") and not result.get("unreachable"):
            result["_ansible_no_log"] = True
        return result

    def controller_arguments(self, arguments: Result, variables: dict[str, t.Any]) -> Result:
        """The declared tokens, which are preferred, by their public halves."""
        declared = bootstrap_tokens(self.user_input(variables))
        return {
            "preferred_token_ids": plain([token["token"].split(".")[0] for token in declared if token.get("token")])
        }
