# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is known of each thing that an nftables rule can look at, in the words of libnftables-json(5)."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_packet as packets
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import (
    Known,
    Packet,
    State,
)

# The bits of ct state (enum ip_conntrack_info, as nft(8) names them) and of ct status (enum ip_conntrack_status).
_CONNECTION_STATES = {"invalid": 1, "established": 2, "related": 4, "new": 8, "untracked": 64}
_CONNECTION_STATUSES = {
    "expected": 1,
    "seen-reply": 2,
    "assured": 4,
    "confirmed": 8,
    "snat": 16,
    "dnat": 32,
    "dying": 512,
}

_OTHER_PROTOCOLS = frozenset(
    ("udp", "udplite", "icmp", "icmpv6", "igmp", "sctp", "dccp", "esp", "ah", "comp", "gre", "arp")
)
_TCP = ("tcp", 6)


class Field(t.NamedTuple):
    """One thing that a rule looks at.

    test: whether it is a value, which is a scalar, a prefix or a range. doubt: what it is called where it is unknown.
    present: False where the packet has none, as the UDP port of a TCP packet: then the rule does not match at all.
    value: its number, where it is known. bits: the numbers of its names, for a field of flags.
    """

    test: t.Callable[[t.Any], Known]
    doubt: str = ""
    present: bool = True
    value: int | None = None
    bits: t.Mapping[str, int] | None = None


def _unknown(doubt: str) -> Field:
    return Field(lambda value: None, doubt)


_ABSENT = Field(lambda value: False, present=False)


def number(value: t.Any, bits: t.Mapping[str, int] | None = None) -> int | None:
    """The number of a constant: of a name of a flag, or of several flags, too. None where it is none."""
    result: int | None = None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        if bits is not None:
            return bits.get(value)
        try:
            return int(value, 0)
        except ValueError:
            return None
    if isinstance(value, dict) and isinstance(value.get("|"), list):
        value = value["|"]
    if isinstance(value, list):
        result = 0
        for item in value:
            bit = number(item, bits)
            if bit is None:
                return None
            result |= bit
    return result


def _bounds(value: t.Any) -> tuple[t.Any, t.Any]:
    return tuple(value["range"]) if isinstance(value, dict) and "range" in value else (value, value)


def _of_number(known: int | None, doubt: str, bits: t.Mapping[str, int] | None = None) -> Field:
    def test(value: t.Any) -> Known:
        first, last = (number(bound, bits) for bound in _bounds(value))
        return None if known is None or first is None or last is None else first <= known <= last

    return Field(test, doubt, value=known, bits=bits)


def _of_names(*names: t.Any) -> Field:
    return Field(lambda value: value in names if isinstance(value, (str, int)) else None)


def _source_port(value: t.Any) -> Known:
    first, last = (number(bound) for bound in _bounds(value))
    return None if first is None or last is None else packets.is_source_port(first, last)


def _span(value: t.Any, version: int) -> packets.Span | None:
    if isinstance(value, dict) and "prefix" in value:
        return packets.address_span("{addr}/{len}".format(**value["prefix"]), version)
    first, last = _bounds(value)
    begin, end = packets.address_span(str(first), version), packets.address_span(str(last), version)
    return None if begin is None or end is None else (begin[0], end[1])


def _source(packet: Packet) -> Field:
    def test(value: t.Any) -> Known:
        span = _span(value, packet.destination.version)
        return span is not None and packet.is_from(span)

    return Field(test, "the source address")


def _destination(packet: Packet) -> Field:
    def test(value: t.Any) -> Known:
        span = _span(value, packet.destination.version)
        return span is not None and packet.is_for(span)

    return Field(test)


def _payload(data: t.Mapping[str, t.Any], packet: Packet) -> Field:
    protocol, name = data.get("protocol"), data.get("field")
    version = {"ip": 4, "ip6": 6}.get(str(protocol))
    if protocol in _OTHER_PROTOCOLS or (version is not None and version != packet.destination.version):
        return _ABSENT
    if version is not None and name == "saddr":
        return _source(packet)
    if version is not None and name == "daddr":
        return _destination(packet)
    if (protocol, name) in (("ip", "protocol"), ("ip6", "nexthdr")):
        return _of_names(*_TCP)
    if protocol in ("tcp", "th") and name == "dport":
        return _of_number(packet.port, "")
    if protocol in ("tcp", "th") and name == "sport":
        return Field(_source_port, "the source port")
    if (protocol, name) == ("tcp", "flags"):
        return _of_number(packets.SYN, "", packets.TCP_FLAGS)
    return _unknown(f"{protocol or 'a part of the header'} {name or ''}".strip())


def _interface(packet: Packet) -> Field:
    return Field(lambda value: packet.arrives_at(value, "*") if isinstance(value, str) else None, "the interface")


def _meta(key: str, packet: Packet, state: State) -> Field:
    version = packet.destination.version
    if key in ("iif", "iifname"):
        return _interface(packet)
    if key == "l4proto":
        return _of_names(*_TCP)
    if key == "nfproto":
        return _of_names("ipv%d" % version, {4: 2, 6: 10}[version])
    if key == "protocol":
        return _of_names({4: "ip", 6: "ip6"}[version], {4: 0x0800, 6: 0x86DD}[version])
    if key == "mark":
        return _of_number(state.mark, "a mark")
    if key == "pkttype":
        return _of_names("host", "unicast", 0)
    return _unknown(f"meta {key}")


def _connection(data: t.Mapping[str, t.Any], packet: Packet, state: State) -> Field:
    key, direction = str(data.get("key")), data.get("dir")
    if key == "state":
        known = None if state.connection is None else _CONNECTION_STATES[state.connection]
        return _of_number(known, "the connection's state", _CONNECTION_STATES)
    if state.connection != packets.NEW:
        # Without a connection the rule does not match.
        return _unknown(f"ct {key}") if state.connection is None else _ABSENT
    if key == "mark":
        return _of_number(state.connection_mark, "a mark")
    if key == "direction":
        return _of_names("original", 0)
    if direction == "original" and key in ("saddr", "ip saddr", "ip6 saddr"):
        return _source(packet)
    if key == "status":
        return Field(lambda value: None, "ct status", value=0, bits=_CONNECTION_STATUSES)
    return _unknown(f"ct {key}")


def _route(data: t.Mapping[str, t.Any]) -> Field:
    flags = data.get("flags")
    flags = [flags] if isinstance(flags, str) else flags or []
    if data.get("result") == "type":
        # Another host's address is reached by an ordinary route, or nothing would come back to it.
        return _of_names(*(("local", 2) if "daddr" in flags else ("unicast", 1)))
    if "saddr" in flags:
        # "missing" is printed as false, "exists" as true; the way back exists, by whichever interface.
        return Field(
            lambda value: bool(value) if isinstance(value, bool) or value == 0 else None, "the way back to the source"
        )
    return _unknown("a route")


def _extension_header(data: t.Mapping[str, t.Any], packet: Packet) -> Field:
    # The first packet of a TCP connection has none of them; without a field it is asked whether there is one.
    if packet.destination.version == 4 or "field" in data:
        return _ABSENT
    return Field(lambda value: not value if isinstance(value, bool) else None)


def calculate(expression: t.Any, packet: Packet, state: State) -> int | None:
    """The number of an expression of constants, marks and flags, or None where it is unknown."""
    constant = number(expression)
    if constant is not None or not isinstance(expression, dict) or len(expression) != 1:
        return constant
    ((operator, operands),) = expression.items()
    if operator not in ("&", "|", "^", "<<", ">>"):
        return field(expression, packet, state).value
    bits = field(operands[0], packet, state).bits if isinstance(operands[0], dict) else None
    numbers = [
        constant if constant is not None else calculate(operand, packet, state)
        for operand, constant in ((operand, number(operand, bits)) for operand in operands)
    ]
    result = numbers[0]
    for operand in numbers[1:]:
        if result is None or operand is None:
            return None
        result = {
            "&": result & operand,
            "|": result | operand,
            "^": result ^ operand,
            "<<": result << min(operand, 64),
            ">>": result >> min(operand, 64),
        }[operator]
    return result


def _calculated(expression: t.Mapping[str, t.Any], packet: Packet, state: State) -> Field:
    ((_operator, operands),) = expression.items()
    base = field(operands[0], packet, state)
    if not base.present:
        return _ABSENT
    value = calculate(expression, packet, state)
    return _of_number(value, base.doubt or "a calculation", base.bits)._replace(bits=base.bits)


def _concatenation(parts: t.Sequence[t.Any], packet: Packet, state: State) -> Field:
    fields = [field(part, packet, state) for part in parts]
    if not all(part.present for part in fields):
        return _ABSENT

    def test(value: t.Any) -> Known:
        values = value.get("concat") if isinstance(value, dict) else None
        if not isinstance(values, list) or len(values) != len(fields):
            return None
        return packets.every(part.test(item) for part, item in zip(fields, values))

    return Field(test, " and ".join(sorted({part.doubt for part in fields if part.doubt})))


def field(expression: t.Any, packet: Packet, state: State) -> Field:
    """What is known of the left side of a match or the key of a map."""
    if not isinstance(expression, dict) or len(expression) != 1:
        return _unknown("an expression")
    ((kind, data),) = expression.items()
    if kind == "payload":
        return _payload(data, packet)
    if kind == "meta":
        return _meta(str(data["key"]), packet, state)
    if kind == "ct":
        return _connection(data, packet, state)
    if kind == "fib":
        return _route(data)
    if kind == "exthdr":
        return _extension_header(data, packet)
    if kind == "concat":
        return _concatenation(data, packet, state)
    if kind in ("&", "|", "^", "<<", ">>"):
        return _calculated(expression, packet, state)
    return _unknown(kind)


__all__ = ("Field", "calculate", "field", "number")
