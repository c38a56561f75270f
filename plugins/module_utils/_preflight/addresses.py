# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""AdvertiseAddress: it is one of the host's, and chosen where there are several."""

from __future__ import annotations

import errno
import re
import socket
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.facts import (
    interface_address,
    ipv6_addresses,
    is_global_unicast,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.interfaces import is_hosts_own

_LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")


def _is_local(host: Host, address: str) -> bool:
    """By the kernel's table, or by listening there: that says yes to any address where net.ipv4.ip_nonlocal_bind is on."""
    table = host.text("/proc/net/fib_trie")
    if table and not network.is_ipv6(address):
        return address in _LOCAL.findall(table)
    family = socket.AF_INET6 if network.is_ipv6(address) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.bind((address, 0))
    except OSError as error:
        return error.errno != errno.EADDRNOTAVAIL
    return True


def gather(host: Host, config: Config) -> dict[str, t.Any]:
    """C(candidates): by address of the advertised family, its interface. C(is_local): whether the advertised one is the host's."""
    candidates: dict[str, str] = {}
    for _index, interface in socket.if_nameindex():
        if not is_hosts_own(interface):
            continue
        if network.is_ipv6(config.advertise_address):
            addresses = ipv6_addresses(host.lines("/proc/net/if_inet6"), interface)
        else:
            address = interface_address(interface)
            addresses = [address] if address else []
        candidates.update({address: interface for address in addresses if is_global_unicast(address)})
    return {"candidates": candidates, "is_local": _is_local(host, config.advertise_address)}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """etcd and others listen on this address, so it has to be the host's own."""
    address, candidates = config.advertise_address, facts["candidates"]
    others = ", ".join(f"{candidate} ({interface})" for candidate, interface in sorted(candidates.items()))
    if not facts["is_local"]:
        found, wanted = f"{address} is on no interface of the host", f"one of {others or 'its addresses'}"
        cure = "Set kubewright_advertise_address to an address of the host; a public one belongs into kubewright_apiserver_cert_sans."
        return [Check("AdvertiseAddress", WARNING, False, found, wanted, cure)]
    chosen = config.node["advertise_address_given"]
    found = address if chosen or len(candidates) < 2 else f"{address} by the default route, of {others}"
    cure = "Set kubewright_advertise_address to the one by which the other nodes reach this host."
    wanted = "one address, or an explicit choice"
    return [Check("AdvertiseAddress", WARNING, chosen or len(candidates) < 2, found, wanted, cure)]


__all__ = ("check", "gather")
