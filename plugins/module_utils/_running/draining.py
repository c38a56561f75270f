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
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import flag_values
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.restart import DRAINING
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

# In seconds.
_INTERVAL = 0.25
# For how long etcd may be away until the API server is ended: the kubelet starts it in less where nothing keeps it waiting.
_WITHOUT_ETCD = 2.0
_API_SERVER = "kube-apiserver"


def end_stranded(host: WatchedHost) -> None:
    """Ends an API server whose etcd is away. It goes on to listen after the first SIGTERM, as it cannot give up its lease without etcd."""
    processes = host.component(_API_SERVER)
    for item in processes:
        host.terminate(item)
    if processes:
        host.sleep(DRAINING)
    for item in processes:
        host.terminate(item)


class Draining:
    """Looks, at most four times a second, for an old API server that listens no more, and tells it once more to end.

    One that goes on to listen, as with kube-apiserver's shutdown-delay-duration, is left to. Where etcd has ended for a change, and the
    new one does not come, the API server is ended too.
    """

    def __init__(
        self,
        control_plane: ControlPlane,
        host: WatchedHost,
        since: t.Mapping[str, float],
        sign: t.Callable[[str], Verdict | None] = lambda _component: None,
    ) -> None:
        """since: when components have had to be restarted, by name; what was started before is old. sign: see C(wait_until_healthy)."""
        now = host.clock()
        # A time that is still to come says nothing: the clock was set back.
        known = {name: moment for name, moment in since.items() if name in control_plane.components and moment <= now}
        self._host, self._sign = host, sign
        # The others end at once.
        self._since = known.get(_API_SERVER)
        urls = [urlsplit(item.url) for item in control_plane.waited_for() if item.name == _API_SERVER]
        self._address = (urls[0].hostname or "", urls[0].port or 443) if urls else ("", 0)
        self._silent: float | None = None
        self._etcd = known.get("etcd")
        self._without_etcd: float | None = None
        self._next = host.monotonic()

    def __call__(self, component: str) -> Verdict | None:
        """One look, and the sign."""
        self.look()
        return self._sign(component)

    def look(self) -> None:
        """One look."""
        now = self._host.monotonic()
        if now < self._next or (self._since is None and self._etcd is None):
            return
        self._next = now + _INTERVAL
        if self._etcd is not None:
            self._look_for_etcd(now, self._etcd)
        if self._since is not None and self._has_ended(now, self._since):
            self._since = None

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

    def _listens(self, process: Process) -> bool:
        """Whether it still takes connections, at its own port, which may be another one than is declared now."""
        host, port = self._address
        given = flag_values(process.arguments).get("secure-port", [])
        return self._host.is_listening(host, int(given[-1]) if given and given[-1].isdigit() else port)

    def _has_ended(self, now: float, changed_at: float) -> bool:
        """Whether there is nothing more to be done about an old API server. changed_at: when its manifest was."""
        old = [item for item in self._host.component(_API_SERVER) if item.started < changed_at - CLOCK_ERROR]
        if not old:
            return True
        if any(map(self._listens, old)):
            self._silent = None
            return False
        if self._silent is None:
            self._silent = now
        if now - self._silent < DRAINING:
            return False
        for item in old:
            self._host.terminate(item)
        return True


__all__ = ("Draining", "end_stranded")
