# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The components of a host that run, and how those that run with old files are restarted."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import (
    CLOCK_ERROR,
    Process,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    ControlPlane,
    Endpoint,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.crashes import Crashes
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.draining import Draining
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.last_words import last_words
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.restart import (
    Ending,
    NotHealthy,
    Restarter,
    end,
    restart_in_turn,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.superseded import relief
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import (
    WaitResult,
    wait_until_healthy,
)


def running_components(
    control_plane: ControlPlane, host: WatchedHost, restarting: t.Collection[str], kubelet_started: bool
) -> dict[str, Process]:
    """The process of each component that runs and that nobody else is restarting.

    restarting: the static pods that the kubelet restarts. kubelet_started: whether the kubelet has just been started.
    """
    found = {}
    for component in control_plane.components:
        if component in restarting or not host.exists(f"{MANIFESTS_DIR}/{component}.yaml"):
            continue
        processes = host.component(component)
        if processes:
            found[component] = min(processes, key=lambda item: item.started)
    kubelet = None if kubelet_started else host.kubelet()
    if kubelet is not None:
        found["kubelet"] = kubelet
    return found


def _ending(host: WatchedHost, component: str, endpoint: Endpoint, timeout: float) -> Ending:
    """How to end the processes of a component."""
    processes = host.component(component)
    parts = urlsplit(endpoint.url)

    def terminate() -> None:
        # Its process id may be another's by the second time.
        for item in processes:
            host.terminate(item)

    def is_listening() -> bool:
        return host.is_listening(parts.hostname or "", parts.port or 0)

    def is_alive() -> bool:
        return any(map(host.is_running, processes))

    return Ending(timeout, terminate, is_alive, is_listening, host.sleep, host.monotonic)


def restart_components(
    control_plane: ControlPlane,
    host: WatchedHost,
    old: t.Mapping[str, Process],
    manifests: t.Mapping[str, float],
    warn: t.Callable[[str], None],
    begin: float | None = None,
) -> None:
    """Restarts the components of which old processes run. Raises KubewrightError where one does not come up again.

    manifests: when the manifests were written that the kubelet restarts components for (seconds since the epoch). warn: is
    given what a person has to be told. begin: before when no end of a component counts; see C(Crashes).
    """
    components = [component for component in COMPONENTS if component in old]
    restarting = dict(manifests)
    others = [component for component in COMPONENTS if component in restarting]
    timeout = control_plane.timeout
    known = {endpoint.name: endpoint for endpoint in control_plane.waited_for(components + others)}

    def restart(component: str) -> None:
        if component == "kubelet":
            host.start_kubelet()
            return
        if not host.is_running(old[component]):
            # Gone by itself meanwhile, as those go that lose the API server for too long: the kubelet has it in hand.
            restarting[component] = old[component].started + 2 * CLOCK_ERROR
            return
        restarting[component] = host.clock()
        end(_ending(host, component, known[component], timeout))

    def until_healthy(component: str, patience: float) -> WaitResult:
        if component not in known:
            return WaitResult(True, 0.0, {})
        endpoint = known[component]._replace(required=True)
        probe = HealthProbe(host, control_plane.ca, restarting)
        replace = relief(control_plane, host, lambda _components, text: warn(text), [component])
        # What is put back takes the place of what was bad.
        crashes = Crashes(control_plane, host, restarting, begin, manifests if begin is None else ())
        sign = Draining(control_plane, host, manifests, crashes)
        return wait_until_healthy([endpoint], probe, patience, patience, host.sleep, host.monotonic, replace, sign)

    outside = Restarter(timeout, restart, until_healthy)
    try:
        restart_in_turn(components, others, outside, "kubelet" in known)
    except NotHealthy as error:
        why = error.verdict.text() if error.verdict else last_words(error.components, host, control_plane.pod_logs)
        raise KubewrightError(f"{error}.\n{why}") from None


__all__ = ("restart_components", "running_components")
