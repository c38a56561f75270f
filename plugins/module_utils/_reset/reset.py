# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Takes Kubernetes off a host: what kubeadm reset removes, and with consent what it leaves to people."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service, mounts, trees
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset import network, rules
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset.layout import Layout, layout
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import reason, socket_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.sandboxes import (
    Pods,
    Sandbox,
    of_cri,
    of_docker,
)

CNI, INTERFACES, RULES, IPVS, LOGS = "cni", "interfaces", "rules", "ipvs", "logs"
CONSENTS = (CNI, INTERFACES, RULES, IPVS, LOGS)
# A pod has 30 s to end by default, which the runtime gives it too.
_SECONDS = 120.0
_WELL_KNOWN = ("/run/containerd/containerd.sock", "/var/run/crio/crio.sock", "/var/run/cri-dockerd.sock")
# What else is emptied, by the consent for it.
_FOLDERS = {
    CNI: ("/etc/cni/net.d",),
    INTERFACES: ("/var/lib/cni",),
    LOGS: ("/var/log/containers", "/var/log/pods", "/var/log/kubernetes/audit"),
}
_NO_ANSWER = (OSError, grpc.CallFailed, docker_engine.EngineError)
# What etcd keeps in its data folder (all versions).
_OF_ETCD = ("member",)
_LAST = ("kube-apiserver", "etcd")


class Row(t.NamedTuple):
    """What goes: a path, a thing by its name, or several by their kind. action: C(remove) or C(change)."""

    artefact: str
    action: str
    reason: str


class Found(t.NamedTuple):
    """What there is to remove. paths: in the order in which they go, manifests last. mounted: below the kubelet's folder."""

    kubelet: bool
    mounted: t.Sequence[str]
    pods: t.Sequence[tuple[Pods, Sandbox]]
    paths: t.Sequence[str]
    interfaces: t.Sequence[str]
    filters: t.Sequence[rules.Filter]
    tables: t.Sequence[tuple[str, str]]
    virtual_servers: int
    sets: t.Sequence[str]

    def rows(self) -> list[Row]:
        """For people."""
        result = [Row("kubelet", "change", "it is stopped")] if self.kubelet else []
        result += [Row(f"pod {sandbox.pod}", "remove", "it ends with its node") for _pods, sandbox in self.pods]
        result += [Row(point, "remove", "it is unmounted") for point in self.mounted]
        result += [Row(path, "remove", "the host is reset") for path in self.paths]
        result += [
            Row(f"interface {name}", "remove", "a network plugin or kube-proxy has left it") for name in self.interfaces
        ]
        result += [
            Row(f"{item.name} rules", "remove", "kube-proxy or a network plugin has left them") for item in self.filters
        ]
        result += [
            Row(f"nft table {family} {name}", "remove", "kube-proxy has left it") for family, name in self.tables
        ]
        if self.virtual_servers:
            result.append(Row(f"IPVS ({self.virtual_servers} virtual servers)", "remove", "kube-proxy has left them"))
        return result + [Row(f"ipset {name}", "remove", "kube-proxy has left it") for name in self.sets]


def _is_active(host: Host, run: Runner) -> bool:
    try:
        return host.kubelet_state().active
    except KubewrightError:
        # Its unit may be masked, or its package gone.
        return kubelet_service.main_pid(run) != 0


def _runtimes(host: Host, sockets: t.Sequence[str]) -> list[tuple[str, Pods]]:
    def cri(path: str) -> Pods:
        return of_cri(lambda method, message: grpc.call(path, method, message, _SECONDS))

    told = [socket_path(socket) for socket in sockets if socket != docker_engine.SOCKET]
    paths = told or [path for path in _WELL_KNOWN if host.exists(path)]
    found = [(path, cri(path)) for path in dict.fromkeys(paths)]
    if host.exists(docker_engine.SOCKET):
        found.append((docker_engine.SOCKET, of_docker(docker_engine.SOCKET, _SECONDS)))
    return found


def _pods(host: Host, sockets: t.Sequence[str]) -> list[tuple[Pods, Sandbox]]:
    """Of all runtimes. Raises KubewrightError where the kubelet's does not answer: its pods would run on without their files."""
    result = []
    used = [socket_path(socket) for socket in sockets]
    for path, pods in _runtimes(host, sockets):
        try:
            result += [(pods, sandbox) for sandbox in pods.all()]
        except _NO_ANSWER as error:
            if path not in used:
                # Nobody says that the kubelet uses it.
                continue
            raise KubewrightError(
                f"the container runtime cannot be asked for its pods: {path}: {reason(error)}. Nothing is removed, because they would run "
                "on without their files. Start it, and run again."
            ) from None
    return result


def _paths(host: Host, of: Layout, consents: t.Collection[str]) -> list[str]:
    etcd = [path for name in _OF_ETCD for path in [f"{of.etcd}/{name}"] if of.etcd and host.exists(path)]
    *first, last = of.folders
    below = [path for folder in first for path in trees.entries(folder)]
    files = [path for path in of.files if host.exists(path)]
    others = [
        path for name in _FOLDERS if name in consents for folder in _FOLDERS[name] for path in trees.entries(folder)
    ]
    return [*etcd, *below, *files, *others, *trees.entries(last)]


def look(host: Host, run: Runner, consents: t.Collection[str]) -> Found:
    """What there is. consents: of C(CONSENTS), what people are asked for. Raises KubewrightError."""
    of, names = layout(host), InspectedHost(run).interfaces()
    interfaces = [
        *(network.of_plugins(names) if INTERFACES in consents else []),
        *(network.ipvs(names) if IPVS in consents else []),
    ]
    return Found(
        kubelet=_is_active(host, run),
        mounted=mounts.below(mounts.mountinfo(), trees.real(KUBELET_DIR)),
        pods=_pods(host, of.sockets),
        paths=_paths(host, of, consents),
        interfaces=interfaces,
        filters=rules.found(run) if RULES in consents else [],
        tables=rules.nft_tables(run) if RULES in consents else [],
        virtual_servers=network.virtual_servers(InspectedHost(run).text(network.VIRTUAL_SERVERS) or "")
        if IPVS in consents
        else 0,
        sets=network.sets(run) if IPVS in consents else [],
    )


def _last_of_all(sandbox: Sandbox) -> int:
    """Network plugins may ask the API for what a pod's end takes, and the API asks etcd."""
    name = sandbox.pod.partition("/")[2]
    return next((place for place, component in enumerate(_LAST, 1) if component in name), 0)


def _end_pods(pods: t.Sequence[tuple[Pods, Sandbox]]) -> list[str]:
    """Why some could not be removed. Their containers have ended, as a runtime ends these before it lets the network go."""
    failed = []
    for of, sandbox in sorted(pods, key=lambda item: _last_of_all(item[1])):
        try:
            of.remove(sandbox)
        except _NO_ANSWER as error:
            failed.append(
                f"the pod {sandbox.pod} could not be removed: {reason(error)}. See 'crictl pods', and remove it (crictl rmp -f)."
            )
    return failed


def reset(host: Host, run: Runner, consents: t.Collection[str]) -> list[str]:
    """Removes it; what a person has to look after. Raises KubewrightError; what is left then goes in the next run."""
    if _is_active(host, run):
        host.stop_kubelet()
    warnings = _end_pods(_pods(host, layout(host).sockets))
    mounts.unmount(run, trees.real(KUBELET_DIR))
    trees.remove(_paths(host, layout(host), consents), mounts.mountinfo())
    # The end of the pods has taken some with it.
    left = look(host, run, consents)
    network.remove_interfaces(run, left.interfaces, InspectedHost(run).interfaces)
    rules.remove(run, left.filters, left.tables)
    if left.virtual_servers:
        network.clear_virtual_servers(run)
    network.remove_sets(run, left.sets)
    return warnings


__all__ = ("CONSENTS", "Found", "Row", "look", "reset")
