# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Port-*: the control plane's ports are free, or held by the very component that is to hold them."""

from __future__ import annotations

import errno
import socket
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base import ports as known
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.processes import (
    Owner,
    listening_inodes,
    owners_of,
)

_SECTIONS = {
    "kube-apiserver": "apiServer",
    "kube-scheduler": "scheduler",
    "kube-controller-manager": "controllerManager",
}


class Port(t.NamedTuple):
    """A port. component: what is to listen there. address: where; empty for all addresses."""

    number: int
    component: str
    address: str


def _address(config: Config, component: str, argument: str = "bind-address", otherwise: str = "") -> str:
    """Since 1.37 the address that an argument of a component names; before, kubeadm tries all addresses."""
    if not config.release.preflight_port_address:
        return ""
    for item in config.component(_SECTIONS[component]).get("extraArgs") or []:
        if item["name"] == argument and network.parse_ip(str(item["value"])):
            return str(item["value"])
    return otherwise


def wanted_ports(config: Config) -> list[Port]:
    """The ports, in kubeadm's order."""
    release = config.release
    ports = [
        Port(config.bind_port, "kube-apiserver", _address(config, "kube-apiserver")),
        Port(release.scheduler_port, "kube-scheduler", _address(config, "kube-scheduler")),
        Port(release.controller_manager_port, "kube-controller-manager", _address(config, "kube-controller-manager")),
        Port(known.KUBELET, "kubelet", ""),
    ]
    if config.local_etcd is not None:
        # etcd listens where the API server is advertised.
        address = _address(config, "kube-apiserver", "advertise-address", config.advertise_address)
        ports.append(Port(known.ETCD_CLIENT, "etcd", address))
        if release.preflight_port_2380:
            ports.append(Port(known.ETCD_PEER, "etcd", address))
    return ports


def _is_free(port: Port) -> bool:
    """Whether it can be listened on, tried as kubeadm tries it: on all addresses of both families where there are two."""
    for family in (socket.AF_INET6, socket.AF_INET):
        if port.address and (family == socket.AF_INET6) != network.is_ipv6(port.address):
            continue
        try:
            with socket.socket(family, socket.SOCK_STREAM) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind((port.address, port.number))
                sock.listen(1)
        except OSError as error:
            # A host without IPv6, or an address that is not there yet, says nothing about the port.
            if error.errno == errno.EADDRINUSE:
                return False
    return True


def gather(host: Host, config: Config) -> dict[str, t.Any]:
    """C(taken): by port number as text, the processes (C(name), C(pid), C(unit)) that listen there."""
    taken = [port.number for port in wanted_ports(config) if not _is_free(port)]
    if not taken:
        return {"taken": {}}
    listening = listening_inodes([host.text("/proc/net/tcp") or "", host.text("/proc/net/tcp6") or ""])
    owners = owners_of(host, set().union(*(listening.get(port, set()) for port in taken)))
    holders = {port: [owner for inode in sorted(listening.get(port, ())) for owner in owners[inode]] for port in taken}
    return {"taken": {str(port): [owner._asdict() for owner in dict.fromkeys(held)] for port, held in holders.items()}}


def check(config: Config, facts: t.Mapping[str, t.Any], manifest_facts: t.Mapping[str, t.Any]) -> list[Check]:
    """One for each port. A component's own process is one by its name, not a service, with its manifest beside it."""
    checks = []
    for port in wanted_ports(config):
        holders = facts["taken"].get(str(port.number))
        owners = [Owner(**holder) for holder in holders or ()]
        own = bool(owners) and all(
            owner.name == port.component
            and (port.component == "kubelet" or (not owner.unit and manifests.is_own(manifest_facts, port.component)))
            for owner in owners
        )
        found = (
            "held by {}".format(", ".join(map(str, owners)) or "an unknown process") if holders is not None else "free"
        )
        wanted = f"free, or held by this control plane's {port.component}"
        stop = "; ".join(owner.cure for owner in owners) or f"ss -ltnp 'sport = :{port.number}'"
        cure = f"Stop what listens there ({stop}), or choose another port."
        checks.append(Check(f"Port-{port.number}", ERROR, holders is None or own, found, wanted, cure))
    return checks


__all__ = ("Port", "check", "gather", "wanted_ports")
