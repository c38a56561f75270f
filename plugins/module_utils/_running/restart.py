# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Restarting components of a control plane one after the other, so that never more than one of them is away, and not for long."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import WaitResult

# How long to wait for a component that was not healthy before either: what it lacks may be another host's to give.
UNHEALTHY_PATIENCE = 60.0


# For how long a component that listens no more may answer what it has begun to answer. The API server waits for as long as
# a minute for connections that others keep open, and nobody can reach it meanwhile.
DRAINING = 1.0
_STEP = 0.1


class NotHealthy(KubewrightError):
    """A component did not come up again. components: those that were not healthy. verdict: why, where that is known."""

    def __init__(self, text: str, components: t.Sequence[str], verdict: Verdict | None = None) -> None:
        """text: what happened."""
        super().__init__(text)
        self.components, self.verdict = list(components), verdict


class Ending(t.NamedTuple):
    """The outside of one component's end. timeout: seconds for which it may go on to listen.

    terminate: sends SIGTERM, upon the second of which the components of Kubernetes exit at once. is_alive: whether the
    process is still there. is_listening: whether somebody listens at its port.
    """

    timeout: float
    terminate: t.Callable[[], None]
    is_alive: t.Callable[[], bool]
    is_listening: t.Callable[[], bool]
    sleep: t.Callable[[float], None]
    monotonic: t.Callable[[], float]


def end(ending: Ending) -> None:
    """Ends a component in order, and at once when it has done what it could for those it serves.

    One that goes on to listen, as with kube-apiserver's shutdown-delay-duration, is left to.
    """
    ending.terminate()
    begin = now = ending.monotonic()
    silent_since: float | None = None
    while ending.is_alive() and now - begin < ending.timeout:
        if ending.is_listening():
            silent_since = None
        elif silent_since is None:
            silent_since = now
        elif now - silent_since >= DRAINING:
            ending.terminate()
            return
        ending.sleep(_STEP)
        now = ending.monotonic()


class Restarter(t.NamedTuple):
    """The outside. timeout: seconds that a component has to become healthy.

    restart: makes a component start again. until_healthy: waits until a component is healthy, and after a restart it has
    to be the new process that is; for at most that many seconds, 0 for a look.
    """

    timeout: float
    restart: t.Callable[[str], None]
    until_healthy: t.Callable[[str, float], WaitResult]


def restart_in_turn(
    components: t.Sequence[str], others: t.Sequence[str], outside: Restarter, uses_kubelet: bool = True
) -> None:
    """Restarts components in their order; each is healthy before the next one goes down, if it was before.

    others: components that somebody else is restarting, which are waited for first. uses_kubelet: whether the kubelet
    can be asked how it is; it is what starts the others again.

    Raises NotHealthy, with the rest not restarted.
    """
    if not components:
        return
    for component in others:
        _expect(component, outside.until_healthy(component, outside.timeout), "nothing was restarted")
    if uses_kubelet and "kubelet" not in components:
        outcome = outside.until_healthy("kubelet", outside.timeout)
        _expect("kubelet", outcome, "nothing was restarted, because the kubelet has to start it again")
    for index, component in enumerate(components):
        was_healthy = outside.until_healthy(component, 0.0).healthy
        outside.restart(component)
        outcome = outside.until_healthy(component, outside.timeout if was_healthy else UNHEALTHY_PATIENCE)
        rest = ", ".join(components[index + 1 :])
        if was_healthy:
            _expect(component, outcome, f"{rest} not restarted" if rest else "it was restarted for its new files")


def _expect(component: str, outcome: WaitResult, text: str) -> None:
    if not outcome.healthy:
        what = "; ".join(outcome.unhealthy.values())
        raise NotHealthy(
            f"{component} is not healthy after {outcome.seconds:.0f} s ({what}): {text}", [component], outcome.verdict
        )


__all__ = ("DRAINING", "UNHEALTHY_PATIENCE", "Ending", "NotHealthy", "Restarter", "end", "restart_in_turn")
