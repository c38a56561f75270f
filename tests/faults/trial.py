# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault: made, looked at until its cause is found or it is too late, and mended."""

from __future__ import annotations

import time
import typing as t

from faults.catalog import Fault
from faults.node import Look, Node

# In seconds: for how long a fault may show nothing, how soon after its first sign the cause has to be found, and for how long a
# control plane may need to be healthy again.
SILENCE, LIMIT, RECOVERY = 120.0, 15.0, 240.0
# For how much longer is looked, so that it is known what would have been said.
_MORE = 20.0
_PAUSE = 1.0


class Outcome(t.NamedTuple):
    """found: the causes that were first, each once. seconds: from the first sign to the right cause. The first sign is the end of a
    process that was started since; where none has ended, that a component is away.

    is_right: whether that was in time, and nothing else was said to be certain before.
    """

    fault: Fault
    is_right: bool
    seconds: float | None
    found: t.Sequence[str]
    sentence: str
    evidence: t.Sequence[str]


def is_healthy(look: Look) -> bool:
    """Whether every component is, and nothing fails."""
    return not look["acute"] and all(said == "healthy" for said in look["health"].values())


def _first_crash(look: Look, begin: float) -> float | None:
    """When the first process that was started since has ended; None before. Those that the fault itself has ended are older."""
    ends = [end for component in look["ended"].values() for end in component]
    return min((finished for created, finished, code in ends if code and created >= begin), default=None)


def wait_until_healthy(node: Node) -> list[Look]:
    """The looks until it is. Raises RuntimeError where it never is."""
    end, looks = time.monotonic() + RECOVERY, []
    while time.monotonic() < end:
        looks.append(node.look())
        if is_healthy(looks[-1]):
            return looks
        time.sleep(_PAUSE)
    raise RuntimeError(f"{node.name} is not healthy again: {looks[-1]}")


def _shown(verdict: Look) -> str:
    return "{} {}{}".format(verdict["component"], verdict["fault"], "" if verdict["is_sure"] else " (probably)")


def attempt(node: Node, fault: Fault) -> Outcome:
    """Makes a fault and looks."""
    begin = float(node.run("date +%s.%N").strip())
    node.make(fault.make)
    away: float | None = None
    found: list[str] = []
    wrong = False
    last: Look | None = None
    end = time.monotonic() + SILENCE
    while time.monotonic() < end:
        look = node.look()
        if away is None and not is_healthy(look):
            away = look["now"]
        crash = _first_crash(look, begin)
        since = crash if crash is not None else away
        # As a person reads them: what fails by nothing yet stands behind what something fails by.
        every = [*look["acute"], *look["other"]]
        first = every[0] if every else None
        if first is not None:
            last = first
            if not found or found[-1] != _shown(first):
                found.append(_shown(first))
            if first["component"] == fault.component and first["fault"] in fault.faults:
                seconds = max(0.0, look["now"] - (since or look["now"]))
                is_right = not wrong and seconds <= LIMIT
                return Outcome(fault, is_right, seconds, found, _sentence(first), first["evidence"])
            wrong = wrong or first["is_sure"]
        if crash is not None and look["now"] - crash > LIMIT + _MORE:
            break
        time.sleep(_PAUSE)
    return Outcome(fault, False, None, found, _sentence(last) if last else "", last["evidence"] if last else [])


def _sentence(verdict: Look) -> str:
    return "{component} {cause}".format(**verdict)


__all__ = ("LIMIT", "Outcome", "attempt", "is_healthy", "wait_until_healthy")
