# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""How a control plane comes up, a line for each step."""

from __future__ import annotations

import typing as t

# In seconds: how often something new is said of what is waited for, and how often the same.
_NEWS, _SAME = 2.0, 30.0


class Answer(t.Protocol):
    """What a component has answered; see C(wait.Health)."""

    @property
    def healthy(self) -> bool:
        """Whether it is well."""

    @property
    def text(self) -> str:
        """What is wrong, for people."""


class Progress:
    """Says what has become healthy, and what is waited for and why."""

    def __init__(self, say: t.Callable[[str], None]) -> None:
        """say: takes a line."""
        self._say = say
        self._healthy: set[str] = set()
        self._last, self._said_at = "", 0.0

    def __call__(self, answers: t.Mapping[str, Answer], missing: str | None, seconds: float) -> None:
        """One round. missing: the component that is waited for. seconds: since the wait began."""
        for name, answer in answers.items():
            if answer.healthy and name not in self._healthy:
                self._say(f"{name} is healthy after {seconds:.1f} s")
            if not answer.healthy and name in self._healthy:
                self._say(f"{name} is not healthy any more: {answer.text}")
        self._healthy = {name for name in self._healthy if name not in answers}.union(
            name for name, answer in answers.items() if answer.healthy
        )
        if missing is None:
            return
        text = f"waiting for {missing}: {answers[missing].text}"
        if seconds - self._said_at >= (_SAME if text == self._last else _NEWS):
            self._say(f"{text} ({seconds:.0f} s)")
            self._last, self._said_at = text, seconds


__all__ = ("Progress",)
