# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Old processes that keep a control plane from coming up with what was changed.

The API server waits for connections that others keep open, for as long as the kubelet lets it (30 s), and the kubelet starts the new
one after that. A second SIGTERM lets it end at once. And an API server whose etcd is away lets the kubelet wait for each answer (34 s):
it asks for the pod of the old etcd to be deleted before it starts the new one. One that is not there refuses at once. Both were seen on
1.37.2.
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR, Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import ControlPlane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.restart import DRAINING

# In seconds.
_INTERVAL = 0.25
# For how long etcd may be away until the API server is ended: the kubelet starts it in less where nothing keeps it waiting.
_WITHOUT_ETCD = 2.0


def end_stranded(host: WatchedHost) -> None:
    """Ends an API server whose etcd is away. It goes on to listen after the first SIGTERM, as it cannot give up its lease without etcd."""
    processes = host.component("kube-apiserver")
    for item in processes:
        host.terminate(item)
    if processes:
        host.sleep(DRAINING)
    for item in processes:
        host.terminate(item)


class Draining:
    """Looks, at most four times a second, for old processes that listen no more, and tells each once more to end.

    One that goes on to listen, as with kube-apiserver's shutdown-delay-duration, is left to. Where etcd has ended for a change, and the
    new one does not come, the API server is ended too.
    """

    def __init__(self, control_plane: ControlPlane, host: WatchedHost, since: t.Mapping[str, float]) -> None:
        """since: when components have had to be restarted, by name; what was started before is old."""
        pods = set(control_plane.components)
        self._host = host
        self._since = {name: moment for name, moment in since.items() if name in pods}
        self._urls = {item.name: urlsplit(item.url) for item in control_plane.waited_for(self._since)}
        self._silent: dict[str, float] = {}
        self._etcd = self._since.get("etcd")
        self._without_etcd: float | None = None
        self._next = host.monotonic()

    def __call__(self) -> None:
        """One look."""
        now = self._host.monotonic()
        if now < self._next or not (self._since or self._etcd):
            return
        self._next = now + _INTERVAL
        if self._etcd is not None:
            self._look_for_etcd(now, self._etcd)
        for name in list(self._since):
            if self._has_ended(name, now):
                del self._since[name]

    def _look_for_etcd(self, now: float, changed_at: float) -> None:
        """Ends the API server where it waits for an etcd that is away. changed_at: when etcd's manifest was."""
        found = self._host.component("etcd")
        if any(item.started >= changed_at - CLOCK_ERROR for item in found):
            self._etcd = None
        elif found:
            self._without_etcd = None
        elif self._without_etcd is None:
            self._without_etcd = now
        elif now - self._without_etcd >= _WITHOUT_ETCD:
            end_stranded(self._host)
            self._etcd = None

    def _old(self, name: str) -> list[Process]:
        return [item for item in self._host.component(name) if item.started < self._since[name] - CLOCK_ERROR]

    def _has_ended(self, name: str, now: float) -> bool:
        """Whether there is nothing more to be done about a component."""
        old = self._old(name)
        url = self._urls.get(name)
        if not old or url is None:
            return True
        if self._host.is_listening(url.hostname or "", url.port or 0):
            self._silent.pop(name, None)
            return False
        if now - self._silent.setdefault(name, now) < DRAINING:
            return False
        for item in old:
            self._host.terminate(item)
        return True


__all__ = ("Draining", "end_stranded")
