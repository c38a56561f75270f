# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The packet whose fate in the firewall is asked for: the first of a TCP connection from some other host."""

from __future__ import annotations

import functools
import ipaddress
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._network import IPAddress

# True, False, or None where it cannot be known: it depends on who sends, or it is not modelled.
Known = t.Optional[bool]

# The first and the last address of a range, as numbers.
Span = t.Tuple[int, int]

# RFC 9293: the control bits of a TCP header. A new connection's first packet has SYN alone.
TCP_FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128}
SYN = TCP_FLAGS["syn"]

# No packet of another host has one of these as its source (RFC 1122 3.2.1.3, RFC 4291 2.5 and 2.7).
_NEVER_A_SOURCE = tuple(
    ipaddress.ip_network(subnet)
    for subnet in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/127", "ff00::/8")
)

_FIRST_UNPRIVILEGED_PORT = 1024
_LAST_PORT = 65535


class Packet(t.NamedTuple):
    """What is known of the packet; its source is another host that has a way back.

    destination: the address of this host that it is for. port: the TCP port that it is for.
    interface: the name of the interface that it arrives at, or an empty text where it may be any but C(lo).
    """

    destination: IPAddress
    port: int
    interface: str

    def arrives_at(self, name: str, wildcard: str) -> Known:
        """Whether it arrives at an interface. wildcard: the sign at the end of a name that stands for any rest."""
        if not self.interface:
            return False if name == "lo" else None
        if name.endswith(wildcard):
            return self.interface.startswith(name[: -len(wildcard)])
        return self.interface == name

    def is_for(self, span: Span) -> bool:
        """Whether its destination is in a range of addresses of its family."""
        return span[0] <= int(self.destination) <= span[1]

    def is_from(self, span: Span) -> Known:
        """Whether its source is in a range of addresses of its family: known only of all and of impossible ones."""
        first, last = span
        if first == 0 and last >= 2**self.destination.max_prefixlen - 1:
            return True
        if first == last == int(self.destination):
            return False
        return False if _is_never_a_source(span, self.destination.version) else None


# What conntrack says of the packet: before it has seen it, once it has, and where a rule keeps it from looking.
INVALID, NEW, UNTRACKED = "invalid", "new", "untracked"


class State(t.NamedTuple):
    """What changes about a packet and its connection on the way; None is unknown.

    mark, connection_mark: 0 unless a rule has set it. connection: INVALID, NEW or UNTRACKED. Only with NEW is there a
    connection whose mark and direction rules can ask for.
    """

    mark: int | None = 0
    connection_mark: int | None = 0
    connection: str | None = INVALID

    def untracked(self) -> State:
        """After a rule against tracking, which only works before conntrack has seen the packet."""
        return self._replace(connection=UNTRACKED) if self.connection == INVALID else self

    def tracked(self) -> State:
        """After conntrack has seen the packet."""
        return self._replace(connection=NEW) if self.connection == INVALID else self


UNKNOWN_STATE = State(None, None, None)


def _is_never_a_source(span: Span, version: int) -> bool:
    return any(
        int(network.network_address) <= span[0] and span[1] <= int(network.broadcast_address)
        for network in _NEVER_A_SOURCE
        if network.version == version
    )


def negate(known: Known) -> Known:
    """The opposite; unknown stays unknown."""
    return None if known is None else not known


def every(answers: t.Iterable[Known]) -> Known:
    """Whether all are true: one that is false decides, else one that is unknown."""
    result: Known = True
    for known in answers:
        if known is False:
            return False
        if known is None:
            result = None
    return result


def some(answers: t.Iterable[Known]) -> Known:
    """Whether one is true: one that is true decides, else one that is unknown."""
    return negate(every(negate(known) for known in answers))


def is_source_port(first: int, last: int) -> Known:
    """Whether a client's port is in a range. The system gives clients no privileged ports."""
    if first <= _FIRST_UNPRIVILEGED_PORT and last >= _LAST_PORT:
        return True
    return False if last < _FIRST_UNPRIVILEGED_PORT else None


@functools.lru_cache(maxsize=65536)
def address_span(text: str, version: int) -> Span | None:
    """The range of C(address), C(address/length) or C(address/mask); None where it is of the other family.

    Raises ValueError where it is none of these, or has a mask with holes.
    """
    _address, slash, mask = text.partition("/")
    network = ipaddress.ip_network(text, strict=False)
    if slash and not mask.isdigit() and mask != str(network.netmask):
        raise ValueError(f"{mask} is no netmask")
    if network.version != version:
        return None
    return int(network.network_address), int(network.broadcast_address)


__all__ = (
    "INVALID",
    "NEW",
    "SYN",
    "TCP_FLAGS",
    "UNKNOWN_STATE",
    "UNTRACKED",
    "Known",
    "Packet",
    "Span",
    "State",
    "address_span",
    "every",
    "is_source_port",
    "negate",
    "some",
)
