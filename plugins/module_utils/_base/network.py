# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Subnets, addresses and endpoints."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from urllib.parse import urlsplit

IPNetwork = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
IPAddress = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

# Addresses that stand for all of a host, and those at which to reach them on the host itself.
LOOPBACK_OF: t.Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "::": "::1"}

_DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")

# No mask in place of the prefix length, and no zone: Go's parser takes neither.
_FOUR_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+){3}\Z")
_SUBNET = re.compile(r"[0-9A-Fa-f:.]+/[0-9]{1,3}\Z")


def is_almost_ipv4(text: str) -> bool:
    """Whether a text is four numbers with dots, and no address: with leading zeros, which some read as octal, or too large."""
    return _FOUR_NUMBERS.match(text) is not None and parse_ip(text) is None


def is_dns_subdomain(text: str) -> bool:
    """Whether a name is an RFC 1123 DNS subdomain as Kubernetes takes it, and nobody takes it for an address."""
    return len(text) <= 253 and bool(_DNS_SUBDOMAIN.match(text)) and not is_almost_ipv4(text)


def parse_ip(text: str) -> IPAddress | None:
    """The address, or None where the text is not one. Go's parser takes no zones (C(fe80::1%eth0)) either."""
    try:
        return ipaddress.ip_address(text) if "%" not in text else None
    except ValueError:
        return None


def parse_subnet(text: str) -> IPNetwork | None:
    """The network of a CIDR, host bits masked off, or None where the text is not one."""
    if not _SUBNET.match(text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def split_subnets(text: str) -> list[str]:
    """The one or two (dual stack) subnets of a configuration field."""
    return [part.strip() for part in text.split(",")] if text else []


def nth_address(subnet: str, index: int) -> str:
    """The address C(index) above the network address of the first subnet (kubeadm: 1 is the API, 10 is DNS)."""
    network = ipaddress.ip_network(split_subnets(subnet)[0], strict=False)
    return str(network.network_address + index)


def is_ipv6(address: str) -> bool:
    """Whether an address is IPv6."""
    return ":" in address


def host_port(host: str, port: int | str) -> str:
    """C(host:port), an IPv6 host in brackets."""
    return f"[{host}]:{port}" if is_ipv6(host) else f"{host}:{port}"


def first_listener(urls: str) -> tuple[str, str, int] | None:
    """Scheme, host and port by which to reach on this host who listens at a comma-separated list of URLs, or None.

    It is the first of them with a port; an address that stands for all is asked at its loopback address.
    """
    for url in urls.split(","):
        parts = urlsplit(url.strip())
        try:
            port = parts.port
        except ValueError:
            continue
        if parts.hostname and port:
            return parts.scheme, LOOPBACK_OF.get(parts.hostname, parts.hostname), port
    return None


def split_endpoint(endpoint: str) -> tuple[str, str | None]:
    """The host and the port (None where absent) of C(host), C(host:port), C([v6]:port) or a bare IPv6 address.

    A text of another form comes back whole as the host, which then is no valid one.
    """
    bracketed = re.match(r"\[([0-9A-Fa-f:.]*)\](?::(.*))?\Z", endpoint)
    if bracketed and ":" in bracketed.group(1):
        return bracketed.group(1), bracketed.group(2)
    if parse_ip(endpoint) is not None or ":" not in endpoint:
        return endpoint, None
    host, _colon, port = endpoint.rpartition(":")
    return host, port


__all__ = (
    "LOOPBACK_OF",
    "IPAddress",
    "IPNetwork",
    "first_listener",
    "host_port",
    "is_dns_subdomain",
    "is_ipv6",
    "nth_address",
    "parse_ip",
    "parse_subnet",
    "split_endpoint",
    "split_subnets",
)
