# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of init_read: what all phases of init have to know."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.ahead import ALL, Ahead, InitReading
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.chosen import together
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.parts import parts


class ActionModule(InitReading, PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "phases": {"type": "list", "elements": "str", "choices": ALL, "default": ALL},
    }

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks for all of it at once, and hides a token."""
        asked = self.init_request(config, arguments["phases"], variables)
        result = {"changed": False, "together": together(asked.phases, self.run_tags(variables))._asdict()}
        given = arguments["config"]
        if "resolved" in given and not self.holds(given, variables):
            result["config"] = self.made(dict(config.data), variables)
        if not asked.asks():
            return dict(result, facts=parts(asked.phases, asked.plans, {"files": {}}, {}, {}, {}))
        # It is what the host has just said only in the run of role init.
        ahead = Ahead.of(arguments["config"].get("ahead"), asked.mark()) if self.reads_ahead() else None
        if ahead is None and self._begins_a_run(arguments):
            # What was resolved before may rest on what the host said of itself long ago.
            read = self.user_input(variables)
            resolved, ahead = self.read_and_resolve(read, asked, variables)
            result = warned(dict(result, config=self.made(resolved, variables)), read.warnings)
            config, asked_before = Config(resolved), asked.mark()
            asked = self.init_request(config, arguments["phases"], variables)
            result["together"] = together(asked.phases, self.run_tags(variables))._asdict()
            ahead = ahead if asked.mark() == asked_before else None
        if ahead is None:
            answer, between = self.ask(asked, variables)
            if not isinstance(answer.get("facts"), dict):
                return answer
            ahead = Ahead(answer["facts"], between)
            result = {**answer, **result}
        return {**result, **self.facts_of(config, asked, ahead)}

    def _begins_a_run(self, arguments: Result) -> bool:
        """Whether this is the read for all phases of role init, and not the one for those that end it."""
        config = arguments["config"]
        return self.reads_ahead() and "resolved" in config and not config.get("offline") and arguments["phases"] == ALL
