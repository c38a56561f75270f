# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of the host."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.addresses import ipv4, ipv6, own_addresses

FIB = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
           |-- 192.0.2.11
              /32 host LOCAL
           |-- 192.0.2.255
              /32 link BROADCAST
Local:
           |-- 192.0.2.11
              /32 host LOCAL
"""
INET6 = "00000000000000000000000000000001 01 80 10 80       lo\n20010db8000000000000000000000011 02 40 00 80     eth0\n"


def test_by_the_kernel() -> None:
    """Breaks the check that a node is the host's own before it is removed."""
    assert ipv4(FIB) == ["192.0.2.11"]
    assert ipv6(INET6) == ["::1", "2001:db8::11"]
    assert (ipv4(""), ipv6("")) == ([], [])
    assert "127.0.0.1" in own_addresses()
