# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of init_read: what all phases of init have to know."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answered, marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import is_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.chosen import chosen, together
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.parts import parts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED, plan_of, request
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.settled import mark, settled
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ALL = [phase.name for phase in PHASES]


class ActionModule(PhaseAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        **CONFIG,
        "phases": {"type": "list", "elements": "str", "choices": ALL, "default": ALL},
    }

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Asks for all of it at once, and hides a token."""
        run_tags = variables.get("ansible_run_tags") or ["all"]
        left_out = config.data.get("skipPhases", [])
        named = [phase for phase in ALL if phase in arguments["phases"]]
        phases = [
            phase
            for phase in chosen(named, run_tags, variables.get("ansible_skip_tags") or [])
            if phase not in left_out
        ]
        result = {"changed": False, "together": together(phases, run_tags)._asdict()}
        tokens = self.declared_tokens(variables) if {"bootstrap_token", "show_join"} & set(phases) else []
        asked = questions(phases, config, tokens)
        plans = {phase: plan_of(phase, config, tokens) for phase in phases if phase in PLANNED}
        known = marks(asked)
        if not asked and not any(plan.asks() for plan in plans.values()):
            return dict(result, facts=parts(phases, plans, {"files": {}}, known, {}, {}))
        if "show_join" in phases:
            # With -vvv the connection shows what the host answers, unless it is told not to.
            self._connection._play_context.no_log = True
        before = time.time()
        answer = self._execute_module(
            module_name="kubewright.control_plane.host_read",
            module_args=dict(request(list(plans.values())), questions=asked),
            task_vars=variables,
        )
        after = time.time()
        if not isinstance(answer.get("facts"), dict):
            return t.cast(Result, answer)
        read = answer["facts"]
        answers = dict(read.get("answers", {}))
        # Apart, because what the other tasks are given is not secret.
        join = answers.pop("show_join", None)
        unchanged = settled(plans, read, self._task.check_mode) if is_read(read) else []
        facts = parts(
            phases, plans, read, known, answers, dict.fromkeys(unchanged, mark(config, self._task.check_mode))
        )
        if "preflight" in facts:
            # When the host's clock was looked at, by the controller's.
            facts["preflight"]["between"] = [before, after - read.get("since_clock", 0.0)]
        answer.update(result, facts=facts)
        if join is not None:
            answer["join_facts"] = answered("show_join", asked["show_join"], join)
            answer["_ansible_no_log"] = True
        return t.cast(Result, answer)
