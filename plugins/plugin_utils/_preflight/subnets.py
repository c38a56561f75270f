# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""SubnetOverlap: the cluster's subnets are nobody else's."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.interfaces import (
    is_network_plugins,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


def _used(config: Config, facts: t.Mapping[str, t.Any], is_control_plane: bool) -> list[tuple[str, str]]:
    """Networks that are in use, each with what uses it. The network plugin of a running cluster has routes to its pods."""
    pods = [network.parse_subnet(text) for text in network.split_subnets(config.pod_subnet)]
    used = []
    for text, interface in facts["routes"]:
        parsed = network.parse_subnet(text)
        inside = any(
            parsed is not None and pod is not None and pod.version == parsed.version and parsed.subnet_of(pod)  # type: ignore[arg-type]
            for pod in pods
        )
        if not is_network_plugins(interface) and not (is_control_plane and inside):
            used.append((text, f"the route to {text} through {interface}"))
    for server in facts["nameservers"]:
        if network.parse_ip(server) is not None:
            used.append((f"{server}/{128 if network.is_ipv6(server) else 32}", f"the name server {server}"))
    return used


def check(config: Config, facts: t.Mapping[str, t.Any], manifest_facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Service and pod subnets overlap neither each other nor what the host reaches elsewhere."""
    named = [("service subnet", text) for text in network.split_subnets(config.service_subnet)]
    named += [("pod subnet", text) for text in network.split_subnets(config.pod_subnet)]
    used = _used(config, facts, manifests.is_control_plane(manifest_facts))
    overlaps = []
    for index, (kind, text) in enumerate(named):
        subnet = network.parse_subnet(text)
        others = used + [(other, f"the {name} {other}") for name, other in named[index + 1 :]]
        for other, description in others:
            parsed = network.parse_subnet(other)
            if (
                subnet is not None
                and parsed is not None
                and subnet.version == parsed.version
                and subnet.overlaps(parsed)
            ):
                overlaps.append(f"the {kind} {text} overlaps {description}")
    found = "; ".join(overlaps) or "no overlap"
    cure = "Choose other subnets (kubewright_service_subnet, kubewright_pod_subnet), or correct the host's routes."
    return [Check("SubnetOverlap", WARNING, not overlaps, found, "subnets that are used nowhere else", cure)]


__all__ = ("check",)
