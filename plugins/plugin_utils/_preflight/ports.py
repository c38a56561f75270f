# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Port-*: the control plane's ports are free, or held by the very component that is to hold them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base import ports as known
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.processes import cure_of, described


class Port(t.NamedTuple):
    """A port. component: what is to listen there. address: where; empty for all addresses."""

    number: int
    component: str
    address: str


def _address(config: Config, component: str, argument: str = "bind-address", otherwise: str = "") -> str:
    """Since 1.37 the address that an argument of a component names; before, kubeadm tries all addresses."""
    if not config.release.preflight_port_address:
        return ""
    for item in config.component(SECTIONS[component]).get("extraArgs") or []:
        if item["name"] == argument and network.parse_ip(str(item["value"])):
            return str(item["value"])
    return otherwise


def wanted_ports(config: Config) -> list[Port]:
    """The ports, in kubeadm's order."""
    if config.join is not None:
        return [Port(known.KUBELET, "kubelet", "")]
    if config.etcd_host is not None:
        return [
            Port(known.KUBELET, "kubelet", ""),
            Port(known.ETCD_CLIENT, "etcd", ""),
            Port(known.ETCD_PEER, "etcd", ""),
        ]
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


def question(config: Config) -> dict[str, t.Any]:
    """C(ports): each with its C(number) and the C(address) to listen at, empty for all."""
    return {"ports": [{"number": port.number, "address": port.address} for port in wanted_ports(config)]}


def check(config: Config, facts: t.Mapping[str, t.Any], manifest_facts: t.Mapping[str, t.Any]) -> list[Check]:
    """One for each port. A component's own process is root's, one by its name, not a service, with its manifest beside it."""
    checks = []
    for port in wanted_ports(config):
        holders = facts["taken"].get(str(port.number))
        owners = holders or ()
        own = bool(owners) and all(
            owner["name"] == port.component
            # Anybody may call his process so.
            and owner["is_roots"]
            and (
                port.component == "kubelet" or (not owner["unit"] and manifests.is_own(manifest_facts, port.component))
            )
            for owner in owners
        )
        found = (
            "held by {}".format(", ".join(map(described, owners)) or "an unknown process")
            if holders is not None
            else "free"
        )
        wanted = f"free, or held by this control plane's {port.component}"
        stop = "; ".join(cure_of(owner) for owner in owners) or f"ss -ltnp 'sport = :{port.number}'"
        cure = f"Stop what listens there ({stop}), or choose another port."
        checks.append(Check(f"Port-{port.number}", ERROR, holders is None or own, found, wanted, cure))
    return checks


__all__ = ("Port", "check", "question", "wanted_ports")
