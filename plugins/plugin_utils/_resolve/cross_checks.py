# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""Checks of values that are right by themselves and wrong beside others, or in this minor."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.targets import Target
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release, first_minor_text
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.ca_folder import (
    is_cluster_folder_name,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import PATHS

Values = dict[str, t.Any]

_CONTROLLER_MANAGER_ARGUMENTS = ("ClusterConfiguration", "controllerManager", "extraArgs")
_DEFAULT_NODE_MASK = {4: 24, 6: 64}
_ARGUMENT_LISTS = (
    targets.KUBELET_EXTRA_ARGS,
    targets.ETCD_EXTRA_ARGS,
    ("ClusterConfiguration", "apiServer", "extraArgs"),
    _CONTROLLER_MANAGER_ARGUMENTS,
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
    """Subnets that overlap each other or hold the host's own address.

    A subnet of pods may hold it where the network itself gives pods their addresses: that is a warning.
    """
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
            if target == targets.POD_SUBNET:
                read.warnings.append(f"{name}: {found}. That is right only where the network itself serves pods.")
                continue
            cure = f"Choose another subnet, or set {read.name(targets.ADVERTISE_ADDRESS)}."
            faults.append(Fault(name, found, "a subnet apart from the hosts' network", cure))
    return faults


def _controller_manager_arguments(read: Input) -> dict[str, str]:
    return {item["name"]: item["value"] for item in read.get(_CONTROLLER_MANAGER_ARGUMENTS) or []}


def _node_mask_flag(family: int, dual_stack: bool) -> str:
    return "node-cidr-mask-size" + (f"-ipv{family}" if dual_stack else "")


def _node_mask_matters(read: Input, release: Release) -> bool:
    rule = release.pod_subnet_node_mask
    allocates = _controller_manager_arguments(read).get("allocate-node-cidrs") != "false"
    return bool(rule == "always" or (rule == "allocated" and allocates))


def _node_mask_faults(read: Input, name: str, text: str, parsed: network.IPNetwork, dual_stack: bool) -> list[Fault]:
    """Whether a pod subnet can be cut into parts, one for each node."""
    flag = _node_mask_flag(parsed.version, dual_stack)
    given = _controller_manager_arguments(read).get(flag, str(_DEFAULT_NODE_MASK[parsed.version]))
    if not re.match(r"[0-9]{1,3}\Z", given) or int(given) > parsed.max_prefixlen:
        place = f"{read.name(_CONTROLLER_MANAGER_ARGUMENTS)}.{flag}"
        return [Fault(place, repr(given), "a number from 0 to %d" % parsed.max_prefixlen, "Give such a number.")]
    mask = int(given)
    if 0 <= mask - parsed.prefixlen <= 16:
        return []
    wanted = "a prefix from /%d to /%d, since each node gets a /%d of it" % (max(mask - 16, 0), mask, mask)
    cure = "Give such a subnet, or another node-cidr-mask-size in the flags of kube-controller-manager."
    return [Fault(name, text, wanted, cure)]


def subnet_size_faults(read: Input, networking: Values, release: Release) -> list[Fault]:
    """Subnets whose number or size the minor's kubeadm refuses."""
    faults = []
    for target in (targets.SERVICE_SUBNET, targets.POD_SUBNET):
        texts = network.split_subnets(networking.get(target[-1]) or "")
        if len(texts) > 1 and not release.dual_stack:
            cure = "Give one subnet."
            if "IPv6DualStack" in release.feature_gates:
                cure = "Give one subnet, or switch the feature gate IPv6DualStack on."
            faults.append(Fault(read.name(target), ",".join(texts), f"one subnet in {release.minor_text}", cure))
    dual_stack = len(network.split_subnets(networking.get("podSubnet") or "")) > 1
    for target, text, parsed in _named_subnets(read, networking):
        name = read.name(target)
        bits = parsed.max_prefixlen - parsed.prefixlen
        most = release.service_subnet_bits
        if target == targets.SERVICE_SUBNET and most is not None and bits > most:
            wanted = "a prefix of /%d or longer" % (parsed.max_prefixlen - most)
            faults.append(Fault(name, text, wanted, "Give a smaller subnet: etcd stores it in one piece."))
        if target == targets.POD_SUBNET and parsed.num_addresses < release.pod_subnet_addresses:
            wanted = "a subnet of at least %d addresses" % release.pod_subnet_addresses
            faults.append(Fault(name, text, wanted, "Give a larger subnet."))
        elif target == targets.POD_SUBNET and _node_mask_matters(read, release):
            faults += _node_mask_faults(read, name, text, parsed, dual_stack)
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
    if external.get("httpEndpoints") and release is not None and not release.etcd_http_endpoints:
        found = f"a setting unknown to kubeadm {release.minor_text}"
        wanted = "since " + first_minor_text(Features.etcd_http_endpoints, True)
        faults.append(Fault(path + ".httpEndpoints", found, wanted, "Take it out."))
    return faults


def _gate_faults(read: Input, release: Release) -> list[Fault]:
    faults = []
    known = release.feature_gates
    for gate, on in (read.get(targets.FEATURE_GATES) or {}).items():
        name = read.field_name(targets.FEATURE_GATES, gate)
        if gate not in known:
            if gate in ("Auditing", "CoreDNS"):
                continue  # settings of their own here, in every minor
            found = f"a feature gate unknown to kubeadm {release.minor_text}"
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
            found = f"a setting unknown to kubeadm {release.minor_text}"
            faults.append(Fault(read.name(target), found, setting.range_text, setting.cure))
    if read.get(targets.DNS_TYPE) == "kube-dns" and release.kube_dns_tag is None:
        wanted = f"CoreDNS (kube-dns is gone since {first_minor_text(Features.kube_dns_tag, None)})"
        faults.append(Fault(read.name(targets.DNS_TYPE), "kube-dns", wanted, "Choose CoreDNS."))
    algorithm = read.get(targets.ENCRYPTION_ALGORITHM)
    if algorithm is not None and algorithm not in release.encryption_algorithms:
        wanted = "{} in {}".format(", ".join(release.encryption_algorithms), release.minor_text)
        faults.append(Fault(read.name(targets.ENCRYPTION_ALGORITHM), algorithm, wanted, "Choose one of them."))
    gate = (read.get(targets.FEATURE_GATES) or {}).get("PublicKeysECDSA")
    if algorithm is not None and gate is not None and algorithm != ("ECDSA-P256" if gate else "RSA-2048"):
        name = read.field_name(targets.FEATURE_GATES, "PublicKeysECDSA")
        read.warnings.append(f"{read.name(targets.ENCRYPTION_ALGORITHM)} has no effect: {name} decides.")
    if not release.argument_repeats:
        wanted = f"each flag once before {first_minor_text(Features.argument_repeats, True)}"
        for target in _ARGUMENT_LISTS:
            names = [item["name"] for item in read.get(target) or []]
            for repeated in sorted({item for item in names if names.count(item) > 1}):
                found = f"the flag {repeated} more than once"
                faults.append(Fault(read.name(target), found, wanted, "Join its values."))
    return faults


def name_faults(read: Input, release: Release) -> list[Fault]:
    """Names in certificates that the minor's kubeadm refuses."""
    if release.wildcard_sans:
        return []
    faults = []
    for target in (targets.APISERVER_CERT_SANS, targets.ETCD_SERVER_CERT_SANS, targets.ETCD_PEER_CERT_SANS):
        for index, name in enumerate(read.get(target) or []):
            if name.startswith("*."):
                wanted = f"a name without wildcard before {first_minor_text(Features.wildcard_sans, True)}"
                faults.append(Fault("%s[%d]" % (read.name(target), index), name, wanted, "Name every host."))
    return faults


def validity_faults(read: Input) -> list[Fault]:
    """Validities that end at once; a leaf that outlives its CA is a warning."""
    leaf, ca = targets.CERTIFICATE_VALIDITY_PERIOD, targets.CA_CERTIFICATE_VALIDITY_PERIOD
    faults = [
        Fault(read.name(target), read.get(target), "a time of more than 0s", "Give such a time.")
        for target in (leaf, ca)
        if read.get(target) is not None and seconds(read.get(target)) <= 0
    ]
    if not faults and seconds(read.value(leaf)) > seconds(read.value(ca)):
        read.warnings.append(
            f"{read.name(leaf)}: certificates would be valid for longer than their CA, with whose end they end too."
        )
    return faults


def virtual_address_faults(read: Input, own: str) -> list[Fault]:
    """A virtual address that is the host's own, or another one than the endpoint. own: the host's address."""
    virtual = read.get(targets.VIRTUAL_ADDRESS)
    if virtual is None or read.has_fault(targets.VIRTUAL_ADDRESS):
        return []
    name, address = read.name(targets.VIRTUAL_ADDRESS) + ".address", virtual["address"]
    if network.parse_ip(address) == network.parse_ip(own):
        return [Fault(name, f"{address}, the host's own address", "an address that no host has", "Choose another one.")]
    endpoint = read.get(targets.CONTROL_PLANE_ENDPOINT)
    host = network.parse_ip(network.split_endpoint(endpoint)[0]) if endpoint else None
    if host is None or host == network.parse_ip(address):
        return []
    cure = f"Give both the same address, a DNS name of it as {read.name(targets.CONTROL_PLANE_ENDPOINT)}, or leave that out."
    return [Fault(name, f"{address}, and the endpoint {endpoint}", "the address of the endpoint", cure)]


def ca_faults(read: Input) -> list[Fault]:
    """CAs that are kept on the controller without a place for each, and such a place where they are kept on the host."""
    location, directory = read.name(targets.CA_KEY_LOCATION), read.get(targets.CA_DIR)
    if read.get(targets.CA_KEY_LOCATION) != "controller":
        if directory is None or read.has_fault(targets.CA_KEY_LOCATION):
            return []
        cure = f"Set {location}, or take it out; kubewright_ca_files names CAs whose keys the host may have."
        return [Fault(read.name(targets.CA_DIR), directory, f"{location} of controller beside it", cure)]
    if directory is None:
        return [] if read.has_fault(targets.CA_DIR) or read.has_fault(targets.CA_FILES) else _homeless_cas(read)
    cluster = read.get(targets.CLUSTER) or ""
    if is_cluster_folder_name(cluster):
        return []
    wanted = f"a name for a folder below {read.name(targets.CA_DIR)}: no '/', no leading '~', not ., .., etcd, ca.* or front-proxy-ca.*"
    return [Fault(read.name(targets.CLUSTER), cluster, wanted, "Choose another name.")]


def _homeless_cas(read: Input) -> list[Fault]:
    wanted = [name for name in PATHS if name != "etcd" or read.get(targets.ETCD_EXTERNAL) is None]
    missing = [name for name in wanted if name not in (read.get(targets.CA_FILES) or {})]
    if not missing:
        return []
    found = f"controller, and nothing that says where these CAs are: {', '.join(missing)}"
    cure = f"Name their files in {read.name(targets.CA_FILES)}, or a folder in {read.name(targets.CA_DIR)}, in which they are made."
    return [Fault(read.name(targets.CA_KEY_LOCATION), found, "a place on the controller for every CA", cure)]


def command_faults(read: Input) -> list[Fault]:
    """Settings that are a matter of how the playbook is run."""
    if not read.get(targets.DRY_RUN):
        return []
    cure = "Take it out, and run ansible-playbook with --check --diff."
    return [Fault(read.name(targets.DRY_RUN), "true", "false: whether anything is changed is Ansible's to say", cure)]


__all__ = (
    "ca_faults",
    "command_faults",
    "etcd_faults",
    "meaning_faults",
    "name_faults",
    "network_faults",
    "subnet_size_faults",
    "validity_faults",
)
