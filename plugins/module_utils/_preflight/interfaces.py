# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The network interfaces and routes of a host, and which of them a network plugin made."""

from __future__ import annotations

import ipaddress
import re
import sys
import typing as t

# docker0, virbr0 and the like are for guests on the host; the others are made by network plugins and kube-proxy.
_VIRTUAL = re.compile(
    r"(lo|docker\d+|br-[0-9a-f]{12}|virbr\d+(-nic)?|veth.*|lxcbr\d+|lxdbr\d+|(cni-)?podman\d+|tap\d+|vnet\d+|ifb\d+|dummy\d+"
    r"|nodelocaldns|nerdctl\d+)\Z"
)
_NETWORK_PLUGIN = re.compile(
    r"(cni\d+|cbr0|flannel.*|cali.*|tunl\d+|vxlan\.calico|vxlan-v6\.calico|wireguard\.cali|wg-v6\.cali|cilium_.*|lxc[0-9a-f]{12}"
    r"|lxc_health|weave|vethwe-.*|datapath|kube-bridge|kube-ipvs0|kube-dummy-if|antrea-.*|ovn0|ovn-k8s-.*|genev_sys_\d+)\Z"
)
# Is there wherever the kernel's module is, and cannot be deleted.
_STAYS = ("tunl0",)


def is_network_plugins(interface: str) -> bool:
    """Whether an interface was made by a Kubernetes network plugin or kube-proxy."""
    return _NETWORK_PLUGIN.match(interface) is not None


def is_leftover(interface: str) -> bool:
    """Whether an interface is one that a network plugin made and that can be deleted."""
    return is_network_plugins(interface) and interface not in _STAYS


def is_hosts_own(interface: str) -> bool:
    """Whether an interface is one of the host itself, whose address others may reach."""
    return not is_network_plugins(interface) and _VIRTUAL.match(interface) is None


def routes(ipv4: t.Sequence[str], ipv6: t.Sequence[str]) -> list[tuple[str, str]]:
    """The networks that the host has routes to, each with the interface, by the lines of /proc/net/route and ipv6_route.

    Without default, loopback, link-local, multicast and (IPv6) host routes.
    """
    found = []
    for line in ipv4[1:]:
        fields = line.split()
        if len(fields) >= 8:
            # The kernel prints the bytes of the network as one number of its own byte order.
            address, mask = (int(fields[index], 16).to_bytes(4, sys.byteorder) for index in (1, 7))
            found.append((fields[0], ipaddress.IPv4Address(address), bin(int.from_bytes(mask, "big")).count("1")))
    networks: list[tuple[str, str]] = []
    for interface, v4, length in found:
        networks.append((str(ipaddress.ip_network((v4, length), strict=False)), interface))
    for line in ipv6:
        fields = line.split()
        if len(fields) >= 10 and int(fields[1], 16) < 128:
            v6 = ipaddress.IPv6Address(int(fields[0], 16))
            networks.append((str(ipaddress.ip_network((v6, int(fields[1], 16)), strict=False)), fields[9]))
    return [item for item in dict.fromkeys(networks) if _matters(item)]


def _matters(item: tuple[str, str]) -> bool:
    parsed = ipaddress.ip_network(item[0])
    address = parsed.network_address
    return parsed.prefixlen > 0 and not (address.is_loopback or address.is_link_local or address.is_multicast)


__all__ = ("is_hosts_own", "is_leftover", "is_network_plugins", "routes")
