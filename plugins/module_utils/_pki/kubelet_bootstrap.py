# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Has the kubelet of a host ask for its certificate with a bootstrap token (TLS bootstrapping)."""

from __future__ import annotations

import datetime
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    KUBECONFIG_MODE,
    kubeconfig_text,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_identity import (
    BOOTSTRAP_PATH,
    PATH,
    Identity,
    identity,
)

_CERTIFICATES, _OWN = KUBELET_DIR + "/pki", ("kubelet-client-", "kubelet-server-")
# As kubeadm join names them (1.12 to 1.37).
_USER, _CLUSTER = "tls-bootstrap-token-user", "kubernetes"
# For how many seconds a certificate is waited for: as long as kubeadm's TLSBootstrap (1.31 and later).
TIMEOUT = 300.0


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Cluster(t.NamedTuple):
    """server: the URL of the API server. ca: of the cluster, PEM."""

    server: str
    ca: str


def begin(host: Host, cluster: Cluster, token: str, *, preferences: bool) -> None:
    """Stops the kubelet and gives it a token in place of what it cannot log in with. preferences: see C(kubeconfig_text).

    What starts it comes after its other files. Raises KubewrightError.
    """
    if host.kubelet_state().active:
        host.stop_kubelet()
    text = kubeconfig_text(
        _CLUSTER, _USER, cluster.server, cluster.ca.encode("utf-8"), {"token": token}, preferences=preferences
    )
    host.write(BOOTSTRAP_PATH, text.encode("utf-8"), KUBECONFIG_MODE)
    # A kubelet that finds one takes no other, and one that finds a certificate asks for none.
    host.remove(PATH)
    for name in host.below(_CERTIFICATES):
        if name.startswith(_OWN):
            host.remove(f"{_CERTIFICATES}/{name}")


def _identity(host: Host, cluster: Cluster, now: datetime.datetime) -> Identity:
    try:
        return identity(host, cluster.ca, now)
    except KubewrightError as error:
        # The kubelet may be about to put a file there.
        return Identity(str(error))


def end(
    host: Host,
    cluster: Cluster,
    node: str,
    timeout: float = TIMEOUT,
    sleep: t.Callable[[float], None] = time.sleep,
    monotonic: t.Callable[[], float] = time.monotonic,
    now: t.Callable[[], datetime.datetime] = _now,
) -> bool:
    """Waits until the kubelet can log in, and removes the token from the host in any case; whether it was there.

    timeout: seconds. Raises KubewrightError where the time is up.
    """
    was_there = host.exists(BOOTSTRAP_PATH)
    deadline = monotonic() + timeout
    try:
        while True:
            # The kubelet of 1.14 and later writes the file before it has the certificate that it names.
            found = _identity(host, cluster, now())
            if found.problem is None and found.node == node:
                return was_there
            if monotonic() >= deadline:
                cause = found.problem or f"it is of {found.node}"
                raise KubewrightError(
                    f"the kubelet has no certificate after {timeout:.0f} s: {PATH}: {cause}. See 'journalctl -u kubelet' on the host, and "
                    "'kubectl get csr' for its request, which kube-controller-manager has to approve and sign."
                )
            sleep(0.25)
    finally:
        host.remove(BOOTSTRAP_PATH)


__all__ = ("TIMEOUT", "Cluster", "begin", "end")
