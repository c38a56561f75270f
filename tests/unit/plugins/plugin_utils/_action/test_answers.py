# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that were given before."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import answer_to, answered, marks

QUESTION = {"images": ["a"]}
READ = {"files": {}, "asked": marks({"images": QUESTION}), "answers": {"images": {"to_pull": []}}}


def test_the_same_question() -> None:
    """Breaks the time of a run, where each phase would ask again; and what one phase does with it is not the next one's."""
    found = answer_to("images", {"images": ["a"]}, READ)
    assert found == {"to_pull": []}
    assert found is not None
    found["to_pull"].append("a")
    assert answer_to("images", QUESTION, READ) == {"to_pull": []}


@pytest.mark.parametrize(
    ("phase", "question", "read"),
    [
        ("images", {"images": ["b"]}, READ),
        ("preflight", QUESTION, READ),
        ("images", QUESTION, {**READ, "answers": {}}),
        ("images", QUESTION, {"files": {}}),
        ("images", QUESTION, None),
    ],
)
def test_another_question(phase: str, question: dict[str, t.Any], read: dict[str, t.Any] | None) -> None:
    """Breaks roles in a play whose tasks see other variables: the answer to another question would count."""
    assert answer_to(phase, question, read) is None


@pytest.mark.parametrize(
    "read", [{}, {"files": 1}, {**READ, "answers": []}, {**READ, "asked": 1}, {**READ, "answers": {"images": 1}}]
)
def test_what_was_never_read(read: dict[str, t.Any]) -> None:
    """Breaks with a traceback where a task of a user's own passes something else."""
    with pytest.raises(KubewrightError, match="read: pass the facts of"):
        answer_to("images", QUESTION, read)


def test_an_answer_is_found_again() -> None:
    """Breaks show_join, which would ask the host again for what init_read or the wait were told."""
    facts = answered("show_join", {"ca": "/a"}, {"answers": True})
    assert answer_to("show_join", {"ca": "/a"}, facts) == {"answers": True}
    assert answer_to("show_join", {"ca": "/b"}, facts) is None
