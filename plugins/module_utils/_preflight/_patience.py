# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""An end to what cannot be given a time limit of its own."""

from __future__ import annotations

import threading
import typing as t

Answer = t.TypeVar("Answer")


def within(seconds: float, question: t.Callable[[], Answer], otherwise: Answer) -> Answer:
    """The answer to a question, or C(otherwise) where there is none in time. The question must not raise."""
    answers: list[Answer] = []
    # A daemon, because the end of the program must not wait for it.
    thread = threading.Thread(target=lambda: answers.append(question()), daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else otherwise


__all__ = ("within",)
