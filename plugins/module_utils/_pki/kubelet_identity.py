# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the kubelet of a host has what it logs in to its cluster with: kubelet.conf, and the certificate that it names."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    decode_data,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pem import blocks

PATH = KUBERNETES_DIR + "/kubelet.conf"
BOOTSTRAP_PATH = KUBERNETES_DIR + "/bootstrap-kubelet.conf"
# Of a host whose kubelet has no kubeconfig.
ABSENT = "it is absent"
# The common name of a node's certificate is this and its name (k8s.io/apiserver/pkg/authentication/user).
_NODE = "system:node:"
_COMMON_NAME = "2.5.4.3"


class Identity(t.NamedTuple):
    """problem: why the kubelet cannot log in to the cluster; None where it can. node: the node that its certificate is of, or empty.

    server: the URL of the API server that it asks, or empty.
    """

    problem: str | None
    node: str = ""
    server: str = ""


def _pem(host: Host, data: t.Any, path: t.Any) -> bytes | None:
    """A field of a kubeconfig that is embedded, or names a file."""
    embedded = decode_data(data)
    return embedded if embedded is not None or not isinstance(path, str) else host.content(path)


def _certificates(pem: bytes) -> list[bytes]:
    return [block.text for block in blocks(pem) if block.label == b"CERTIFICATE"]


def _of_certificate(certificate: t.Any, server: str, now: datetime.datetime) -> Identity:
    names = [str(item.value) for item in certificate.subject if item.oid.dotted_string == _COMMON_NAME]
    node = names[0][len(_NODE) :] if len(names) == 1 and names[0].startswith(_NODE) else ""
    if not node:
        return Identity(f"its certificate is of {', '.join(names) or 'nobody'}, which is no node", "", server)
    return Identity("its certificate has expired" if x509.not_after(certificate) <= now else None, node, server)


def identity(host: Host, cluster_ca: str, now: datetime.datetime) -> Identity:
    """Looks at the files. cluster_ca: PEM. Raises KubewrightError for what cannot be read."""
    text = host.content(PATH)
    if text is None:
        return Identity(ABSENT)
    try:
        found = read_kubeconfig(text.decode("utf-8", "replace"))
    except KubewrightError as error:
        return Identity(f"it {error}")
    server = found.server
    ca = decode_data(found.ca_data)
    if ca is None or _certificates(ca) != _certificates(cluster_ca.encode("utf-8")):
        return Identity("it names another CA", "", server)
    pem = _pem(host, found.user.get("client-certificate-data"), found.user.get("client-certificate"))
    if pem is None:
        return Identity("its certificate is absent", "", server)
    try:
        certificate = x509.load_certificate(_certificates(pem)[0])
    except (KubewrightError, IndexError):
        return Identity("its certificate cannot be read", "", server)
    if not any(x509.is_signed_by(certificate, x509.load_certificate(block)) for block in _certificates(ca)):
        return Identity("its certificate is of another CA", "", server)
    return _of_certificate(certificate, server, now)


def _own_ca(host: Host) -> str:
    """The CA that kubelet.conf names (PEM), in it or as a file, or the one of kubeadm; empty where there is none."""
    try:
        found = read_kubeconfig((host.content(PATH) or b"").decode("utf-8", "replace"))
        ca = decode_data(found.ca_data)
    except KubewrightError:
        ca = None
    return (ca or host.content(KUBERNETES_DIR + "/pki/ca.crt") or b"").decode("utf-8", "replace")


def node_of(host: Host, now: datetime.datetime) -> tuple[str, str]:
    """The name of the node that the kubelet of the host is, by its certificate, and the CA of its cluster (PEM); empty where the host has
    none that can be read.
    """
    ca = _own_ca(host)
    try:
        return identity(host, ca, now).node if ca else "", ca
    except KubewrightError:
        return "", ca


__all__ = ("ABSENT", "BOOTSTRAP_PATH", "PATH", "Identity", "identity", "node_of")
