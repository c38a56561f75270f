# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""FileContent-*: forwarding, and bridged packets through iptables, for the address families in use."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check

BRIDGE_IPV4 = "/proc/sys/net/bridge/bridge-nf-call-iptables"
BRIDGE_IPV6 = "/proc/sys/net/bridge/bridge-nf-call-ip6tables"
FORWARD_IPV4 = "/proc/sys/net/ipv4/ip_forward"
FORWARD_IPV6 = "/proc/sys/net/ipv6/conf/default/forwarding"


def _wanted(config: Config) -> list[str]:
    release, advertised_ipv6 = config.release, network.is_ipv6(config.advertise_address)
    by_family = release.preflight_forwarding_by_family
    paths = []
    subnets = network.split_subnets(config.service_subnet) + network.split_subnets(config.pod_subnet)
    used = [network.is_ipv6(item) for item in [config.advertise_address, *subnets]]
    ipv4, ipv6 = not by_family or not all(used), any(used) if by_family else advertised_ipv6
    if release.preflight_bridge_netfilter:
        paths += [BRIDGE_IPV4] if ipv4 else []
        paths += [BRIDGE_IPV6] if ipv6 else []
    paths += [FORWARD_IPV4] if ipv4 else []
    paths += [FORWARD_IPV6] if ipv6 else []
    return paths


def question(config: Config) -> dict[str, t.Any]:
    """C(paths): the files that the minor and the addresses ask for."""
    return {"paths": _wanted(config)}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """One for each file that the minor and the addresses ask for."""
    checks = []
    for path in _wanted(config):
        content = facts["contents"][path]
        key = path[len("/proc/sys/") :].replace("/", ".")
        load = "modprobe br_netfilter, and its name in /etc/modules-load.d to keep it; " if "/bridge/" in path else ""
        cure = f"{load}sysctl -w {key}=1, and in a file of /etc/sysctl.d to keep it."
        found = "absent" if content is None else content.strip()
        name = "FileContent-" + path.replace("/", "-")
        checks.append(Check(name, ERROR, (content or "").startswith("1"), f"{key} is {found}", "1", cure))
    return checks


__all__ = ("BRIDGE_IPV4", "BRIDGE_IPV6", "FORWARD_IPV4", "FORWARD_IPV6", "check", "question")
