# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subnets, addresses and endpoints."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network


@pytest.mark.parametrize(
    ("subnet", "index", "address"),
    [
        ("10.96.0.0/12", 1, "10.96.0.1"),
        ("10.96.0.0/12", 10, "10.96.0.10"),
        ("10.111.7.0/16", 1, "10.111.0.1"),
        ("10.111.7.0/16", 10, "10.111.0.10"),
        ("fd00:10::/108", 10, "fd00:10::a"),
        ("10.96.0.0/12,fd00::/108", 1, "10.96.0.1"),
        ("fd00::/108, 10.96.0.0/12", 10, "fd00::a"),
    ],
)
def test_nth_address(subnet: str, index: int, address: str) -> None:
    """K1.6: breaks the API's service address (1) and that of DNS (10); host bits are masked off first."""
    assert network.nth_address(subnet, index) == address


@pytest.mark.parametrize(
    ("endpoint", "host", "port"),
    [
        ("cp.example.com", "cp.example.com", None),
        ("cp.example.com:8443", "cp.example.com", "8443"),
        ("192.0.2.1", "192.0.2.1", None),
        ("192.0.2.1:6443", "192.0.2.1", "6443"),
        ("2001:db8::1", "2001:db8::1", None),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("[2001:db8::1]:6443", "2001:db8::1", "6443"),
    ],
)
def test_split_endpoint(endpoint: str, host: str, port: str | None) -> None:
    """Breaks when the colons of an IPv6 address are taken for a port's."""
    assert network.split_endpoint(endpoint) == (host, port)


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [("192.0.2.1", 6443, "192.0.2.1:6443"), ("::1", "2379", "[::1]:2379"), ("a.b", 1, "a.b:1")],
)
def test_host_port(host: str, port: int | str, expected: str) -> None:
    """Breaks URLs of IPv6 hosts, which need brackets."""
    assert network.host_port(host, port) == expected


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("cp1", True),
        ("a-b.c", True),
        ("1.2", True),
        ("a" * 253, True),
        ("a" * 254, False),
        ("", False),
        ("A", False),
        ("a_b", False),
        ("-a", False),
        ("a-", False),
        ("a..b", False),
        ("a.", False),
        ("a\n", False),
    ],
)
def test_is_dns_subdomain(name: str, right: bool) -> None:
    """Breaks when a name passes that the API server refuses for a Node, or the other way round."""
    assert network.is_dns_subdomain(name) is right


@pytest.mark.parametrize("text", ["10.0.0.0", "10.0.0.0/33", "x/8", "", "10.0.0.0/8,10.1.0.0/16"])
def test_what_is_no_subnet(text: str) -> None:
    """Breaks when an address without a prefix length passes as a subnet of one address."""
    assert network.parse_subnet(text) is None


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("https://127.0.0.1:2379,https://192.0.2.1:2379", ("https", "127.0.0.1", 2379)),
        ("unix://localhost, http://0.0.0.0:1", ("http", "127.0.0.1", 1)),
        ("https://[::]:2379", ("https", "::1", 2379)),
        ("https://192.0.2.1", None),
        ("https://192.0.2.1:many", None),
        ("", None),
    ],
)
def test_first_listener(urls: str, expected: tuple[str, str, int] | None) -> None:
    """Breaks when somebody is asked at an address that stands for all, or a URL that is none ends in a traceback."""
    assert network.first_listener(urls) == expected
