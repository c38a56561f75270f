# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The policies of the chains at the hook input, and which ports are named by rules that accept and by sets.

Rules are not evaluated; see what the check makes of it.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

Range = t.Tuple[int, int]


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


def _ports(rule: t.Mapping[str, t.Any]) -> list[t.Any]:
    """What a rule compares destination ports with, and what it looks them up in."""
    found = []
    for item in rule.get("expr") or []:
        for kind in ("match", "vmap"):
            compared = item.get(kind) if isinstance(item, dict) else None
            if isinstance(compared, dict) and compared.get("op", "==") in ("==", "in"):
                left, right = (
                    (compared.get("left"), compared.get("right"))
                    if kind == "match"
                    else (
                        compared.get("key"),
                        compared.get("data"),
                    )
                )
                found += [right] if "dport" in json.dumps(left) else []
    return found


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
        for value in _values([_ports(rule) if _accepts(rule) else None, elements]):
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


def _nftables(host: InspectedHost, family: str) -> tuple[list[str], list[Range]]:
    answer = host.run([host.command("nft") or "nft", "-j", "list", "ruleset"])
    try:
        objects = json.loads(answer.stdout)["nftables"] if answer.code == 0 else []
        return nftables_chains([item for item in objects if isinstance(item, dict)], family)
    except (KeyError, TypeError, ValueError):
        return [], []


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(dropping): the chains whose policy drops what no rule accepts. C(named): those of the asked ports that are named.

    question: C(family), C(ip) or C(ip6). C(ports), TCP.
    """
    family = str(question["family"])
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
    wanted = [port for port in question["ports"] if any(first <= port <= last for first, last in named)]
    return {"dropping": list(dict.fromkeys(dropping)), "named": wanted}


__all__ = ("gather", "iptables_chains", "nftables_chains")
