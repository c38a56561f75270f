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
# A change from before that is somebody else's, and nobody has seen when the server went. In seconds, as the next.
_LATEST = 60.0
# A new process that runs for longer than it takes to come up: nobody has seen when it did.
_COMES_UP = 20.0


class Stretches:
    """Adds up the time in which something was away. seconds: the sum. first: whether it was there at the first look."""

    def __init__(self, since: float | None) -> None:
        """since: from when on it was away before the first look, in seconds of the clock of C(look); None where it was not."""
        self._since = since
        self.first: bool | None = None
        self.seconds = 0.0

    def look(self, is_there: bool, asked: float, answered: float) -> None:
        """One look. asked, answered: when it began and ended, in seconds of one clock."""
        if not is_there and self._since is None:
            self._since = asked
        elif is_there and self._since is not None:
            self.seconds += answered - self._since
            self._since = None
        if self.first is None:
            self.first = is_there


class Beginning(t.NamedTuple):
    """components: those that are restarted, which may take the API server away, and of which that can be seen. gone: for how many
    seconds an old process of one of them is away; None where none is.
    """

    components: list[str]
    gone: float | None


def beginning(host: WatchedHost, restarting: t.Mapping[str, float]) -> Beginning:
    """How it stands before the first look. restarting: since when each has to be restarted, in seconds since the epoch.

    The kubelet ends a pod at once when its manifest changes, and its own end takes no server away.
    """
    now = host.clock()
    components, gone = [], []
    for name, since in restarting.items():
        if name not in last_restarts.COMPONENTS or not 0 <= now - since <= _LATEST:
            continue
        started = host.oldest_start(name) if name != "kubelet" else since - 1
        if started >= since and now - started > _COMES_UP:
            continue
        components.append(name)
        if started == 0 or started >= since:
            gone.append(now - since)
    return Beginning(components, max(gone) if gone else None)


def _was_healthy(host: WatchedHost) -> bool:
    """Whether the API server was, before what is kept of an earlier state was changed."""
    try:
        kept = last_healthy.load(host)
    except KubewrightError:
        return False
    return kept is not None and _SERVER in kept.healthy


class Away:
    """While it is entered, the API server is asked again and again, whatever else is waited for."""

    def __init__(self, control_plane: ControlPlane, host: WatchedHost, restarting: t.Mapping[str, float]) -> None:
        """restarting: see C(beginning)."""
        self._host = host
        endpoints = [item for item in control_plane.waited_for([_SERVER]) if item.name == _SERVER]
        self._components, gone = beginning(host, restarting) if endpoints else Beginning([], None)
        if not self._components:
            return
        self._was_there = _was_healthy(host)
        # The old process may answer, too.
        self._probe = HealthProbe(host, control_plane.ca, {})
        self._endpoint = endpoints[0]
        self._stretches = Stretches(None if gone is None else host.monotonic() - gone)
        self._over = threading.Event()
        # It does not keep the module from ending.
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _look(self) -> None:
        asked = self._host.monotonic()
        try:
            is_there = self._probe(self._endpoint).healthy
        except Exception:  # what cannot be measured changes nothing
            return
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
            # What is restarted with a server is not what takes the server away.
            causes = [name for name in self._components if name != "kubelet"] or self._components
            last_restarts.save(self._host, dict.fromkeys(causes, seconds))
        except KubewrightError as error:
            warn(f"wait_control_plane: {error}")


__all__ = ("Away", "Beginning", "Stretches", "beginning")
