# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the rules that C(nft -j list ruleset) prints do with a packet: libnftables-json(5), schema version 1."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_packet as packets
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_chains import (
    ACCEPT,
    CONTINUE,
    DROP,
    GOTO,
    HOOKS,
    JUMP,
    RETURN,
    UNDECIDED,
    BaseChain,
    Effect,
    Step,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_fields import (
    Field,
    calculate,
    field,
    number,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import (
    UNKNOWN_STATE,
    Known,
    Packet,
    State,
)

Ruleset = t.Sequence[t.Mapping[str, t.Any]]
_Rule = t.Mapping[str, t.Any]

# Statements after which a rule goes on whatever they do.
_GOES_ON = frozenset(("counter", "log", "last", "dup", "ct helper", "ct timeout", "ct expectation", "secmark", "flow"))

# Statements after which a rule goes on or not.
_LIMITS = {
    "limit": "a rate limit",
    "quota": "a quota",
    "ct count": "the number of connections",
    "meter": "a rate limit",
    # It ends the rule where the set is full, or by a statement that older versions do not print.
    "set": "a dynamic set",
    "map": "a dynamic map",
}

_VERDICTS = {
    "accept": ACCEPT,
    "drop": DROP,
    "reject": DROP,
    "continue": CONTINUE,
    "return": RETURN,
    "jump": JUMP,
    "goto": GOTO,
}

# Targets of iptables in a rule that iptables-nft wrote.
_XTABLES_GO_ON = frozenset(("LOG", "NFLOG", "TRACE", "AUDIT", "TCPMSS", "CHECKSUM"))

# What is printed for a table that works as usual. dormant is handled apart.
_USUAL_FLAGS = frozenset(("owner", "persist"))

# The element that stands for all that the others do not.
_ANY = "*"


class _Flow:
    """One packet's way through the statements of one rule."""

    def __init__(self, table: _Table, packet: Packet, state: State) -> None:
        self.steps: list[Step] = []
        self.doubts: set[str] = set()
        self._table = table
        self._packet = packet
        self._state = state

    def run(self, statements: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Follows the statements until one ends the rule."""
        for statement in statements:
            ((kind, data),) = statement.items()
            if self._ends(kind, data):
                return
        self.steps.append(Step(CONTINUE, self._state))

    def _ends(self, kind: str, data: t.Any) -> bool:
        if kind == "reject" and _is_for_other_family(data, self._packet):
            return self._only_if(False, "")
        if kind in _VERDICTS:
            self._decide({kind: data})
            return True
        if kind == "match":
            return self._only_if(*self._table.match(data, self._packet, self._state))
        if kind == "vmap":
            self._look_up(data)
            return True
        if kind in _LIMITS:
            return self._only_if(None, _LIMITS[kind])
        if kind == "xt":
            return self._xtables(data or {})
        if kind == "mangle":
            self._mangle(data)
        elif kind == "notrack":
            self._state = self._state.untracked()
        elif kind not in _GOES_ON:
            self._leave_undecided(f"the statement {kind}")
        return False

    def _only_if(self, known: Known, doubt: str) -> bool:
        if not known:
            self.steps.append(Step(CONTINUE, self._state))
        if known is None:
            self.doubts.add(doubt)
        return known is False

    def _decide(self, verdict: t.Mapping[str, t.Any]) -> None:
        ((name, data),) = verdict.items()
        target = data["target"] if name in ("jump", "goto") else ""
        self.steps.append(Step(_VERDICTS[name], self._state, target))

    def _look_up(self, data: t.Mapping[str, t.Any]) -> None:
        key = field(data["key"], self._packet, self._state)
        elements = self._table.elements(data["data"])
        if elements is None:
            self._leave_undecided("a map")
        elif key.present:
            # The element for all other keys may stand anywhere.
            for value, verdict in sorted(elements, key=lambda element: bool(_element(element[0]) == _ANY)):
                known = True if _element(value) == _ANY else key.test(_element(value))
                if known is not False:
                    self._decide(verdict)
                if known:
                    return
                if known is None:
                    self.doubts.add(key.doubt)
        # A key that the map does not have ends the rule.
        self.steps.append(Step(CONTINUE, self._state))

    def _xtables(self, data: t.Mapping[str, t.Any]) -> bool:
        kind, name = data.get("type"), data.get("name")
        if (kind, name) == ("match", "comment") or (kind == "target" and name in _XTABLES_GO_ON):
            return False
        if kind == "match":
            return self._only_if(None, f"the match {name}")
        if (kind, name) == ("target", "REJECT"):
            self.steps.append(Step(DROP, self._state))
            return True
        self._leave_undecided(f"the target {name}" if name else "an expression of iptables")
        return False

    def _leave_undecided(self, doubt: str) -> None:
        self.doubts.add(doubt)
        self.steps += [Step(CONTINUE, self._state), Step(UNDECIDED, self._state)]
        self._state = UNKNOWN_STATE

    def _mangle(self, data: t.Mapping[str, t.Any]) -> None:
        key = data["key"]
        if "payload" in key or "exthdr" in key or "tcp option" in key:
            self._leave_undecided("a changed header")
        elif key == {"meta": {"key": "mark"}}:
            self._state = self._state._replace(mark=calculate(data["value"], self._packet, self._state))
        elif key == {"ct": {"key": "mark"}} and self._state.connection in (packets.NEW, None):
            # Where it is not known whether there is a connection, neither is its mark.
            mark = calculate(data["value"], self._packet, self._state) if self._state.connection else None
            self._state = self._state._replace(connection_mark=mark)


def _is_for_other_family(reject: t.Any, packet: Packet) -> bool:
    # nft does not print a match of the family that the kind of the refusal implies.
    kind = reject.get("type") if isinstance(reject, dict) else None
    return kind == {4: "icmpv6", 6: "icmp"}[packet.destination.version]


def _element(item: t.Any) -> t.Any:
    # An element with a timeout, a comment or a counter has its value inside.
    return item["elem"]["val"] if isinstance(item, dict) and "elem" in item else item


class _Table:
    """The chains of one table, as C(Rules)."""

    def __init__(self) -> None:
        self.chains: dict[str, list[_Rule]] = {}
        self.sets: dict[str, t.Any] = {}
        self.flags: set[str] = set()
        self.opaque = False

    def rules(self, chain: str) -> t.Sequence[_Rule] | None:
        """The rules of a chain in their order, or None where there is no such chain."""
        return self.chains.get(chain)

    def effect(self, rule: _Rule, packet: Packet, state: State) -> Effect:
        """What a rule may do with the packet. What is printed in an unexpected form may do anything."""
        flow = _Flow(self, packet, state)
        try:
            flow.run(rule.get("expr") or [])
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            steps = [*flow.steps, Step(CONTINUE, UNKNOWN_STATE), Step(UNDECIDED, UNKNOWN_STATE)]
            return Effect(steps, frozenset(flow.doubts | {"an unknown expression"}))
        return Effect(flow.steps, frozenset(flow.doubts))

    def describe(self, rule: _Rule) -> str:
        """The rule's handle, by which nft(8) lists and deletes it."""
        return "rule handle {} of {}".format(rule.get("handle"), rule.get("chain"))

    def elements(self, data: t.Any) -> t.Sequence[t.Any] | None:
        """The elements of a set or map, or of the named one (C(@name)); None where it is unknown."""
        if isinstance(data, str) and data.startswith("@"):
            found = self.sets.get(data[1:])
        else:
            found = data.get("set") if isinstance(data, dict) else None
        return found if found is None or isinstance(found, list) else [found]

    def match(self, data: t.Mapping[str, t.Any], packet: Packet, state: State) -> tuple[Known, str]:
        """Whether a match statement matches, and what it depends on."""
        found, operator, right = field(data["left"], packet, state), data["op"], data["right"]
        if not found.present:
            return False, ""
        if operator in ("<", ">", "<=", ">="):
            return _compare(found, operator, number(right)), found.doubt
        if operator not in ("==", "in", "!=", "!"):
            return None, f"the operator {operator}"
        known = self._is_in(found, operator, right)
        return packets.negate(known) if operator in ("!=", "!") else known, found.doubt

    def _is_in(self, found: Field, operator: str, right: t.Any) -> Known:
        if (isinstance(right, str) and right.startswith("@")) or (isinstance(right, dict) and "set" in right):
            elements = self.elements(right)
            if elements is None:
                return None
            values = [_element(item) for item in elements]
            return True if _ANY in values else packets.some(found.test(value) for value in values)
        if found.bits is not None and operator in ("in", "!"):
            # Any of the flags, or none of them. With "==" and "!=" a list of flags is one value.
            mask = number(right, found.bits)
            return None if mask is None or found.value is None else found.value & mask != 0
        if found.bits is None and isinstance(right, list):
            return packets.some(found.test(item) for item in right)
        return found.test(right)


def _compare(found: Field, operator: str, right: int | None) -> Known:
    if found.value is None or right is None:
        return None
    value = found.value
    return {"<": value < right, ">": value > right, "<=": value <= right, ">=": value >= right}[operator]


def _is_opaque(rule: _Rule) -> bool:
    return any("xt" in statement for statement in rule.get("expr") or [] if isinstance(statement, dict))


def _tables(ruleset: Ruleset, families: t.Collection[str]) -> dict[tuple[str, str], _Table]:
    found: dict[tuple[str, str], _Table] = {}
    for item in ruleset:
        for kind, data in item.items():
            if not isinstance(data, dict) or data.get("family") not in families:
                continue
            name = str(data.get("name"))
            key = (str(data["family"]), name if kind == "table" else str(data.get("table")))
            table = found.setdefault(key, _Table())
            if kind == "table":
                flags = data.get("flags") or []
                table.flags.update([flags] if isinstance(flags, str) else map(str, flags))
            elif kind == "chain":
                table.chains.setdefault(name, [])
            elif kind == "rule":
                table.chains.setdefault(str(data.get("chain")), []).append(data)
                table.opaque = table.opaque or _is_opaque(data)
            elif kind in ("set", "map"):
                table.sets[name] = data.get("elem") or []
    return found


def _families(version: int) -> tuple[str, str]:
    return {4: "ip", 6: "ip6"}[version], "inet"


def base_chains(ruleset: Ruleset, version: int) -> list[BaseChain]:
    """The base chains on the way of an IPv4 (C(version) 4) or IPv6 (6) packet to this host.

    ruleset: the list in the member C(nftables) of what nft prints.
    """
    tables = _tables(ruleset, _families(version))
    found = []
    for item in ruleset:
        data = item.get("chain")
        if not isinstance(data, dict) or data.get("hook") not in HOOKS or data.get("type") == "nat":
            continue
        family, name = data.get("family"), data.get("table")
        table = tables.get((str(family), str(name)))
        if table is None or "dormant" in table.flags:
            continue
        policy = DROP if data.get("policy") == "drop" else ACCEPT
        certain = table.flags <= _USUAL_FLAGS
        priority = data.get("prio")
        found.append(
            BaseChain(
                "nft",
                f"{family} {name}",
                str(data.get("name")),
                data["hook"],
                priority if isinstance(priority, int) else 0,
                policy,
                table,
                certain,
            )
        )
    return found


def opaque_tables(ruleset: Ruleset, version: int) -> set[str]:
    """The family and name (C(ip filter)) of the tables of base_chains with expressions of iptables.

    nft prints no more of these expressions than that they are there.
    """
    return {
        chain.table for chain in base_chains(ruleset, version) if isinstance(chain.rules, _Table) and chain.rules.opaque
    }


__all__ = ("Ruleset", "base_chains", "opaque_tables")
