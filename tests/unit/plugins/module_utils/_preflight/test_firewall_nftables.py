# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of nft's JSON, one statement after the other, in the forms that versions from 0.9.8 to 1.1.3 print."""

from __future__ import annotations

import ipaddress
import typing as t

import hypothesis
import hypothesis.strategies as st
import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_nftables as nftables
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_chains import (
    Judgement,
    judge,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import Packet

IPV4 = Packet(ipaddress.ip_address("192.0.2.10"), 6443, "eth0")
IPV6 = Packet(ipaddress.ip_address("2001:db8::10"), 6443, "eth0")
Json = t.Any

SETS = [
    {"set": {"name": "ports", "type": "inet_service", "flags": ["interval"], "elem": [22, {"range": [6000, 7000]}]}},
    {"set": {"name": "none", "type": "inet_service"}},
    {"set": {"name": "admins", "type": "ipv4_addr", "elem": [{"elem": {"val": "10.0.0.1", "timeout": 60}}]}},
    {"set": {"name": "all", "type": "ipv4_addr", "elem": ["*"]}},
    {
        "set": {
            "name": "pairs",
            "type": ["ipv4_addr", "inet_service"],
            "elem": [{"concat": [{"prefix": {"addr": "192.0.2.0", "len": 24}}, {"range": [6000, 7000]}]}],
        }
    },
    {"map": {"name": "services", "type": "inet_service", "map": "verdict", "elem": [[6443, {"drop": None}]]}},
]


def _ruleset(
    rules: t.Sequence[Json], chains: t.Mapping[str, t.Sequence[Json]] | None = None, **base: t.Any
) -> list[dict[str, Json]]:
    family, flags = base.pop("family", "inet"), base.pop("flags", None)
    table = {"family": family, "name": "x", "handle": 1}
    described = {"name": "in", "type": "filter", "hook": "input", "prio": 0, "policy": "accept", **base}
    found: list[dict[str, Json]] = [{"table": table if flags is None else {**table, "flags": flags}}]
    found += [{kind: {"family": family, "table": "x", **data} for kind, data in item.items()} for item in SETS]
    found += [{"chain": {"family": family, "table": "x", "name": name}} for name in chains or {}]
    found.append({"chain": {"family": family, "table": "x", **described}})
    for chain, expressions in {"in": rules, **(chains or {})}.items():
        for handle, expression in enumerate(expressions, 10):
            rule = {"family": family, "table": "x", "chain": chain, "handle": handle, "expr": expression}
            found.append({"rule": rule})
    return found


def _judge(ruleset: list[dict[str, Json]], packet: Packet = IPV4) -> Judgement:
    return judge(nftables.base_chains(ruleset, packet.destination.version), packet)


def _payload(protocol: str, field: str) -> Json:
    return {"payload": {"protocol": protocol, "field": field}}


def _match(left: Json, right: Json, operator: str = "==") -> Json:
    return {"match": {"op": operator, "left": left, "right": right}}


DPORT, SPORT = _payload("tcp", "dport"), _payload("tcp", "sport")
SADDR, DADDR, SADDR6, DADDR6 = (
    _payload("ip", "saddr"),
    _payload("ip", "daddr"),
    _payload("ip6", "saddr"),
    _payload("ip6", "daddr"),
)
FLAGS = _payload("tcp", "flags")
STATE, MARK = {"ct": {"key": "state"}}, {"meta": {"key": "mark"}}
TYPE = {"fib": {"result": "type", "flags": ["daddr"]}}
WAY_BACK = {"fib": {"result": "oif", "flags": ["saddr", "iif"]}}


def _meta(key: str) -> Json:
    return {"meta": {"key": key}}


# Matches, and whether they match: yes, no, or not known.
MATCHES = [
    (_match(DPORT, 6443), True),
    (_match(DPORT, 6444), False),
    (_match(DPORT, 6443, "!="), False),
    (_match(DPORT, {"range": [6000, 7000]}), True),
    (_match(DPORT, {"range": [6000, 7000]}, "!="), False),
    (_match(DPORT, {"set": [22, 6443]}), True),
    (_match(DPORT, {"set": [22, {"range": [6000, 7000]}]}), True),
    (_match(DPORT, {"set": [22, 80]}, "!="), True),
    (_match(DPORT, {"set": 6443}), True),
    (_match(DPORT, "@ports"), True),
    (_match(DPORT, "@ports", "!="), False),
    (_match(DPORT, "@none"), False),
    (_match(DPORT, "@none", "!="), True),
    (_match(DPORT, "@absent"), None),
    (_match(DPORT, 6443, "<"), False),
    (_match(DPORT, 6443, "<="), True),
    (_match(DPORT, 6442, ">"), True),
    (_match(DPORT, 6444, ">="), False),
    (_match(DPORT, "strange"), None),
    (_match(DPORT, 6443, "~"), None),
    (_match(_payload("th", "dport"), 6443), True),
    (_match({"payload": {"base": "th", "offset": 16, "len": 16}}, 6443), None),
    (_match(SPORT, {"range": [1024, 65535]}), True),
    (_match(SPORT, {"range": [0, 1023]}), False),
    (_match(SPORT, 40000), None),
    # The protocol that a field implies is not printed beside it.
    (_match(_payload("udp", "dport"), 53, "!="), False),
    (_match(_payload("icmp", "type"), "echo-request", "!="), False),
    (_match(SADDR, "10.0.0.1"), None),
    (_match(SADDR, {"prefix": {"addr": "10.0.0.0", "len": 8}}, "!="), None),
    (_match(SADDR, {"prefix": {"addr": "127.0.0.0", "len": 8}}), False),
    (_match(SADDR, {"set": [{"prefix": {"addr": "0.0.0.0", "len": 0}}]}), True),
    (_match(SADDR, {"set": [{"range": ["0.0.0.0", "255.255.255.255"]}]}), True),
    (_match(SADDR, "@admins"), None),
    (_match(SADDR, "@all"), True),
    (_match(SADDR, "strange"), None),
    (_match(DADDR, "192.0.2.10"), True),
    (_match(DADDR, {"range": ["192.0.2.1", "192.0.2.9"]}), False),
    (_match(DADDR, {"prefix": {"addr": "192.0.2.0", "len": 24}}, "!="), False),
    (_match(DADDR6, "2001:db8::10"), False),
    (_match(DADDR6, "2001:db8::10", "!="), False),
    (_match(_payload("ip", "protocol"), "tcp"), True),
    (_match(_payload("ip", "protocol"), {"set": ["udp", 6]}), True),
    (_match(_payload("ip", "protocol"), "tcp", "!="), False),
    (_match(_payload("ip", "ttl"), 64), None),
    (_match(_payload("ether", "saddr"), "00:11:22:33:44:55"), None),
    (_match(_meta("iifname"), "eth0"), True),
    (_match(_meta("iifname"), "eth*"), True),
    (_match(_meta("iifname"), {"set": ["lo", "docker0"]}), False),
    (_match(_meta("iif"), "lo", "!="), True),
    (_match(_meta("iif"), 7), None),
    (_match(_meta("oifname"), "eth0"), None),
    (_match(_meta("l4proto"), "tcp"), True),
    (_match(_meta("l4proto"), {"set": ["icmp", "ipv6-icmp"]}), False),
    (_match(_meta("nfproto"), "ipv4"), True),
    (_match(_meta("nfproto"), "ipv6"), False),
    (_match(_meta("protocol"), {"set": ["ip", "ip6"]}), True),
    (_match(_meta("protocol"), "ip6"), False),
    (_match(_meta("pkttype"), "host"), True),
    (_match(_meta("pkttype"), {"set": ["broadcast", "multicast"]}), False),
    (_match(_meta("length"), {"range": [0, 100]}), None),
    (_match(MARK, 0), True),
    (_match(MARK, 0x4000, "!="), True),
    (_match({"&": [MARK, 0x8000]}, 0x8000), False),
    (_match({"&": [MARK, 0x8000]}, 0, "!="), False),
    (_match(STATE, "new", "in"), True),
    (_match(STATE, ["established", "related"], "in"), False),
    (_match(STATE, ["established", "new"], "in"), True),
    (_match(STATE, ["established", "new"], "!"), False),
    (_match(STATE, "established", "!="), True),
    (_match(STATE, {"set": ["established", "related"]}), False),
    (_match(STATE, {"set": ["new", "untracked"]}), True),
    (_match(STATE, {"|": ["established", "related"]}, "!="), True),
    (_match(STATE, "invalid", "in"), False),
    (_match(STATE, "strange", "in"), None),
    (_match({"ct": {"key": "status"}}, "dnat", "in"), False),
    (_match({"ct": {"key": "status"}}, "dnat", "!"), True),
    (_match({"&": [{"ct": {"key": "status"}}, "dnat"]}, 0), True),
    (_match({"ct": {"key": "direction"}}, "original"), True),
    (_match({"ct": {"key": "mark"}}, 1), False),
    (_match({"ct": {"key": "saddr", "dir": "original"}}, {"prefix": {"addr": "127.0.0.0", "len": 8}}), False),
    (_match({"ct": {"key": "zone"}}, 1), None),
    (_match(FLAGS, "syn", "in"), True),
    (_match(FLAGS, ["syn", "ack"], "in"), True),
    (_match(FLAGS, ["syn", "ack"], "!"), False),
    (_match(FLAGS, "syn"), True),
    (_match(FLAGS, 18), False),
    (_match(FLAGS, {"set": ["syn", "ack"]}), True),
    (_match({"&": [FLAGS, ["fin", "syn", "rst", "ack"]]}, "syn"), True),
    (_match({"&": [FLAGS, {"|": ["fin", "syn", "rst", "ack"]}]}, "syn", "!="), False),
    (_match({"&": [FLAGS, {"|": [{"|": [{"|": ["fin", "syn"]}, "rst"]}, "ack"]}]}, "syn"), True),
    (_match({"&": [FLAGS, ["fin", "syn"]]}, ["fin", "syn"]), False),
    (_match({"&": [FLAGS, {"|": ["fin", "syn"]}]}, {"|": ["fin", "syn"]}), False),
    (_match({"&": [_payload("udp", "length"), 1]}, 0, "!="), False),
    (_match({"&": [_payload("ip", "dscp"), 1]}, 0), None),
    (_match({"concat": [DADDR, DPORT]}, {"set": [{"concat": ["192.0.2.10", 6443]}]}), True),
    (_match({"concat": [DADDR, DPORT]}, {"set": [{"concat": ["192.0.2.10", 22]}]}), False),
    (_match({"concat": [DADDR, DPORT]}, "@pairs"), True),
    (_match({"concat": [SADDR, DPORT]}, "@pairs"), None),
    (_match({"concat": [SADDR, DPORT]}, {"set": [{"concat": ["10.0.0.1", 22]}]}), False),
    (_match({"concat": [DADDR, _payload("udp", "dport")]}, "@pairs", "!="), False),
    (_match({"concat": [DADDR, DPORT]}, {"set": [6443]}), None),
    (_match(TYPE, "local"), True),
    (_match(TYPE, "local", "!="), False),
    (_match({"fib": {"result": "type", "flags": "saddr"}}, "local"), False),
    (_match(WAY_BACK, False), False),
    (_match(WAY_BACK, True), True),
    (_match(WAY_BACK, 0, "!="), True),
    (_match(WAY_BACK, "eth0"), None),
    (_match({"fib": {"result": "oif", "flags": ["daddr"]}}, "lo"), None),
    (_match({"exthdr": {"name": "rt"}}, True, "!="), False),
    (_match({"socket": {"key": "transparent"}}, 1), None),
    (_match({"tcp option": {"name": "maxseg", "field": "size"}}, {"range": [1, 500]}), None),
    (_match({"no such": {}}, 1), None),
    (_match("strange", 1), None),
    ({"limit": {"rate": 3, "per": "minute", "inv": True}}, None),
    ({"quota": {"val": 1}}, None),
    ({"ct count": {"val": 100, "inv": True}}, None),
    ({"set": {"op": "update", "elem": SADDR, "set": "@admins"}}, None),
    ({"meter": {"key": SADDR, "stmt": {"limit": {"rate": 3, "per": "minute"}}, "name": "m"}}, None),
    ({"xt": {"type": "match", "name": "conntrack"}}, None),
    ({"xt": {"type": "match", "name": "comment"}}, True),
]
IPV6_MATCHES = [
    (_match(SADDR, "10.0.0.1", "!="), False),
    (_match(SADDR6, {"prefix": {"addr": "2001:db8::", "len": 64}}), None),
    (_match(SADDR6, "::1"), False),
    (_match(DADDR6, {"prefix": {"addr": "2001:db8::", "len": 32}}), True),
    (_match(_payload("ip6", "nexthdr"), "tcp"), True),
    (_match(_payload("ip6", "nexthdr"), "ipv6-icmp"), False),
    (_match(_payload("icmpv6", "type"), {"set": ["nd-router-advert", "nd-neighbor-solicit"]}), False),
    (_match(_meta("nfproto"), "ipv6"), True),
    (_match(_meta("protocol"), "ip6"), True),
    (_match({"exthdr": {"name": "rt"}}, False), True),
    (_match({"exthdr": {"name": "frag"}}, True), False),
    (_match({"exthdr": {"name": "rt", "field": "type"}}, 0, "!="), False),
]
FATES = {True: "blocked", False: "open", None: "depends"}


@pytest.mark.parametrize(
    ("packet", "match", "known"), [(IPV4, *row) for row in MATCHES] + [(IPV6, *row) for row in IPV6_MATCHES]
)
def test_matches(packet: Packet, match: Json, known: bool | None) -> None:
    """Breaks the rules that have this match: they act on the packet, or do not, or might."""
    judgement = _judge(_ruleset([[match, {"counter": {"packets": 0, "bytes": 0}}, {"drop": None}]]), packet)
    assert judgement.fate == FATES[known]
    assert bool(judgement.doubts) == (known is None)


def _vmap(key: Json, *elements: Json) -> Json:
    return {"vmap": {"key": key, "data": {"set": list(elements)}}}


DROP, ACCEPT = {"drop": None}, {"accept": None}


@pytest.mark.parametrize(
    ("statements", "fate"),
    [
        ([ACCEPT], "open"),
        ([DROP], "blocked"),
        ([{"reject": None}], "blocked"),
        ([{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}], "blocked"),
        ([{"reject": {"type": "tcp reset"}}], "blocked"),
        ([{"reject": {"type": "icmp", "expr": "host-prohibited"}}], "blocked"),
        # nft leaves out the match of the family that this implies.
        ([{"reject": {"type": "icmpv6", "expr": "port-unreachable"}}, ACCEPT], "blocked"),
        ([{"return": None}], "open"),
        ([{"continue": None}], "blocked"),
        ([{"log": {"prefix": "x"}}, {"counter": None}], "blocked"),
        ([{"limit": {"rate": 3, "per": "minute"}}, {"log": None}], "blocked"),
        ([{"queue": {"num": 0}}], "depends"),
        ([{"no such": None}], "depends"),
        ([{"xt": None}], "depends"),
        ([{"xt": {"type": "target", "name": "LOG"}}], "blocked"),
        ([{"xt": {"type": "target", "name": "REJECT"}}], "blocked"),
        ([{"xt": {"type": "target", "name": "MARK"}}], "depends"),
        ([{"mangle": {"key": DPORT, "value": 22}}], "depends"),
        ([{"jump": {"target": "other"}}], "open"),
        ([{"goto": {"target": "other"}}], "open"),
        ([{"jump": {"target": "empty"}}], "blocked"),
        ([{"goto": {"target": "empty"}}], "open"),
        ([_vmap(DPORT, [22, DROP], [6443, ACCEPT])], "open"),
        ([_vmap(DPORT, [22, ACCEPT])], "blocked"),
        ([_vmap(DPORT, [{"range": [6000, 7000]}, {"jump": {"target": "other"}}])], "open"),
        ([_vmap(DPORT, [{"elem": {"val": 6443, "comment": "x"}}, {"goto": {"target": "empty"}}])], "open"),
        ([_vmap(DPORT, ["*", ACCEPT], [6443, DROP])], "blocked"),
        ([_vmap(DPORT, [22, DROP], ["*", ACCEPT])], "open"),
        ([_vmap(_meta("iifname"), ["lo", ACCEPT])], "blocked"),
        ([_vmap(STATE, ["established", ACCEPT], ["invalid", DROP])], "blocked"),
        ([_vmap(SADDR, ["10.0.0.1", ACCEPT])], "depends"),
        ([_vmap(SADDR, ["10.0.0.1", ACCEPT], ["10.0.0.2", DROP])], "depends"),
        ([_vmap(SADDR, ["10.0.0.1", DROP])], "blocked"),
        ([_vmap(DADDR6, ["*", ACCEPT])], "blocked"),
        ([{"vmap": {"key": DPORT, "data": "@services"}}], "blocked"),
        ([{"vmap": {"key": DPORT, "data": "@absent"}}], "depends"),
    ],
)
def test_statements(statements: list[Json], fate: str) -> None:
    """Breaks the rules with this statement: the drop that comes after them is reached, or not."""
    ruleset = _ruleset([statements, [DROP]], {"other": [[ACCEPT]], "empty": []})
    assert _judge(ruleset).fate == fate


def _mangle(key: Json, value: Json) -> Json:
    return {"mangle": {"key": key, "value": value}}


CT_MARK = {"ct": {"key": "mark"}}


@pytest.mark.parametrize(
    ("statements", "match", "known"),
    [
        ([_mangle(MARK, 1)], _match(MARK, 1), True),
        ([_mangle(MARK, 1), _mangle(MARK, {"|": [MARK, 2]})], _match(MARK, 3), True),
        ([_mangle(MARK, 6), _mangle(MARK, {"^": [{"&": [MARK, 3]}, 1]})], _match(MARK, 3), True),
        ([_mangle(MARK, {"<<": [1, 4]})], _match(MARK, 16), True),
        ([_mangle(MARK, {">>": [{"|": [MARK, 16]}, 4]})], _match(MARK, 1), True),
        ([_mangle(MARK, SADDR)], _match(MARK, 1), None),
        ([_mangle(MARK, {"map": {"key": DPORT, "data": "@x"}})], _match(MARK, 1), None),
        ([_mangle(CT_MARK, 1)], _match(CT_MARK, 1), True),
        ([_mangle(CT_MARK, 5), _mangle(MARK, CT_MARK)], _match(MARK, 5), True),
        ([_mangle(_meta("nftrace"), 1)], _match(MARK, 0), True),
        ([_match(SADDR, "10.0.0.1"), _mangle(MARK, 1)], _match(MARK, 1), None),
        ([{"notrack": None}], _match(STATE, "new", "in"), True),
        ([{"xt": None}], _match(MARK, 0, "!="), None),
    ],
)
def test_marks(statements: list[Json], match: Json, known: bool | None) -> None:
    """Breaks rules that look at what others have marked."""
    assert _judge(_ruleset([statements, [match, DROP]])).fate == FATES[known]


@pytest.mark.parametrize(
    ("priority", "statements", "known"),
    [
        (-300, [_match(STATE, "invalid", "in")], True),
        (-300, [_match(STATE, "new", "in")], False),
        (-300, [_match(CT_MARK, 1, "!=")], False),
        (-150, [_match(STATE, "new", "in")], True),
        (-150, [_match(CT_MARK, 1, "!=")], True),
        (-300, [{"notrack": None}, _match(STATE, "untracked", "in")], True),
        (-300, [{"notrack": None}, _match({"ct": {"key": "direction"}}, "original")], False),
        (-300, [_mangle(CT_MARK, 1), _match(MARK, 0)], True),
    ],
)
def test_before_conntrack(priority: int, statements: list[Json], known: bool) -> None:
    """Breaks rules that come before conntrack, where there is no connection to ask for."""
    ruleset = _ruleset([[*statements, DROP]], hook="prerouting", prio=priority)
    assert _judge(ruleset).fate == FATES[known]


@pytest.mark.parametrize(
    ("base", "ipv4", "ipv6"),
    [
        ({}, "blocked", "blocked"),
        ({"family": "ip"}, "blocked", "open"),
        ({"family": "ip6"}, "open", "blocked"),
        ({"family": "bridge"}, "open", "open"),
        ({"family": "netdev", "hook": "ingress"}, "open", "open"),
        ({"hook": "forward"}, "open", "open"),
        ({"hook": "output"}, "open", "open"),
        ({"hook": "prerouting", "prio": -300}, "blocked", "blocked"),
        ({"hook": "prerouting", "type": "nat"}, "open", "open"),
        ({"flags": "dormant"}, "open", "open"),
        ({"flags": ["owner", "persist"]}, "blocked", "blocked"),
        # nft 1.0.6 prints any of its texts as the name of a flag.
        ({"flags": "Lester Gooch #5"}, "depends", "depends"),
    ],
)
def test_base_chains(base: dict[str, Json], ipv4: str, ipv6: str) -> None:
    """Breaks hosts with tables for other families, hooks and purposes."""
    ruleset = _ruleset([], policy="drop", **base)
    assert (_judge(ruleset).fate, _judge(ruleset, IPV6).fate) == (ipv4, ipv6)


@pytest.mark.parametrize(
    "statements",
    [
        [None],
        ["drop"],
        [{}],
        [{"accept": None, "drop": None}],
        [{"match": None}],
        [{"match": {"left": DPORT}}],
        [{"jump": None}],
        [{"vmap": {"key": DPORT, "data": {"set": [6443]}}}],
        [{"vmap": {"key": DPORT, "data": {"set": [[6443, {"no such": None}]]}}}],
        [_match({"payload": []}, 1)],
        [_match({"meta": {}}, 1)],
        [_match({"&": []}, 1)],
        [_match(DPORT, {"range": [1]})],
        [_match(SADDR, {"prefix": {}})],
        [_match(DPORT, {"set": [{"elem": {}}]})],
        [{"mangle": {}}],
    ],
)
def test_unexpected_forms(statements: list[Json]) -> None:
    """Breaks the module with an error where nft prints what it did not when this was written."""
    assert _judge(_ruleset([[*statements, DROP]])).fate == "depends"


SYNTAX = (
    "match vmap key data set left right op == in payload protocol tcp field dport concat elem val range prefix addr len"
    " & | << meta mark ct state mangle value jump target other drop accept @ports @services * fib flags exthdr xt"
)
WORDS = st.sampled_from(SYNTAX.split())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(WORDS, children, max_size=3),
)


@hypothesis.given(
    statements=st.lists(ANYTHING, max_size=4), right=ANYTHING, key=st.dictionaries(WORDS, ANYTHING, max_size=1)
)
def test_any_form(statements: Json, right: Json, key: Json) -> None:
    """Breaks the module with an error on some other form of the same words."""
    ruleset = _ruleset([statements, [_match(key, right)], [_match(DPORT, right)], [_vmap(key, right)]], {"other": []})
    assert _judge(ruleset).fate in FATES.values()


@hypothesis.given(item=st.dictionaries(st.sampled_from(["table", "chain", "rule", "set", "map"]), ANYTHING))
def test_any_object(item: Json) -> None:
    """Breaks the module with an error on objects that are not complete."""
    ruleset = _ruleset([[DROP]])
    whole = {kind: {"family": "inet", **(data if isinstance(data, dict) else {})} for kind, data in item.items()}
    assert _judge([*ruleset, item, whole]).fate == "blocked"


def test_place() -> None:
    """Breaks the user's way to the rule: by the handle, nft lists and deletes it."""
    (place,) = _judge(_ruleset([[{"jump": {"target": "deny"}}]], {"deny": [[{"counter": None}], [DROP]]})).places
    assert (place.base.command, place.base.table, place.base.name) == ("nft", "inet x", "in")
    assert (place.chain, place.rule) == ("deny", "rule handle 11 of deny")


def test_opaque_tables() -> None:
    """Breaks hosts with iptables-nft: only for rules that nft does not show is iptables-save needed."""
    opaque = _ruleset([[{"xt": None}]], family="ip")
    assert nftables.opaque_tables(opaque, 4) == {"ip x"}
    assert nftables.opaque_tables(opaque, 6) == set()
    assert nftables.opaque_tables(_ruleset([[{"xt": None}]], family="ip", type="nat"), 4) == set()
    assert nftables.opaque_tables(_ruleset([[ACCEPT]], family="ip"), 4) == set()


def test_large_set() -> None:
    """Breaks hosts with long lists of blocked addresses, where an unknown source makes them all count."""
    elements = [{"prefix": {"addr": str(ipaddress.ip_address(0x0A000000 + 256 * i)), "len": 24}} for i in range(20000)]
    judgement = _judge(
        _ruleset([[_match(SADDR, {"set": elements}), DROP], [_match(DPORT, 6443), ACCEPT]], policy="drop")
    )
    assert (judgement.fate, judgement.doubts) == ("depends", {"the source address"})
