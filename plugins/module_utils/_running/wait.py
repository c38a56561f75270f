# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Waiting for a control plane: predicates and clock come from outside."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

# In seconds. The end is seen this soon, where the answer takes no longer.
INTERVAL = 1 / 64
# What starts shares the processor with those who ask it: they leave it alone for so many times as long as an answer takes.
_REST, _LONGEST_REST = 4.0, 0.25


class Health(t.NamedTuple):
    """One answer. text: what was wrong, for people."""

    healthy: bool
    text: str


class WaitResult(t.NamedTuple):
    """How a wait ended. unhealthy: the last answer of each endpoint that was not healthy. seconds: how long it took.

    verdict: the sure sign for which it ended before its time.
    """

    healthy: bool
    seconds: float
    unhealthy: dict[str, str]
    verdict: Verdict | None = None


class Relief(t.NamedTuple):
    """What is done, once, where something is not healthy after some seconds."""

    after: float
    act: t.Callable[[], None]


def wait_until_healthy(
    wanted: t.Sequence[Endpoint],
    probe: t.Callable[[Endpoint], Health],
    timeout: float,
    kubelet_timeout: float,
    sleep: t.Callable[[float], None],
    monotonic: t.Callable[[], float],
    relief: Relief | None = None,
    sign: t.Callable[[str], Verdict | None] = lambda _component: None,
    tell: t.Callable[[t.Mapping[str, Health], str | None, float], None] = lambda _answers, _missing, _seconds: None,
) -> WaitResult:
    """Polls until every required endpoint is healthy in one round, the time is up, or the kubelet stays away for too long.

    sign: looks for a sure sign that a component does not come, which ends the wait at once. tell: is told of each round; see
    C(progress.Progress).

    timeout, kubelet_timeout: seconds. The first begins when the kubelet is healthy where the kubelet is required, else
    at once. 0 for both asks each endpoint once.
    """
    start = begin = monotonic()
    kubelet = next((endpoint for endpoint in wanted if endpoint.name == "kubelet"), None)
    kubelet_first = kubelet is not None and kubelet.required
    kubelet_seen = kubelet is None
    required = [endpoint for endpoint in wanted if endpoint.required]
    while True:
        answers: dict[str, Health] = {}
        asked = monotonic()
        if kubelet is not None and not kubelet_seen:
            answers["kubelet"] = probe(kubelet)
        missing = _first_unhealthy(required, probe, answers)
        now = monotonic()
        elapsed = now - start
        if not kubelet_seen and answers["kubelet"].healthy:
            kubelet_seen = True
            begin = now if kubelet_first else start
        tell(answers, missing.name if missing is not None else None, elapsed)
        if missing is None:
            return WaitResult(True, elapsed, {})
        overdue = now - begin >= timeout and (kubelet_seen or not kubelet_first)
        if overdue or (not kubelet_seen and elapsed >= kubelet_timeout):
            return WaitResult(False, elapsed, _unhealthy(wanted, probe, answers))
        verdict = sign(missing.name)
        if verdict is not None:
            return WaitResult(False, elapsed, _unhealthy(wanted, probe, answers), verdict)
        if relief is not None and elapsed >= relief.after:
            relief.act()
            relief = None
        # It is asked first in the next round: the others are not asked while it keeps all of them waiting.
        required.sort(key=lambda endpoint: endpoint is not missing)
        sleep(min(max(INTERVAL, _REST * (now - asked)), _LONGEST_REST))


def _first_unhealthy(
    required: t.Sequence[Endpoint], probe: t.Callable[[Endpoint], Health], answers: dict[str, Health]
) -> Endpoint | None:
    """The first that is not healthy, or None where all are. answers: what was answered in this round, to which more is added."""
    for endpoint in required:
        if endpoint.name not in answers:
            answers[endpoint.name] = probe(endpoint)
        if not answers[endpoint.name].healthy:
            return endpoint
    return None


def _unhealthy(
    wanted: t.Sequence[Endpoint], probe: t.Callable[[Endpoint], Health], answers: t.Mapping[str, Health]
) -> dict[str, str]:
    """What is wrong with each, after those that have not been asked in this round are asked too."""
    found = {endpoint.name: answers.get(endpoint.name) or probe(endpoint) for endpoint in wanted}
    return {name: answer.text for name, answer in found.items() if not answer.healthy}


__all__ = ("INTERVAL", "Health", "Relief", "WaitResult", "wait_until_healthy")
