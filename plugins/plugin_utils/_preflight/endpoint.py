# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""ControlPlaneEndpoint: this host resolves and reaches it."""

from __future__ import annotations

import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.sockets import OPEN, REFUSED
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


def _target(config: Config) -> tuple[str, int]:
    parsed = urllib.parse.urlsplit(config.control_plane_endpoint)
    return str(parsed.hostname), int(parsed.port or 6443)


def question(config: Config) -> dict[str, t.Any] | None:
    """C(host) and C(port) of the endpoint. None without controlPlaneEndpoint: it is the host itself."""
    if not config.control_plane_host:
        return None
    host, port = _target(config)
    return {"host": host, "port": port}


def _is_in_own_network(host: str, routes: t.Sequence[t.Sequence[str]]) -> bool:
    address = network.parse_ip(host)
    networks = [network.parse_subnet(text) for text, _interface in routes]
    return address is not None and any(subnet is not None and address in subnet for subnet in networks)


def check(
    config: Config,
    facts: t.Mapping[str, t.Any],
    subnet_facts: t.Mapping[str, t.Any],
    manifest_facts: t.Mapping[str, t.Any],
) -> list[Check]:
    """A refusal is well: the way is open, and nothing listens there before the first init.

    So is an address of the host's own network that is silent before the first init: a virtual one comes with the control plane.
    """
    if not config.control_plane_host:
        return []
    outcome, target = facts["outcome"], network.host_port(*_target(config))
    is_first = not manifests.is_control_plane(manifest_facts)
    if outcome not in (OPEN, REFUSED) and is_first and _is_in_own_network(_target(config)[0], subnet_facts["routes"]):
        found, wanted = (
            f"{target} is silent yet ({outcome})",
            "an endpoint that this host reaches, or a virtual address that comes up",
        )
        return [Check("ControlPlaneEndpoint", WARNING, True, found, wanted, "See to the virtual address.")]
    found = {OPEN: f"{target} is reached", REFUSED: f"{target} is reached (nothing listens yet)"}.get(
        outcome, f"{target}: {outcome}"
    )
    cure = (
        "See to its DNS record, virtual address or load balancer, and to firewalls on the way; or correct "
        "kubewright_control_plane_endpoint."
    )
    passed = outcome in (OPEN, REFUSED)
    return [Check("ControlPlaneEndpoint", WARNING, passed, found, "an endpoint that this host reaches", cure)]


__all__ = ("check", "question")
