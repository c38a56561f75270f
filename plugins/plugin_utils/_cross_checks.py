# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""Checks of values that are right by themselves and wrong beside others, or in this minor."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import Fault
from ansible_collections.kubewright.control_plane.plugins.module_utils._release import Release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _targets as targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._targets import Target

Values = dict[str, t.Any]

_DEFAULT_NODE_MASK = {4: 24, 6: 64}
_ARGUMENT_LISTS = (
    targets.KUBELET_EXTRA_ARGS,
    targets.ETCD_EXTRA_ARGS,
    ("ClusterConfiguration", "apiServer", "extraArgs"),
    ("ClusterConfiguration", "controllerManager", "extraArgs"),
    ("ClusterConfiguration", "scheduler", "extraArgs"),
)


def _named_subnets(read: Input, networking: Values) -> list[tuple[Target, str, network.IPNetwork]]:
    found = []
    for target in (targets.SERVICE_SUBNET, targets.POD_SUBNET):
        for text in network.split_subnets(networking.get(target[-1]) or ""):
            parsed = network.parse_subnet(text)
            if parsed is not None:
                found.append((target, text, parsed))
    return found


def network_faults(read: Input, networking: Values, address: str) -> list[Fault]:
    """Subnets that overlap each other or hold the host's own address."""
    faults = []
    named = _named_subnets(read, networking)
    for index, (target, text, parsed) in enumerate(named):
        name = read.name(target)
        for other_target, other_text, other in named[:index]:
            if target != other_target and parsed.version == other.version and parsed.overlaps(other):
                found = f"{text}, which overlaps {read.name(other_target)} ({other_text})"
                cure = "Choose another subnet for one of the two."
                faults.append(Fault(name, found, "a subnet apart from all others", cure))
        advertised = network.parse_ip(address)
        if advertised is not None and advertised.version == parsed.version and advertised in parsed:
            found = f"{text}, which holds the advertise address {address}"
            cure = f"Choose another subnet, or set {read.name(targets.ADVERTISE_ADDRESS)}."
            faults.append(Fault(name, found, "a subnet apart from the hosts' network", cure))
    return faults


def _node_mask(read: Input, family: int, dual_stack: bool) -> int:
    flag = "node-cidr-mask-size" + (f"-ipv{family}" if dual_stack else "")
    arguments = read.get(("ClusterConfiguration", "controllerManager", "extraArgs")) or []
    given = {item["name"]: item["value"] for item in arguments}.get(flag, "")
    return int(given) if given.isdigit() else _DEFAULT_NODE_MASK[family]


def _node_mask_matters(read: Input, release: Release) -> bool:
    rule = release["pod_subnet_node_mask"]
    arguments = read.get(("ClusterConfiguration", "controllerManager", "extraArgs")) or []
    allocates = {item["name"]: item["value"] for item in arguments}.get("allocate-node-cidrs") != "false"
    return bool(rule == "always" or (rule == "allocated" and allocates))


def subnet_size_faults(read: Input, networking: Values, release: Release) -> list[Fault]:
    """Subnets whose number or size the minor's kubeadm refuses."""
    faults = []
    for target in (targets.SERVICE_SUBNET, targets.POD_SUBNET):
        texts = network.split_subnets(networking.get(target[-1]) or "")
        if len(texts) > 1 and not release["dual_stack"]:
            cure = "Give one subnet."
            if "IPv6DualStack" in release.feature_gates:
                cure = "Give one subnet, or switch the feature gate IPv6DualStack on."
            faults.append(Fault(read.name(target), ",".join(texts), f"one subnet in {release.minor_text}", cure))
    dual_stack = len(network.split_subnets(networking.get("podSubnet") or "")) > 1
    for target, text, parsed in _named_subnets(read, networking):
        name = read.name(target)
        bits = parsed.max_prefixlen - parsed.prefixlen
        most = release["service_subnet_bits"]
        if target == targets.SERVICE_SUBNET and most is not None and bits > most:
            wanted = "a prefix of /%d or longer" % (parsed.max_prefixlen - most)
            faults.append(Fault(name, text, wanted, "Give a smaller subnet: etcd stores it in one piece."))
        if target == targets.POD_SUBNET and parsed.num_addresses < release["pod_subnet_addresses"]:
            wanted = "a subnet of at least %d addresses" % release["pod_subnet_addresses"]
            faults.append(Fault(name, text, wanted, "Give a larger subnet."))
        elif target == targets.POD_SUBNET and _node_mask_matters(read, release):
            mask = _node_mask(read, parsed.version, dual_stack)
            if not 0 <= mask - parsed.prefixlen <= 16:
                wanted = "a prefix from /%d to /%d, since each node gets a /%d of it" % (max(mask - 16, 0), mask, mask)
                cure = "Give such a subnet, or another node-cidr-mask-size in the flags of kube-controller-manager."
                faults.append(Fault(name, text, wanted, cure))
    return faults


def etcd_faults(read: Input, release: Release | None) -> list[Fault]:
    """Contradictions among the settings of etcd."""
    external = read.get(targets.ETCD_EXTERNAL)
    if external is None:
        return []
    path = read.name(targets.ETCD_EXTERNAL)
    faults = [
        Fault(read.name(target), "a setting of a local etcd", f"nothing beside {path}", "Take one of the two out.")
        for target in read.given_below("ClusterConfiguration", "etcd", "local")
    ]
    if bool(external.get("certFile")) != bool(external.get("keyFile")):
        faults.append(Fault(path, "only one of certFile and keyFile", "both or none", "Give both."))
    if external.get("certFile") and not external.get("caFile"):
        faults.append(Fault(path + ".caFile", "nothing", "a path, since certFile is set", "Give it."))
    if any(external.get(key) for key in ("caFile", "certFile", "keyFile")):
        for index, url in enumerate(external["endpoints"]):
            if not url.startswith("https://"):
                name = "%s.endpoints[%d]" % (path, index)
                faults.append(Fault(name, url, "an https URL, since certificates are set", "Use https."))
    if external.get("httpEndpoints") and release is not None and not release["etcd_http_endpoints"]:
        found = f"a setting that kubeadm {release.minor_text} has not"
        faults.append(Fault(path + ".httpEndpoints", found, "since 1.35", "Take it out."))
    return faults


def _gate_faults(read: Input, release: Release) -> list[Fault]:
    faults = []
    known = release.feature_gates
    for gate, on in (read.get(targets.FEATURE_GATES) or {}).items():
        name = f"{read.name(targets.FEATURE_GATES)}.{gate}"
        if gate not in known:
            if gate in ("Auditing", "CoreDNS"):
                continue  # settings of their own here, in every minor
            found = f"a gate that kubeadm {release.minor_text} has not"
            cure = "Take it out." + did_you_mean(gate, list(known))
            faults.append(Fault(name, found, ", ".join(known) or "none", cure))
        elif on and known[gate].refused is not None:
            faults.append(Fault(name, f"{known[gate].refused}", "false: it is not supported here", "Take it out."))
        elif not on and release.gate_is_locked(gate):
            found = "false"
            wanted = f"true: kubeadm {release.minor_text} lets nobody switch it off"
            faults.append(Fault(name, found, wanted, "Take it out."))
    return faults


def meaning_faults(read: Input, release: Release) -> list[Fault]:
    """Values that have no meaning in this minor."""
    faults = _gate_faults(read, release)
    for target in sorted(read.values, key=read.name):
        setting = release.meaningless_setting(target)
        if setting is not None:
            found = f"a setting that kubeadm {release.minor_text} has not"
            faults.append(Fault(read.name(target), found, setting.range_text, setting.cure))
    if read.get(targets.DNS_TYPE) == "kube-dns" and release["kube_dns_tag"] is None:
        wanted = f"CoreDNS in {release.minor_text} (kube-dns until 1.20)"
        faults.append(Fault(read.name(targets.DNS_TYPE), "kube-dns", wanted, "Choose CoreDNS."))
    algorithm = read.get(targets.ENCRYPTION_ALGORITHM)
    if algorithm is not None and algorithm not in release["encryption_algorithms"]:
        wanted = "{} in {}".format(", ".join(release["encryption_algorithms"]), release.minor_text)
        faults.append(Fault(read.name(targets.ENCRYPTION_ALGORITHM), algorithm, wanted, "Choose one of them."))
    if not release["argument_repeats"]:
        for target in _ARGUMENT_LISTS:
            names = [item["name"] for item in read.get(target) or []]
            for repeated in sorted({item for item in names if names.count(item) > 1}):
                found = f"the flag {repeated} more than once"
                faults.append(Fault(read.name(target), found, "each flag once before 1.31", "Join its values."))
    return faults


def command_faults(read: Input) -> list[Fault]:
    """Settings that are a matter of how the playbook is run."""
    if not read.get(targets.DRY_RUN):
        return []
    cure = "Take it out, and run ansible-playbook with --check --diff."
    return [Fault(read.name(targets.DRY_RUN), "true", "false: whether anything is changed is Ansible's to say", cure)]


__all__ = ("command_faults", "etcd_faults", "meaning_faults", "network_faults", "subnet_size_faults")
