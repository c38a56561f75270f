# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""JoinEndpoint and EtcdMembers: a host that joins reaches the API server, and as a control plane the others' etcd."""

from __future__ import annotations

import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.sockets import OPEN
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check

_ENDPOINT, _MEMBERS = "JoinEndpoint", "EtcdMembers"
_WANTED = {
    _ENDPOINT: "the API server of the cluster that the host joins",
    _MEMBERS: "the members of etcd on the other hosts, at the ports for clients and for members",
}
_CURES = {
    _ENDPOINT: "See to the load balancer, to DNS, and to firewalls on the way, or correct the server in kube-public/cluster-info.",
    _MEMBERS: "Open the ports 2379 and 2380 between the hosts of etcd, and see that etcd runs on that one.",
}


def _targets(config: Config) -> dict[str, list[str]]:
    """The URLs, by check; none where the host has joined, or where there is no cluster yet."""
    host = config.etcd_host
    if host is not None:
        return {_MEMBERS: list(host["others"]) if host["is_absent"] else []}
    joining = config.join or config.joined_control_plane
    if joining is None or not joining["problem"]:
        return {}
    server = joining.get("cluster_server") or joining["server"]
    if not server:
        return {}
    member = (config.joined_control_plane or {}).get("etcd") or {}
    return {_ENDPOINT: [server], _MEMBERS: list(member.get("others") or [])}


def _place(url: str) -> tuple[str, int]:
    parts = urllib.parse.urlsplit(url)
    return str(parts.hostname), int(parts.port or 443)


def question(config: Config) -> dict[str, t.Any] | None:
    """C(targets): by URL its host and port. None for a host that does not join."""
    urls = [url for found in _targets(config).values() for url in found]
    return {"targets": {url: list(_place(url)) for url in urls}} if urls else None


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Each is reached, by a connection."""
    checks = []
    for name, urls in _targets(config).items():
        for url in urls:
            outcome, target = facts["outcomes"][url], network.host_port(*_place(url))
            found = f"{target} is reached" if outcome == OPEN else f"{target}: {outcome}"
            checks.append(Check(name, ERROR, outcome == OPEN, found, _WANTED[name], _CURES[name]))
    return checks


__all__ = ("check", "question")
