# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reading a host for phases, where it can be in the execution by which the configuration is resolved.

What is to be read depends on the configuration, and that on what the host says of itself. In nearly all inventories what it
says is known before: its name, and the address by which it is reached. So all is asked for by that; where the
configuration then asks for anything else, the answer is not used, and the host is asked once more.
"""

from __future__ import annotations

import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answered, marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.configuration import (
    ConfiguringAction,
    misread,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import is_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.init_request import (
    ALL,
    InitRequest,
    init_request,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.parts import parts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.settled import mark, settled

_ROLE = "kubewright.control_plane.init"


class Ahead(t.NamedTuple):
    """facts: of host_read. between: the controller's clock before and after it was asked, in seconds of the epoch."""

    facts: Result
    between: tuple[float, float]

    @classmethod
    def of(cls, kept: t.Any, mark: str) -> Ahead | None:
        """What was read ahead, where the very same is asked. kept: of C(kept). mark: of the request."""
        if not isinstance(kept, dict) or kept.get("mark") != mark or not isinstance(kept.get("facts"), dict):
            return None
        before, after = kept["between"]
        return cls(kept["facts"], (before, after))

    def kept(self, mark: str) -> Result:
        """As a part of the result of cluster_config."""
        return {"mark": mark, "facts": self.facts, "between": list(self.between)}


class InitReading(ConfiguringAction):
    """An action that reads a host for all phases."""

    def init_request(self, config: Config, named: t.Collection[str], variables: Result) -> InitRequest:
        """What is asked for those of the named phases that the run has."""
        phases = self.run_phases(named, config, variables)
        return init_request(phases, config, lambda: self.declared_tokens(variables))

    def reads_ahead(self) -> bool:
        """Whether role init is what this task is run for, so that what it reads comes right before the phases."""
        return any(role.get_name() == _ROLE for role in self._task.get_dep_chain() or ())

    def ask(
        self, asked: InitRequest, variables: Result, more: t.Mapping[str, t.Any] | None = None
    ) -> tuple[Result, tuple[float, float]]:
        """What host_read answers, and the controller's clock before and after it. more: questions that come first."""
        if asked.has_token() or "config" in (more or {}):
            self.hide_answer()
        before = time.time()
        answer: Result = self._execute_module(
            module_name="kubewright.control_plane.host_read",
            module_args=dict(asked.arguments(), questions={**(more or {}), **asked.questions}),
            task_vars=variables,
        )
        facts = answer.get("facts")
        if facts is not None and not (isinstance(facts, dict) and is_read(facts)):
            raise misread()
        if facts is not None and not isinstance(facts.get("since_clock", 0.0), (int, float)):
            raise misread()
        return answer, (before, time.time())

    def read_and_resolve(self, read: Input, asked: InitRequest, variables: Result) -> tuple[Result, Ahead]:
        """The configuration by what the host says of itself now, and what else was asked. Raises InvalidInput, NotAsked."""
        answer, between = self.ask(asked, variables, {"config": self.question(read)})
        resolved = self.resolved(read, self.answered_facts(answer, read), variables)
        facts = dict(answer["facts"], answers=dict(answer["facts"]["answers"]))
        del facts["answers"]["config"]
        return resolved, Ahead(facts, between)

    def facts_of(self, config: Config, asked: InitRequest, ahead: Ahead) -> Result:
        """The facts by phase, and those of show_join apart, which hide the result."""
        read, check = ahead.facts, self._task.check_mode
        if not is_read(read):
            raise misread()
        answers = dict(read.get("answers", {}))
        # Apart, because what the other tasks are given is not secret.
        join = answers.pop("show_join", None)
        unchanged = settled(asked.plans, read, check)
        facts = parts(
            asked.phases,
            asked.plans,
            read,
            marks(asked.questions),
            answers,
            {phase: mark(phase, config, check) for phase in unchanged},
        )
        if "preflight" in facts:
            # When the host's clock was looked at, by the controller's.
            facts["preflight"]["between"] = [ahead.between[0], ahead.between[1] - read.get("since_clock", 0.0)]
        if join is None or not asked.has_token():
            return {"facts": facts}
        told = answered("show_join", asked.questions["show_join"], join)
        return {"facts": facts, "join_facts": told, "_ansible_no_log": True}


__all__ = ("ALL", "Ahead", "InitReading")
