# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The addresses of the host, as the kernel tells them."""

from __future__ import annotations

import ipaddress
import re

_LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
_FIB, _INET6 = "/proc/net/fib_trie", "/proc/net/if_inet6"


def ipv4(fib_trie: str) -> list[str]:
    """Those of C(/proc/net/fib_trie)."""
    return list(dict.fromkeys(_LOCAL.findall(fib_trie)))


def ipv6(if_inet6: str) -> list[str]:
    """Those of C(/proc/net/if_inet6)."""
    first = [line.split()[0] for line in if_inet6.splitlines() if line.strip()]
    return [str(ipaddress.IPv6Address(int(digits, 16))) for digits in first]


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def own_addresses() -> list[str]:
    """All of them, those of loopback too."""
    return [*ipv4(_text(_FIB)), *ipv6(_text(_INET6))]


__all__ = ("ipv4", "ipv6", "own_addresses")
