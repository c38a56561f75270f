# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Measures for how long the API server is away while components are restarted, beside the wait for them."""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_healthy, last_restarts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import ControlPlane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe

_SERVER = "kube-apiserver"
_INTERVAL = 0.2
# A change from before that is somebody else's, and nobody has seen when the server went.
_LATEST = 60.0


class Stretches:
    """Adds up the time in which something was away. seconds: the sum. first: whether it was there at the first look."""

    def __init__(self, before: float) -> None:
        """before: for how many seconds it was away where it is not there at the first look."""
        self._before = before
        self._since: float | None = None
        self.first: bool | None = None
        self.seconds = 0.0

    def look(self, is_there: bool, asked: float, answered: float) -> None:
        """One look. asked, answered: when it began and ended, in seconds of one clock."""
        if not is_there and self._since is None:
            self._since = asked - self._before if self.first is None else asked
        elif is_there and self._since is not None:
            self.seconds += answered - self._since
            self._since = None
        if self.first is None:
            self.first = is_there


def observable(host: WatchedHost, restarting: t.Mapping[str, float]) -> dict[str, float]:
    """Of the components that are restarted, those whose restart may take the API server away and is not over yet.

    restarting: since when each has to be restarted, in seconds since the epoch.
    """
    now = host.clock()
    return {
        name: since
        for name, since in restarting.items()
        if name in last_restarts.COMPONENTS
        and 0 <= now - since <= _LATEST
        and (name == "kubelet" or host.oldest_start(name) < since)
    }


class Away:
    """While it is entered, the API server is asked again and again, whatever else is waited for."""

    def __init__(
        self,
        control_plane: ControlPlane,
        host: WatchedHost,
        restarting: t.Mapping[str, float],
        kept: last_healthy.LastHealthy | None = None,
    ) -> None:
        """restarting: see C(observable). kept: the files of an earlier state, which says whether the server was healthy in it."""
        self._host = host
        self._was_there = kept is not None and _SERVER in kept.healthy
        endpoints = [item for item in control_plane.waited_for([_SERVER]) if item.name == _SERVER]
        self._components = observable(host, restarting) if endpoints else {}
        if not self._components:
            return
        # The old process may answer, too.
        self._probe = HealthProbe(host, control_plane.ca, {})
        self._endpoint = endpoints[0]
        self._stretches = Stretches(host.clock() - min(self._components.values()))
        self._over = threading.Event()
        # It does not keep the module from ending.
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _look(self) -> None:
        asked = self._host.monotonic()
        is_there = self._probe(self._endpoint).healthy
        self._stretches.look(is_there, asked, self._host.monotonic())

    def _watch(self) -> None:
        while not self._over.is_set():
            self._look()
            self._over.wait(_INTERVAL)

    def __enter__(self) -> Away:
        """Begins."""
        if self._components:
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Ends, with a last look."""
        if self._components:
            self._over.set()
            self._thread.join()
            self._look()

    def keep(self, warn: t.Callable[[str], None]) -> None:
        """Keeps for the next plan what was measured. To be called where all has ended well. warn: is told where that is not possible."""
        # One that was not there before is not away for a restart.
        if not self._components or not (self._was_there or self._stretches.first):
            return
        seconds = round(self._stretches.seconds, 1)
        try:
            last_restarts.save(self._host, dict.fromkeys(self._components, seconds))
        except KubewrightError as error:
            warn(f"wait_control_plane: {error}")


__all__ = ("Away", "Stretches", "observable")
