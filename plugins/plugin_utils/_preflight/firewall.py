# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A hint where this host's firewall drops what no rule accepts, and no rule names one of the control plane's ports.

It reads the default policy of the chains at the hook input, and which ports are named by rules that accept and by sets. It does not
evaluate rules: a rule that accepts a port from some senders only, or all ports from some, a rule that drops or rejects before
the policy does, and filters outside of nftables and iptables (eBPF, a cloud's security groups) are not seen.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.ports import (
    ETCD_CLIENT,
    ETCD_PEER,
    KUBELET,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import HINT, Check


def ports_of(config: Config) -> list[int]:
    """The TCP ports that other hosts use: of the API server and the kubelet, and of a local etcd."""
    return [config.bind_port, KUBELET, *([ETCD_CLIENT, ETCD_PEER] if config.local_etcd is not None else [])]


def question(config: Config) -> dict[str, t.Any]:
    """C(family) of the advertised address, C(ip) or C(ip6). C(ports): those that other hosts use."""
    return {"family": "ip6" if network.is_ipv6(config.advertise_address) else "ip", "ports": ports_of(config)}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """A hint while a policy drops, and a port is named by no rule."""
    ports = ports_of(config)
    unnamed = [port for port in ports if port not in facts["named"]] if facts["dropping"] else []
    listed = ", ".join(str(port) for port in unnamed)
    found = "no chain at the hook input is known to drop by its policy"
    if facts["dropping"]:
        found = "the policy of {} is drop; {}".format(
            ", ".join(facts["dropping"]),
            f"no rule that accepts names {listed}" if unnamed else "rules that accept name every port",
        )
    wanted = "TCP ports {} open to other hosts".format(", ".join(str(port) for port in ports))
    cure = "See that a rule lets other hosts reach them, where the rules are loaded from at boot."
    return [Check("Firewall", HINT, not unnamed, found, wanted, cure)]


__all__ = ("check", "ports_of", "question")
