# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Ports that another process has."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.network import first_listener
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.ports import KUBELET_HEALTHZ
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.processes import (
    Owner,
    listening_inodes,
    owners_of,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import StaticPod
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

# k8s.io/kubernetes/pkg/cluster/ports, of 1.12 and later.
_USUAL = {"kube-apiserver": 6443, "kube-controller-manager": 10257, "kube-scheduler": 10259}


def _listened(pod: StaticPod) -> dict[int, str]:
    """The ports at which a component listens, with the flag that says so."""
    if pod.component == "etcd":
        flags = ("listen-client-urls", "listen-peer-urls", "listen-metrics-urls")
        found = {flag: first_listener(pod.flag(flag)) for flag in flags}
        return {listener[2]: flag for flag, listener in found.items() if listener is not None}
    port = pod.flag("secure-port")
    return {int(port) if port.isascii() and port.isdigit() and port != "0" else _USUAL[pod.component]: "secure-port"}


def _wanted(seen: Situation) -> dict[str, dict[int, str]]:
    found = {name: _listened(pod) for name, pod in seen.pods.items()}
    found["kubelet"] = {seen.layout.port: "port", seen.layout.number("healthzPort", KUBELET_HEALTHZ): "healthzPort"}
    return {name: ports for name, ports in found.items() if not seen.is_well(name)}


def _at_all_addresses(tables: t.Sequence[str]) -> set[int]:
    """The ports at which somebody listens at all addresses, so that nobody else can at one; see C(listening_inodes)."""
    rows = [row.split() for table in tables for row in table.splitlines()[1:]]
    addresses = [fields[1].rsplit(":", 1) for fields in rows if len(fields) > 9]
    return {int(port, 16) for address, port in addresses if not address.strip("0")}


def judge_ports(seen: Situation) -> dict[str, list[Verdict]]:
    """By component, of those that are not well."""
    wanted = _wanted(seen)
    tables = [seen.host.text(f"/proc/net/{name}") or "" for name in ("tcp", "tcp6")]
    inodes = listening_inodes(tables)
    asked = {inode for ports in wanted.values() for port in ports for inode in inodes.get(port, ())}
    owners = owners_of(seen.host, asked) if asked else {}
    everywhere = _at_all_addresses(tables)
    found: dict[str, list[Verdict]] = {}
    for component, ports in wanted.items():
        for port, flag in ports.items():
            others = [
                owner for inode in inodes.get(port, ()) for owner in owners.get(inode, []) if owner.name != component
            ]
            if others:
                found.setdefault(component, []).append(_verdict(component, port, flag, others[0], port in everywhere))
    return found


def _verdict(component: str, port: int, flag: str, owner: Owner, is_sure: bool) -> Verdict:
    unit = f", {owner.unit}" if owner.unit else ""
    evidence = [f"port {port}: {owner.name} (process {owner.pid}{unit})"]
    stop = f"systemctl disable --now {owner.unit}" if owner.unit else f"kill {owner.pid}"
    cure = f"Stop it: {stop}; or give one of them another port ({flag})."
    return Verdict(component, "PortInUse", f"cannot listen at port {port}: {owner.name} does", evidence, cure, is_sure)


__all__ = ("judge_ports",)
