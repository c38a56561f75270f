# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the rules that iptables-save and ip6tables-save print do with a packet."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_packet as packets
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_chains import (
    ACCEPT,
    CONTINUE,
    DROP,
    GOTO,
    JUMP,
    RETURN,
    UNDECIDED,
    BaseChain,
    Effect,
    Step,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import (
    UNKNOWN_STATE,
    Known,
    Packet,
    State,
)

TABLES = ("raw", "mangle", "nat", "filter", "security")

# Table, chain, hook and priority (the kernel's nf_ip_hook_priorities). The table nat cannot drop packets.
_BASE_CHAINS = (
    ("raw", "PREROUTING", "prerouting", -300),
    ("mangle", "PREROUTING", "prerouting", -150),
    ("mangle", "INPUT", "input", -150),
    ("filter", "INPUT", "input", 0),
    ("security", "INPUT", "input", 50),
)

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_CHAIN = re.compile(r":(\S+) (\S+)")
_RULE = re.compile(r"(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?")

_MARK = 0xFFFFFFFF


class _Option(t.NamedTuple):
    """An option of a rule. module: the match that it belongs to, empty for those that every rule may have."""

    module: str
    negated: bool
    name: str
    values: t.Sequence[str]


class _Rule(t.NamedTuple):
    """A rule as it is read. modules: the matches that it loads. verdict: JUMP (also to a target), GOTO or empty."""

    text: str
    modules: t.Sequence[str]
    options: t.Sequence[_Option]
    verdict: str
    target: str
    target_options: t.Mapping[str, t.Sequence[str]]


_Test = t.Callable[[Packet, State, t.Sequence[str]], Known]


def _words(text: str) -> list[tuple[str, bool]]:
    # Each word with whether it was in quotes, where a dash or an exclamation mark means nothing.
    if '"' not in text:
        return [(word, False) for word in text.split()]
    return [(word, False) if word else (re.sub(r"\\(.)", r"\1", quoted), True) for quoted, word in _WORD.findall(text)]


def _parse_rule(chain: str, text: str) -> _Rule:
    modules, module, negated = [], "", False
    options: list[tuple[str, bool, str, list[str]]] = []
    for word, quoted in _words(text):
        # A comment of one word has no quotes, even where it looks like an option.
        quoted = quoted or (bool(options) and options[-1][2:] == ("--comment", []))
        if word == "!" and not quoted:
            # Before iptables 1.4.3 the sign stood between the option and its value.
            negated = True
        elif word.startswith("-") and not quoted:
            options.append((module, negated, word, []))
            negated = False
        elif options:
            last = options[-1]
            if negated:
                options[-1] = last = (last[0], True, last[2], last[3])
                negated = False
            last[3].append(word)
            if last[2] == "-m":
                module = word
                modules.append(word)
    verdict, target, matches, target_options = "", "", [], {}
    for where, inverted, name, values in options:
        if name in ("-j", "-g") and values:
            verdict, target = (JUMP if name == "-j" else GOTO), values[0]
        elif verdict:
            target_options[name] = values
        elif name != "-m":
            matches.append(_Option("" if name in _GENERIC else where, inverted, name, values))
    return _Rule(f"-A {chain} {text}", modules, matches, verdict, target, target_options)


def _source(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    span = packets.address_span(values[0], packet.destination.version)
    return span is not None and packet.is_from(span)


def _destination(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    span = packets.address_span(values[0], packet.destination.version)
    return span is not None and packet.is_for(span)


def _address_range(values: t.Sequence[str], version: int) -> packets.Span | None:
    first, _dash, last = values[0].partition("-")
    begin, end = packets.address_span(first, version), packets.address_span(last or first, version)
    return None if begin is None or end is None else (begin[0], end[1])


def _source_range(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    span = _address_range(values, packet.destination.version)
    return span is not None and packet.is_from(span)


def _destination_range(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    span = _address_range(values, packet.destination.version)
    return span is not None and packet.is_for(span)


def _interface(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return packet.arrives_at(values[0], "+")


def _protocol(_packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return values[0] in ("tcp", "6", "all", "0")


def _ports(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    return int(first or 0), int((last or 65535) if colon else first)


def _destination_ports(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    ranges = [_ports(text) for text in values[0].split(",")]
    return any(first <= packet.port <= last for first, last in ranges)


def _source_ports(_packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return packets.some(packets.is_source_port(*_ports(text)) for text in values[0].split(","))


def _either_port(packet: Packet, state: State, values: t.Sequence[str]) -> Known:
    return packets.some((_destination_ports(packet, state, values), _source_ports(packet, state, values)))


def _flags(names: str) -> int:
    if names in ("ALL", "NONE"):
        return 0x3F if names == "ALL" else 0
    return sum(packets.TCP_FLAGS[name.lower()] for name in names.split(","))


def _tcp_flags(_packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return packets.SYN & _flags(values[0]) == _flags(values[1])


def _connection_state(_packet: Packet, state: State, values: t.Sequence[str]) -> Known:
    # NAT is not modelled, so SNAT and DNAT, which are states only here, do not match.
    states = values[0].lower().split(",")
    if state.connection is None:
        return None if {packets.INVALID, packets.NEW, packets.UNTRACKED} & set(states) else False
    return state.connection in states


def _connection_status(_packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    # What a connection's first packet cannot have; NONE depends on what NAT has done.
    return False if set(values[0].split(",")) <= {"EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED"} else None


def _connection_direction(_packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return values[0] == "ORIGINAL"


def _number_and_mask(text: str) -> tuple[int, int]:
    number, slash, mask = text.partition("/")
    return int(number, 0), int(mask, 0) if slash else _MARK


def _mark_is(mark: int | None, values: t.Sequence[str]) -> Known:
    value, mask = _number_and_mask(values[0])
    return None if mark is None else mark & mask == value


def _packet_mark(_packet: Packet, state: State, values: t.Sequence[str]) -> Known:
    return _mark_is(state.mark, values)


def _connection_mark(_packet: Packet, state: State, values: t.Sequence[str]) -> Known:
    return _mark_is(state.connection_mark, values)


def _address_type(packet: Packet, values: t.Sequence[str], is_local: bool) -> Known:
    types = set(values[0].split(","))
    if packet.destination.version == 4:
        return ("LOCAL" if is_local else "UNICAST") in types
    # For IPv6 the kernel (xt_addrtype) wants all of the types, and a local address is unicast, too.
    if types <= {"LOCAL", "UNICAST"}:
        return is_local or "LOCAL" not in types
    return False if types & {"MULTICAST", "UNSPEC"} else None


def _destination_type(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return _address_type(packet, values, True)


def _source_type(packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    # Another host's address is reached by an ordinary route, or nothing would come back to it.
    return _address_type(packet, values, False)


def _packet_type(_packet: Packet, _state: State, values: t.Sequence[str]) -> Known:
    return values[0] == "unicast"


def _yes(_packet: Packet, _state: State, _values: t.Sequence[str]) -> Known:
    return True


def _no(_packet: Packet, _state: State, _values: t.Sequence[str]) -> Known:
    return False


# The options that need no match; after another match they still belong to none.
_GENERIC: dict[str, _Test] = {
    "-s": _source,
    "-d": _destination,
    "-i": _interface,
    # On the way in there is no outgoing interface, and the first packet of a connection is no fragment.
    "-o": _no,
    "-f": _no,
    "-p": _protocol,
}

# The options of the matches that are modelled. What is not here is unknown.
_MODULES: dict[str, dict[str, _Test]] = {
    "": _GENERIC,
    "tcp": {"--dport": _destination_ports, "--sport": _source_ports, "--tcp-flags": _tcp_flags},
    "multiport": {"--dports": _destination_ports, "--sports": _source_ports, "--ports": _either_port},
    "conntrack": {
        "--ctstate": _connection_state,
        "--ctstatus": _connection_status,
        "--ctdir": _connection_direction,
        "--ctproto": _protocol,
        "--ctorigsrc": _source,
    },
    "state": {"--state": _connection_state},
    "comment": {"--comment": _yes},
    "mark": {"--mark": _packet_mark},
    "connmark": {"--mark": _connection_mark},
    "addrtype": {"--dst-type": _destination_type, "--src-type": _source_type},
    "iprange": {"--src-range": _source_range, "--dst-range": _destination_range},
    "pkttype": {"--pkt-type": _packet_type},
    "rpfilter": {"--loose": _yes, "--validmark": _yes, "--accept-local": _yes, "--invert": _no},
}

# The first packet of a TCP connection has none of the extension headers of IPv6.
_EXTENSION_HEADERS = ("rt", "frag", "hbh", "dst", "mh")

# Matches of what the packet does not have: they are false even with a sign.
_OTHER_PROTOCOLS = frozenset(
    ("udp", "udplite", "icmp", "icmp6", "ipv6-icmp", "sctp", "dccp", "esp", "ah", "ipcomp", "igmp", *_EXTENSION_HEADERS)
)

_DOUBTS = {
    "-s": "the source address",
    "--ctorigsrc": "the source address",
    "--src-range": "the source address",
    "-i": "the interface",
    "--sport": "the source port",
    "--sports": "the source port",
    "--ports": "the source port",
    "--mark": "a mark",
    "limit": "a rate limit",
    "hashlimit": "a rate limit",
    "connlimit": "the number of connections",
    "recent": "recent connections",
    "set": "an ipset",
}

# Targets after which the rules go on. Those that set marks have their own code.
_GOES_ON = frozenset(
    (
        "AUDIT",
        "CHECKSUM",
        "CLASSIFY",
        "CONNSECMARK",
        "CT",
        "DSCP",
        "ECN",
        "HL",
        "IDLETIMER",
        "LED",
        "LOG",
        "NFLOG",
        "NOTRACK",
        "RATEEST",
        "SECMARK",
        "SET",
        "TCPMSS",
        "TCPOPTSTRIP",
        "TEE",
        "TOS",
        "TRACE",
        "TTL",
        "ULOG",
    )
)
_VERDICTS = {"ACCEPT": ACCEPT, "DROP": DROP, "REJECT": DROP, "TARPIT": DROP, "RETURN": RETURN}


def _match_option(option: _Option, rule: _Rule, packet: Packet, state: State) -> Known:
    test = _MODULES.get(option.module, {}).get(option.name)
    if option.module in _OTHER_PROTOCOLS:
        return False
    if option.module in ("conntrack", "connmark") and option.name != "--ctstate" and state.connection != packets.NEW:
        # Without a connection these are false even with the sign, or not looked at where the rule asks for the state.
        is_unknown = state.connection is None or any(other.name == "--ctstate" for other in rule.options)
        return None if is_unknown else False
    try:
        known = None if test is None else test(packet, state, option.values)
    except (IndexError, KeyError, ValueError):
        return None
    return packets.negate(known) if option.negated else known


def _match(rule: _Rule, packet: Packet, state: State) -> tuple[Known, frozenset[str]]:
    answers: list[Known] = []
    doubts = set()
    for option in rule.options:
        known = _match_option(option, rule, packet, state)
        answers.append(known)
        if known is None:
            unnamed = f"the match {option.module or option.name}"
            doubts.add(_DOUBTS.get(option.name) or _DOUBTS.get(option.module) or unnamed)
    for module in rule.modules:
        # A match without options: its meaning is in its name.
        if module not in _MODULES and not any(option.module == module for option in rule.options):
            answers.append(False if module in _OTHER_PROTOCOLS else None)
            doubts.add(_DOUBTS.get(module) or f"the match {module}")
    return packets.every(answers), frozenset(doubts)


def _merge(old: int | None, new: int, mask: int) -> int | None:
    return new if mask == _MARK else None if old is None else (old & ~mask & _MARK) ^ new


def _changed_mark(old: int | None, options: t.Mapping[str, t.Sequence[str]]) -> int | None:
    for name, values in options.items():
        if name in ("--set-xmark", "--set-mark"):
            value, mask = _number_and_mask(values[0])
            return _merge(old, value, mask | value if name == "--set-mark" else mask)
        if name in ("--and-mark", "--or-mark", "--xor-mark") and old is not None:
            number = int(values[0], 0)
            return {"--and-mark": old & number, "--or-mark": old | number, "--xor-mark": old ^ number}[name]
    return None


def _changed_connection_mark(state: State, options: t.Mapping[str, t.Sequence[str]]) -> State:
    both = options.get("--mask", ("0xffffffff",))
    ours = int(options.get("--nfmask", both)[0], 0)
    theirs = int(options.get("--ctmask", both)[0], 0)
    if "--restore-mark" in options:
        saved = state.connection_mark
        return state._replace(mark=None if saved is None else _merge(state.mark, saved & theirs, ours))
    if "--save-mark" in options:
        mark = state.mark
        return state._replace(
            connection_mark=None if mark is None else _merge(state.connection_mark, mark & ours, theirs)
        )
    return state._replace(connection_mark=_changed_mark(state.connection_mark, options))


def _changed_state(rule: _Rule, state: State) -> State:
    try:
        if rule.target == "MARK":
            return state._replace(mark=_changed_mark(state.mark, rule.target_options))
        if rule.target == "CONNMARK" and state.connection in (packets.NEW, None):
            changed = _changed_connection_mark(state, rule.target_options)
            return changed if state.connection or changed == state else UNKNOWN_STATE
    except (IndexError, ValueError):
        return UNKNOWN_STATE
    if rule.target == "NOTRACK" or (rule.target == "CT" and "--notrack" in rule.target_options):
        return state.untracked()
    return state


class _Table:
    """The chains of one table, as C(Rules)."""

    def __init__(self, chains: t.Mapping[str, t.Sequence[str]]) -> None:
        self._texts = chains
        self._parsed: dict[str, t.Sequence[_Rule]] = {}

    def rules(self, chain: str) -> t.Sequence[_Rule] | None:
        """The rules of a chain in their order, or None where there is no such chain."""
        if chain not in self._texts:
            return None
        if chain not in self._parsed:
            self._parsed[chain] = [_parse_rule(chain, text) for text in self._texts[chain]]
        return self._parsed[chain]

    def effect(self, rule: _Rule, packet: Packet, state: State) -> Effect:
        """What a rule may do with the packet."""
        known, doubts = _match(rule, packet, state)
        steps = [] if known else [Step(CONTINUE, state)]
        if known is False or not rule.verdict:
            return Effect([Step(CONTINUE, state)])
        if rule.target in self._texts:
            steps.append(Step(rule.verdict, state, rule.target))
        elif rule.target in _VERDICTS:
            steps.append(Step(_VERDICTS[rule.target], state))
        elif rule.target in _GOES_ON or rule.target in ("MARK", "CONNMARK"):
            steps.append(Step(CONTINUE, _changed_state(rule, state)))
        else:
            steps += [Step(UNDECIDED, state), Step(CONTINUE, UNKNOWN_STATE)]
            doubts |= {f"the target {rule.target}"}
        return Effect(steps, doubts)

    def describe(self, rule: _Rule) -> str:
        """The rule as it is printed."""
        return rule.text


def _parse(text: str) -> dict[str, dict[str, tuple[str, list[str]]]]:
    # By table and chain: the policy, and the rules without what names the chain.
    tables: dict[str, dict[str, tuple[str, list[str]]]] = {}
    chains: dict[str, tuple[str, list[str]]] = {}
    for line in text.splitlines():
        chain, rule = _CHAIN.match(line), _RULE.match(line)
        if line.startswith("*"):
            chains = tables.setdefault(line[1:].strip(), {})
        elif chain:
            chains[chain.group(1)] = (chain.group(2), [])
        elif rule:
            chains.setdefault(rule.group(1), ("-", []))[1].append(rule.group(2) or "")
    return tables


def base_chains(command: str, text: str) -> list[BaseChain]:
    """The base chains on a packet's way to this host.

    command: what changes these rules, C(iptables) for one. text: what the command's own C(-save) prints.
    """
    tables = _parse(text)
    found = []
    for table, name, hook, priority in _BASE_CHAINS:
        if name in tables.get(table, {}):
            rules = _Table({chain: lines for chain, (_policy, lines) in tables[table].items()})
            policy = DROP if tables[table][name][0] == "DROP" else ACCEPT
            found.append(BaseChain(command, table, name, hook, priority, policy, rules))
    return found


__all__ = ("TABLES", "base_chains")
