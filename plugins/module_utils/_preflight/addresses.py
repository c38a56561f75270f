# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The addresses of the host that others can reach, and whether a given one is the host's."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.addresses import ipv4
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.facts import (
    ipv6_addresses,
    is_global_unicast,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.interfaces import is_hosts_own


def _is_local(host: InspectedHost, address: str) -> bool:
    """By the kernel's table, or by listening there: that says yes to any address where net.ipv4.ip_nonlocal_bind is on."""
    table = host.text("/proc/net/fib_trie")
    if table and not network.is_ipv6(address):
        return address in ipv4(table)
    return host.can_be_listened_on(address)


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(candidates): by address of the asked address's family, its interface. C(is_local): whether the asked one is the host's.

    question: C(address), the one that is to be advertised.
    """
    candidates: dict[str, str] = {}
    asked = str(question["address"])
    for interface in host.interfaces():
        if not is_hosts_own(interface):
            continue
        if network.is_ipv6(asked):
            addresses = ipv6_addresses(host.lines("/proc/net/if_inet6"), interface)
        else:
            address = host.interface_address(interface)
            addresses = [address] if address else []
        candidates.update({address: interface for address in addresses if is_global_unicast(address)})
    return {"candidates": candidates, "is_local": _is_local(host, asked)}


__all__ = ("gather",)
