# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What init_read was answered, for the phases that would ask the same."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import not_read


def marks(questions: t.Mapping[str, t.Any]) -> dict[str, str]:
    """A mark of each question, by phase."""
    return {phase: value_digest(question) for phase, question in questions.items()}


def answer_to(phase: str, question: t.Mapping[str, t.Any], facts: Result | None) -> Result | None:
    """What was answered to a question, None where it was not asked or could not be answered.

    facts: of init_read, or of host_read, which asks no such thing. Raises KubewrightError where they are neither.
    """
    if facts is None:
        return None
    if not isinstance(facts.get("files"), dict):
        raise not_read()
    asked, answers = facts.get("asked", {}), facts.get("answers", {})
    if not (isinstance(asked, dict) and isinstance(answers, dict)):
        raise not_read()
    answer = answers.get(phase)
    if answer is not None and not isinstance(answer, dict):
        raise not_read()
    # A copy: what was read is the next phase's too.
    return copy.deepcopy(t.cast("Result | None", answer)) if asked.get(phase) == value_digest(question) else None


def answered(phase: str, question: t.Mapping[str, t.Any], answer: t.Any) -> Result:
    """What C(answer_to) takes, of one question."""
    return {"files": {}, "answers": {phase: answer}, "asked": marks({phase: question})}


__all__ = ("answer_to", "answered", "marks")
