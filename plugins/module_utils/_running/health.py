# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Asking a health endpoint."""

from __future__ import annotations

import http.client
import re
import ssl
import typing as t
from urllib.parse import urlsplit

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import failure, get
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import trusting, unverified
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import served_certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Health

_TIMEOUT = 5.0
_LARGEST = 2**20
# A line of such an answer (k8s.io/apiserver/pkg/server/healthz, in all minors).
_FAILED = re.compile(r"^\[-\](\S+) failed", re.MULTILINE)


class HealthProbe:
    """Asks endpoints of this host. The API server is trusted by the cluster's CA; the others have certificates of their own."""

    def __init__(self, host: WatchedHost, ca_file: str, restarting: t.Mapping[str, float]) -> None:
        """ca_file: what the API server is trusted by. restarting: since when components have had to be restarted (seconds since the
        epoch), for those that have to.
        """
        self._restarting = restarting
        self._host = host
        self._unverified = unverified()
        self._trusted: ssl.SSLContext | None = None
        # Nobody is trusted without it, and the wait goes on: another run may just be writing it.
        self._distrust = f"{ca_file} is absent"
        ca = host.content(ca_file)
        if ca is not None:
            try:
                self._trusted = trusting(ca)
            except KubewrightError as error:
                self._distrust = f"{ca_file} {error}"

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
        if context is None:
            return Health(False, self._distrust)
        # Proxies of the environment have no say in what happens on the host itself.
        try:
            answer = get(endpoint.url, _TIMEOUT, context, _LARGEST)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Health(False, f"{endpoint.url}: {_cause(error)}")
        # By name, the checks of the API server that fail.
        failed = failed_checks(answer.body.decode("utf-8", "replace"))
        which = f": {', '.join(failed)} failed" if failed else ""
        return Health(answer.status == 200, f"{endpoint.url} answered {answer.status}{which}")


def failed_checks(text: str) -> list[str]:
    """The names of the checks that fail, in an answer of /healthz, /livez or /readyz."""
    return _FAILED.findall(text)


def _cause(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    return failure(error)


__all__ = ("HealthProbe", "failed_checks")
