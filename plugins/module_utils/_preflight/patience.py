# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""An end to what cannot be given a time limit of its own."""

from __future__ import annotations

import threading
import time
import typing as t

Answer = t.TypeVar("Answer")


def all_within(
    seconds: float, questions: t.Mapping[str, t.Callable[[], Answer]], otherwise: Answer
) -> dict[str, Answer]:
    """The answers to questions that are asked side by side, or C(otherwise) where there is none in time.

    The questions must not raise.
    """
    answers: dict[str, Answer] = {}

    def ask(name: str, question: t.Callable[[], Answer]) -> None:
        answers[name] = question()

    end = time.monotonic() + seconds
    # Daemons, because the end of the program must not wait for them.
    threads = [threading.Thread(target=ask, args=item, daemon=True) for item in questions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    found = dict(answers)
    return {name: found.get(name, otherwise) for name in questions}


def within(seconds: float, question: t.Callable[[], Answer], otherwise: Answer) -> Answer:
    """The answer to a question, or C(otherwise) where there is none in time. The question must not raise."""
    return all_within(seconds, {"": question}, otherwise)[""]


__all__ = ("all_within", "within")
