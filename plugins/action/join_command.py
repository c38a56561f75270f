# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of join_command: makes the command, and keeps the token out of Ansible's output."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answer_to
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import READ, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.join import join_command
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import join_question


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = READ

    def label(self, arguments: Result) -> str:
        """The phase."""
        return "show_join"

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Hides the answer of the host and the result, but not an error."""
        tokens = self.declared_tokens(variables)
        question = join_question(config, tokens)
        facts = answer_to("show_join", question, arguments["read"])
        result: Result = {"changed": False}
        # Of a cluster that was not there yet nothing is known.
        if facts is None or not (facts["answers"] or self._task.check_mode):
            self.hide_answer()
            result = self.execute(config, question, variables)
            facts = t.cast("Result | None", result.pop("join", None))
            if facts is None:
                return result
        command = join_command(config, facts, tokens, self._task.check_mode)
        return dict(result, join_command=command, _ansible_no_log=True)
