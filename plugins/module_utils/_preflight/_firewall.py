# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether a firewall on this host keeps other hosts from the control plane's ports; a check that kubeadm does not have.

The rules are evaluated for the first packet of a TCP connection from another host to the advertise address. Not
modelled are address translation, later packets of the connection, chains at the hook ingress, bridge and eBPF filters,
and what is in ipsets. What is not known of a rule makes the answer "depends", never "blocked" or "open".
"""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_iptables as iptables
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_nftables as nftables
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_chains import (
    BLOCKED,
    DEPENDS,
    OPEN,
    BaseChain,
    Judgement,
    Place,
    judge,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import Packet
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_read import Facts, gather

_LONGEST_RULE = 120
_MOST_INTERFACES = 16


def ports_of(config: Config) -> list[int]:
    """The TCP ports that other hosts use: of the API server and the kubelet, and of a local etcd."""
    return [config.bind_port, 10250, *([2379, 2380] if config.local_etcd is not None else [])]


def _base_chains(facts: Facts, version: int) -> list[BaseChain]:
    # nft shows the tables of iptables-nft too, but not all that is in them; then iptables-save tells them.
    ruleset = facts["nftables"]
    native = [] if ruleset is None else nftables.base_chains(ruleset, version)
    opaque = set() if ruleset is None else nftables.opaque_tables(ruleset, version)
    chains: list[BaseChain] = []
    for saved in facts["iptables"]:
        for chain in iptables.base_chains(saved["command"], saved["text"]):
            if saved["variant"] == "legacy" or ruleset is None:
                chains.append(chain)
                continue
            table = "{} {}".format("ip6" if version == 6 else "ip", chain.table)
            identity = (table, chain.name, chain.hook, chain.priority)
            others = [twin for twin in native if (twin.table, twin.name, twin.hook, twin.priority) != identity]
            if table in opaque and len(others) < len(native):
                native = others
                chains.append(chain)
    return chains + native


def _judge(chains: t.Sequence[BaseChain], facts: Facts, address: str, port: int) -> Judgement:
    names = facts["interfaces"]
    interfaces = names if 0 < len(names) <= _MOST_INTERFACES else [""]
    destination = ipaddress.ip_address(address)
    judgements = [judge(chains, Packet(destination, port, interface)) for interface in interfaces]
    if len({judgement.fate for judgement in judgements}) == 1:
        places = tuple(dict.fromkeys(place for judgement in judgements for place in judgement.places))
        return Judgement(judgements[0].fate, places, frozenset().union(*(item.doubts for item in judgements)))
    places = next(judgement.places for judgement in judgements if judgement.fate != OPEN)
    doubts = frozenset({"the interface"}).union(*(judgement.doubts for judgement in judgements))
    return Judgement(DEPENDS, places, doubts)


def judge_ports(config: Config, facts: Facts) -> dict[int, Judgement]:
    """The fate of a new connection to each of the ports, by port."""
    address = config.advertise_address
    chains = _base_chains(facts, 6 if network.is_ipv6(address) else 4)
    return {port: _judge(chains, facts, address, port) for port in ports_of(config)}


def _and(items: t.Iterable[t.Any]) -> str:
    texts = [str(item) for item in items]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _chain_name(base: BaseChain) -> str:
    return "{} {} {}".format("nftables" if base.command == "nft" else base.command, base.table, base.name)


def _where(place: Place) -> str:
    rule = place.rule if len(place.rule) <= _LONGEST_RULE else place.rule[: _LONGEST_RULE - 3] + "..."
    return "{} ({})".format(_chain_name(place.base), rule or "policy drop")


class _Owner(t.NamedTuple):
    """What has to be told to let a port in: a tool, or the base chain of one."""

    tool: str
    table: str = ""
    chain: str = ""


def _owner(place: Place, facts: Facts) -> _Owner:
    base = place.base
    # firewalld's table of nftables, or one of its chains of iptables.
    if "firewalld" in base.table.split() or base.rules.rules("INPUT_ZONES") is not None:
        return _Owner("firewall-cmd")
    # ufw sets the policy and its own chains; in INPUT it has nothing but jumps.
    has_ufw = any(base.rules.rules(chain) is not None for chain in ("ufw-user-input", "ufw6-user-input"))
    if facts["ufw"] and has_ufw and (not place.rule or place.chain.startswith("ufw")):
        return _Owner("ufw")
    return _Owner(base.command, base.table, base.name)


def _cure(owner: _Owner, ports: t.Sequence[int]) -> str:
    numbers = ",".join(str(port) for port in ports)
    keep = "and keep it where the rules are loaded from at boot"
    if owner.tool == "firewall-cmd":
        options = " ".join(f"--add-port={port}/tcp" for port in ports)
        return f"firewall-cmd --permanent {options} && firewall-cmd --reload, with --zone where it is not the default."
    if owner.tool == "ufw":
        return f"ufw allow {numbers}/tcp"
    if owner.tool == "nft":
        match = numbers if len(ports) == 1 else "'{ %s }'" % ", ".join(str(port) for port in ports)
        return f"nft insert rule {owner.table} {owner.chain} tcp dport {match} accept, {keep}."
    table = "" if owner.table == "filter" else f"-t {owner.table} "
    match = f"--dport {numbers}" if len(ports) == 1 else f"-m multiport --dports {numbers}"
    return f"{owner.tool} {table}-I {owner.chain} -p tcp {match} -j ACCEPT, {keep}."


def _group(pairs: t.Iterable[tuple[t.Any, int]]) -> dict[t.Any, list[int]]:
    groups: dict[t.Any, list[int]] = {}
    for key, port in pairs:
        groups.setdefault(key, []).append(port)
    return groups


def _blocked(blocked: t.Mapping[int, Judgement], facts: Facts) -> tuple[list[str], str]:
    # What was found of the ports that are blocked, and the cure.
    causes = _group((_and(map(_where, judgement.places)), port) for port, judgement in blocked.items())
    found = [
        "{} {} blocked by {}".format(_and(ports), "is" if len(ports) == 1 else "are", where)
        for where, ports in causes.items()
    ]
    owners = _group(
        pair
        for port, judgement in blocked.items()
        for pair in dict.fromkeys((_owner(place, facts), port) for place in judgement.places)
    )
    return found, " ".join(_cure(owner, ports) for owner, ports in owners.items())


def check(config: Config, facts: Facts) -> list[Check]:
    """One warning while rules certainly block a port. What depends on the sender passes, and so does what is unread."""
    fates = judge_ports(config, facts)
    ports = list(fates)
    blocked = {port: judgement for port, judgement in fates.items() if judgement.fate == BLOCKED}
    depending = {port: judgement for port, judgement in fates.items() if judgement.fate == DEPENDS}
    found, cure = _blocked(blocked, facts)
    unread = "; ".join(facts["unread"])
    if unread and not blocked:
        found.append(f"not known: {unread}")
        cure = "List the firewall rules as root and make sure that they let other hosts reach these ports."
    elif not facts["nftables"] and not facts["iptables"]:
        found.append("no firewall rules")
    elif len(blocked) + len(depending) < len(ports):
        found.append(f"no rule blocks {_and(port for port in ports if fates[port].fate == OPEN)}")
    reasons = _group(
        ("{} ({})".format(_and(sorted(item.doubts)) or "the sender", _chain_name(item.places[0].base)), port)
        for port, item in depending.items()
    )
    found += [
        "{} {} on {}".format(_and(numbers), "depends" if len(numbers) == 1 else "depend", reason)
        for reason, numbers in reasons.items()
    ]
    wanted = f"TCP ports {_and(ports)} open to other hosts"
    return [Check("Firewall", WARNING, not blocked, "; ".join(found), wanted, cure)]


__all__ = ("check", "gather", "judge_ports", "ports_of")
