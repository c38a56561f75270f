# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What init and joins, of this collection or of kubeadm, put on a host, by what lies there.

The files are those that kubeadm reset removes (phases remove-etcd-member and cleanup-node, 1.12 to 1.37), and this collection's own.
"""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    KUBERNETES_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_healthy, last_restarts, trees
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import STANDALONE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import PENDING_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import on_host, static_pod_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine

_KUBECONFIGS = ("admin", "super-admin", "kubelet", "bootstrap-kubelet", "controller-manager", "scheduler")
# Of this collection's role audit.
_AUDIT_POLICY = KUBERNETES_DIR + "/audit/audit.yaml"
_PKI = KUBERNETES_DIR + "/pki"
_FLAGS, _CONFIGURATION = KUBELET_DIR + "/kubeadm-flags.env", KUBELET_DIR + "/config.yaml"
# kubeadm's, below the folder of the certificates.
_CERTIFICATES = (
    "ca",
    "front-proxy-ca",
    "etcd/ca",
    "apiserver",
    "apiserver-kubelet-client",
    "apiserver-etcd-client",
    "front-proxy-client",
    "etcd/server",
    "etcd/peer",
    "etcd/healthcheck-client",
)
_ENDPOINT = "--container-runtime-endpoint="
# What no folder of a cluster is, whatever a manifest says.
_OF_THE_SYSTEM = (
    "/bin",
    "/boot",
    "/dev",
    "/etc/ssl",
    "/home",
    "/lib",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
)
_OF_ALL = ("/var/lib", "/var/log", KUBELET_DIR)


class Layout(t.NamedTuple):
    """folders: of which everything below goes, in this order. files: that go, after them. sockets: where the kubelet reaches its runtime,
    none where it does not say.

    etcd: the folder of the data of the etcd that is a static pod, of which only what is etcd's goes; empty where there is none, as another
    etcd may be on the host.
    """

    folders: t.Sequence[str]
    files: t.Sequence[str]
    etcd: str
    sockets: t.Sequence[str]


def _certificates(host: Host) -> str:
    """The folder that two flags of the API server agree on, which nobody sets by hand; else kubeadm's own."""
    pod = static_pod_of(host, "kube-apiserver")
    found = (
        [on_host(pod, pod.flag(flag)) for flag in ("tls-cert-file", "kubelet-client-certificate")]
        if pod is not None
        else []
    )
    folders = {posixpath.dirname(path) for path in found if path}
    return folders.pop() if len(found) == 2 and all(found) and len(folders) == 1 else _PKI


def _certificate_files(host: Host, folder: str) -> tuple[list[str], list[str]]:
    """What is emptied, and the files that go one by one: in another folder than kubeadm's own there may be others' files."""
    if folder == _PKI:
        return [folder], []
    names = [f"{name}.{end}" for name in _CERTIFICATES for end in ("crt", "key")] + ["sa.key", "sa.pub"]
    return [], [f"{folder}/{name}" for name in names]


def _etcd(host: Host) -> str:
    pod = static_pod_of(host, "etcd")
    folder = on_host(pod, pod.flag("data-dir")) if pod is not None else None
    return folder.rstrip("/") or "/" if folder else ""


def _sockets(host: Host) -> list[str]:
    """As the kubelet is told: by a flag, or since 1.27 by its configuration."""
    found = []
    for word in (host.content(_FLAGS) or b"").decode("utf-8", "replace").replace('"', " ").split():
        if word.startswith(_ENDPOINT):
            found.append(word[len(_ENDPOINT) :])
    try:
        document = read_yaml((host.content(_CONFIGURATION) or b"").decode("utf-8", "replace"))
    except Unreadable:
        document = None
    endpoint = document.get("containerRuntimeEndpoint") if isinstance(document, dict) else None
    found += [str(endpoint)] if endpoint else []
    # Until 1.23 a kubelet that is told no other one uses Docker.
    if not found and b"--network-plugin=" in (host.content(_FLAGS) or b""):
        found.append(docker_engine.SOCKET)
    return list(dict.fromkeys(found))


def _refuse_foreign(folder: str) -> None:
    """Raises KubewrightError for a folder that cannot be a cluster's own."""
    clean = posixpath.normpath(folder)
    is_above = any(
        (other + "/").startswith(clean.rstrip("/") + "/") for other in (*_OF_THE_SYSTEM, *_OF_ALL, KUBERNETES_DIR)
    )
    is_of_system = any((clean + "/").startswith(other + "/") for other in _OF_THE_SYSTEM)
    if is_above or is_of_system or not posixpath.isabs(folder) or clean != folder:
        raise KubewrightError(
            f"a manifest in {MANIFESTS_DIR} names the folder {folder}, which is not only the cluster's. Nothing is removed. Mend the "
            "manifest, or remove it, so that its usual folder is taken, and run again."
        )


def layout(host: Host) -> Layout:
    """By the manifests that are there, which go last, so that a run that was cut off can be run again. Raises KubewrightError."""
    certificates, etcd = _certificates(host), _etcd(host)
    for folder in (certificates, *([etcd] if etcd else [])):
        _refuse_foreign(folder)
        _refuse_foreign(trees.real(host.path(folder))[len(trees.real(host.path("")) if host.path("") else "") :])
    emptied, files = _certificate_files(host, certificates)
    folders = [*emptied, PENDING_DIR, KUBERNETES_DIR + "/tmp", KUBELET_DIR, MANIFESTS_DIR]
    files += [f"{KUBERNETES_DIR}/{name}.conf" for name in _KUBECONFIGS]
    files += [_AUDIT_POLICY, last_healthy.PATH, last_restarts.PATH, STANDALONE]
    return Layout(folders, files, etcd, _sockets(host))


__all__ = ("Layout", "layout")
