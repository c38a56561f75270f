# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What role init asks a host for all of its phases at once."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.chosen import chosen
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import (
    PLANNED,
    PhasePlan,
    plan_of,
    request,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import Question, questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ALL = [phase.name for phase in PHASES]
# Those that need the declared bootstrap tokens.
_WITH_TOKENS = {"bootstrap_token", "show_join"}


class InitRequest(t.NamedTuple):
    """phases: those that the run has, in their order. plans: of those that are planned. questions: what the others ask."""

    phases: list[str]
    plans: dict[str, PhasePlan]
    questions: dict[str, Question]

    def asks(self) -> bool:
        """Whether the host has to be asked at all."""
        return bool(self.questions) or any(plan.asks() for plan in self.plans.values())

    def arguments(self) -> dict[str, t.Any]:
        """Those of host_read, but for the questions."""
        return request(list(self.plans.values()))

    def has_token(self) -> bool:
        """Whether the answer holds a bootstrap token."""
        return "show_join" in self.questions

    def mark(self) -> str:
        """Equal where the very same is asked. The secret half of a token is not part of it: a digest would let guesses be tried."""
        asked = self.arguments()
        objects = [item["mark"] for item in asked.pop("objects", [])]
        return value_digest([asked, objects, self.questions])


def run_phases(
    named: t.Collection[str], config: Config, run_tags: t.Sequence[str], skip_tags: t.Sequence[str]
) -> list[str]:
    """Those of the named phases that a run has, by its tags and its configuration."""
    left_out = config.data.get("skipPhases", [])
    every = chosen([phase for phase in ALL if phase in named], run_tags, skip_tags)
    return [phase for phase in every if phase not in left_out]


def init_request(
    phases: list[str], config: Config, declared_tokens: t.Callable[[], t.Sequence[t.Mapping[str, t.Any]]]
) -> InitRequest:
    """What is asked for the phases of a run. declared_tokens: is only called where a phase needs them.

    Raises KubewrightError where the user's patches cannot be applied.
    """
    tokens = declared_tokens() if _WITH_TOKENS & set(phases) else []
    plans = {phase: plan_of(phase, config, tokens) for phase in phases if phase in PLANNED}
    return InitRequest(phases, plans, questions(phases, config, tokens))


__all__ = ("ALL", "InitRequest", "init_request", "run_phases")
