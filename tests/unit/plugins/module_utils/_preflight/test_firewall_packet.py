# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the packet that asks for a connection."""

from __future__ import annotations

import ipaddress

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_packet as packets

IPV4 = packets.Packet(ipaddress.ip_address("192.0.2.10"), 6443, "eth0")
IPV6 = packets.Packet(ipaddress.ip_address("2001:db8::10"), 6443, "eth0")


def _span(text: str) -> packets.Span:
    span = packets.address_span(text, 6 if ":" in text else 4)
    assert span is not None
    return span


@pytest.mark.parametrize(
    ("subnet", "known"),
    [
        ("0.0.0.0/0", True),
        ("10.0.0.0/8", None),
        ("192.0.2.20", None),
        ("0.0.0.0/1", None),
        ("127.0.0.0/8", False),
        ("127.0.0.1", False),
        ("0.0.0.0/8", False),
        ("224.0.0.0/4", False),
        ("255.255.255.255", False),
        ("192.0.2.10", False),
        ("::/0", True),
        ("2001:db8::/32", None),
        ("fe80::/10", None),
        ("::1", False),
        ("ff02::/16", False),
        ("2001:db8::10", False),
    ],
)
def test_source(subnet: str, known: bool | None) -> None:
    """Breaks all rules for sources: some host may be in any subnet, but in none that no other host can be in."""
    packet = IPV6 if ":" in subnet else IPV4
    assert packet.is_from(_span(subnet)) is known


def test_destination() -> None:
    """Breaks rules for the host's own address."""
    assert IPV4.is_for(_span("192.0.2.0/24"))
    assert not IPV4.is_for(_span("192.0.2.11"))
    assert IPV6.is_for(_span("2001:db8::/64"))


@pytest.mark.parametrize(
    ("text", "version", "span"),
    [
        ("192.0.2.1", 4, (0xC0000201, 0xC0000201)),
        ("192.0.2.1/24", 4, (0xC0000200, 0xC00002FF)),
        ("192.0.2.0/255.255.255.0", 4, (0xC0000200, 0xC00002FF)),
        ("2001:db8::1", 4, None),
        ("192.0.2.1", 6, None),
    ],
)
def test_address_span(text: str, version: int, span: packets.Span | None) -> None:
    """Breaks addresses, whichever way a tool writes them."""
    assert packets.address_span(text, version) == span


@pytest.mark.parametrize("text", ["eth0", "", "192.0.2.0/33", "192.0.2.0/0.0.0.255", "192.0.2.1/255.0.255.0"])
def test_no_address(text: str) -> None:
    """Breaks masks with holes, which would be taken for something else."""
    with pytest.raises(ValueError, match=r"does not appear to be|is no netmask"):
        packets.address_span(text, 4)


@pytest.mark.parametrize(
    ("interface", "name", "known"),
    [
        ("eth0", "eth0", True),
        ("eth0", "eth1", False),
        ("eth0", "eth*", True),
        ("eth0", "*", True),
        ("eth0", "lo", False),
        ("", "eth0", None),
        ("", "eth*", None),
        ("", "lo", False),
    ],
)
def test_interface(interface: str, name: str, known: bool | None) -> None:
    """Breaks rules for interfaces: any may be the one, but lo is not."""
    assert IPV4._replace(interface=interface).arrives_at(name, "*") is known


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        (0, 65535, True),
        (1024, 65535, True),
        (0, 1023, False),
        (1, 1023, False),
        (32768, 60999, None),
        (1023, 1024, None),
    ],
)
def test_source_port(first: int, last: int, known: bool | None) -> None:
    """Breaks rules for clients' ports."""
    assert packets.is_source_port(first, last) is known


def test_three_values() -> None:
    """Breaks the logic of what is unknown: one false and one true settle it, whatever else is unknown."""
    assert packets.every([True, None, False]) is False
    assert packets.every([True, None]) is None
    assert packets.every([]) is True
    assert packets.some([False, None, True]) is True
    assert packets.some([False, None]) is None
    assert packets.some([]) is False
    assert packets.negate(None) is None


def test_connection() -> None:
    """Breaks rules before conntrack: there is no connection yet, and only there it can be kept from being one."""
    first = packets.State()
    assert first.connection == packets.INVALID
    assert first.untracked().tracked().connection == packets.UNTRACKED
    assert first.tracked().untracked().connection == packets.NEW
    assert packets.UNKNOWN_STATE.untracked().tracked() == packets.UNKNOWN_STATE
