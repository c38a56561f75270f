# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Asking a health endpoint."""

from __future__ import annotations

import http.client
import socket
import typing as t
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import trusting, unverified
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import served_certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Health

_TIMEOUT = 5.0


class HealthProbe:
    """Asks endpoints of this host. The API server is trusted by the cluster's CA; the others have certificates of their own."""

    def __init__(self, host: WatchedHost, ca_file: str, restarting: t.Mapping[str, float]) -> None:
        """ca_file: what the API server is trusted by. restarting: since when components have had to be restarted (seconds since the
        epoch), for those that have to.
        """
        self._restarting = restarting
        self._host = host
        ca = host.content(ca_file)
        self._unverified = unverified()
        self._trusted = trusting(ca) if ca else self._unverified
        # Proxies of the environment have no say in what happens on the host itself.
        self._no_proxy = urllib.request.ProxyHandler({})

    def __call__(self, endpoint: Endpoint) -> Health:
        """One request; anything but 200 is unhealthy, and so is a process from before its restart was due."""
        changed_at = self._restarting.get(endpoint.name)
        # The kubelet may start the new pod while the old one still ends, and it is the old one that answers then.
        if changed_at is not None and self._host.oldest_start(endpoint.name) < changed_at - CLOCK_ERROR:
            return Health(False, "the kubelet has not restarted it")
        parts = urlsplit(endpoint.url)
        if parts.scheme == "tls":
            shown = served_certificate(parts.hostname or "", parts.port or 0)
            return Health(shown is not None, f"{endpoint.url} shows no certificate")
        context = self._trusted if endpoint.name == "kube-apiserver" else self._unverified
        opener = urllib.request.build_opener(self._no_proxy, urllib.request.HTTPSHandler(context=context))
        try:
            with opener.open(endpoint.url, timeout=_TIMEOUT) as response:
                return Health(response.status == 200, "%s answered %d" % (endpoint.url, response.status))
        except urllib.error.HTTPError as error:
            return Health(False, "%s answered %d" % (endpoint.url, error.code))
        except (OSError, http.client.HTTPException, socket.timeout) as error:
            return Health(False, f"{endpoint.url}: {_cause(error)}")


def _cause(error: BaseException) -> str:
    reason: t.Any = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason)


__all__ = ("HealthProbe",)
