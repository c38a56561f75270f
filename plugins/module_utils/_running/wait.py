# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Waiting for a control plane: predicates and clock come from outside."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint

INTERVAL = 0.125


class Health(t.NamedTuple):
    """One answer. text: what was wrong, for people."""

    healthy: bool
    text: str


class WaitResult(t.NamedTuple):
    """How a wait ended. unhealthy: the last answer of each endpoint that was not healthy. seconds: how long it took."""

    healthy: bool
    seconds: float
    unhealthy: dict[str, str]


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
) -> WaitResult:
    """Polls until every required endpoint is healthy in one round, the time is up, or the kubelet stays away for too long.

    timeout, kubelet_timeout: seconds. The first begins when the kubelet is healthy where the kubelet is required, else
    at once. 0 for both asks each endpoint once.
    """
    start = begin = monotonic()
    kubelet = next((endpoint for endpoint in wanted if endpoint.name == "kubelet"), None)
    kubelet_first = kubelet is not None and kubelet.required
    kubelet_seen = kubelet is None
    while True:
        answers = {endpoint.name: probe(endpoint) for endpoint in wanted}
        now = monotonic()
        elapsed = now - start
        if not kubelet_seen and answers["kubelet"].healthy:
            kubelet_seen = True
            begin = now if kubelet_first else start
        if all(answers[endpoint.name].healthy for endpoint in wanted if endpoint.required):
            return WaitResult(True, elapsed, {})
        overdue = now - begin >= timeout and (kubelet_seen or not kubelet_first)
        if overdue or (not kubelet_seen and elapsed >= kubelet_timeout):
            return WaitResult(
                False, elapsed, {name: answer.text for name, answer in answers.items() if not answer.healthy}
            )
        if relief is not None and elapsed >= relief.after:
            relief.act()
            relief = None
        sleep(INTERVAL)


__all__ = ("INTERVAL", "Health", "Relief", "WaitResult", "wait_until_healthy")
