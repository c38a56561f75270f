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

import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.ports import (
    ETCD_CLIENT,
    ETCD_PEER,
    KUBELET,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import HINT, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host

Range = t.Tuple[int, int]


def ports_of(config: Config) -> list[int]:
    """The TCP ports that other hosts use: of the API server and the kubelet, and of a local etcd."""
    return [config.bind_port, KUBELET, *([ETCD_CLIENT, ETCD_PEER] if config.local_etcd is not None else [])]


def _values(node: t.Any) -> list[t.Any]:
    """All values in a piece of JSON, and its ranges as pairs."""
    if isinstance(node, dict):
        if isinstance(node.get("range"), list):
            return [tuple(node["range"])]
        return [value for child in node.values() for value in _values(child)]
    if isinstance(node, list):
        return [value for child in node for value in _values(child)]
    return [node]


def _accepts(rule: t.Mapping[str, t.Any]) -> bool:
    # Itself, or in the chain to which it leads.
    verdicts = {"accept", "goto", "jump", "vmap"}
    return any(isinstance(item, dict) and not verdicts.isdisjoint(item) for item in rule.get("expr") or [])


def nftables_chains(objects: t.Sequence[t.Mapping[str, t.Any]], family: str) -> tuple[list[str], list[Range]]:
    """The chains at the hook input whose policy is drop, and the ports that are named.

    objects: what C(nft -j list ruleset) prints. family: C(ip) or C(ip6).
    """
    dropping, named = [], []
    for item in objects:
        chain, rule = item.get("chain") or {}, item.get("rule") or {}
        if chain.get("hook") == "input" and chain.get("policy") == "drop" and chain["family"] in (family, "inet"):
            dropping.append("{family} {table} {name}".format(**chain))
        # The elements of a map have verdicts, and the rule that looks a port up in it has none.
        elements = [(item.get(kind) or {}).get("elem") for kind in ("set", "map")]
        for value in _values([rule.get("expr") if _accepts(rule) else None, elements]):
            if isinstance(value, int):
                named.append((value, value))
            elif isinstance(value, tuple) and all(isinstance(end, int) for end in value):
                named.append((value[0], value[1]))
    return dropping, named


def iptables_chains(text: str) -> tuple[list[str], list[Range]]:
    """The same of what C(iptables-save) prints."""
    dropping, named, table = [], [], ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif line.startswith(":INPUT DROP"):
            dropping.append(f"{table} INPUT")
        elif not re.search(r" -j (DROP|REJECT|RETURN|LOG|NFLOG)\b", line):
            for ports in re.findall(r"(?<! ! )--(?:dports?|destination-ports?) (\S+)", line):
                for part in ports.split(","):
                    first, _colon, last = part.partition(":")
                    if first.isdigit() and (last or first).isdigit():
                        named.append((int(first), int(last or first)))
    return dropping, named


def _nftables(host: Host, family: str) -> tuple[list[str], list[Range]]:
    answer = host.run([host.command("nft") or "nft", "-j", "list", "ruleset"])
    try:
        objects = json.loads(answer.stdout)["nftables"] if answer.code == 0 else []
        return nftables_chains([item for item in objects if isinstance(item, dict)], family)
    except (KeyError, TypeError, ValueError):
        return [], []


def gather(host: Host, config: Config) -> dict[str, t.Any]:
    """C(dropping): the chains whose policy drops what no rule accepts. C(named): the control plane's ports that are named."""
    family = "ip6" if network.is_ipv6(config.advertise_address) else "ip"
    dropping, named = _nftables(host, family)
    commands = [f"{family}tables-save", f"{family}tables-nft-save"]
    # Without tables of its own there is nothing to ask the legacy variant for.
    commands += [f"{family}tables-legacy-save"] if host.lines(f"/proc/net/{family}_tables_names") else []
    for command in commands:
        chains, ports = iptables_chains(host.run([host.command(command) or command]).stdout)
        if "filter INPUT" in chains:
            # nft shows the chains of iptables-nft, too.
            dropping = [chain for chain in dropping if chain != f"{family} filter INPUT"]
        dropping += [f"{family}tables {chain}" for chain in chains]
        named += ports
    wanted = [port for port in ports_of(config) if any(first <= port <= last for first, last in named)]
    return {"dropping": list(dict.fromkeys(dropping)), "named": wanted}


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


__all__ = ("check", "gather", "iptables_chains", "nftables_chains", "ports_of")
