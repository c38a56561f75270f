# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interfaces and routes."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import interfaces

ROUTE = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t0000640A\t010011AC\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0
cni0\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
""".splitlines()
IPV6 = """fd000001000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000000 00000000 00000003     eth0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001     eth0
""".splitlines()  # noqa: E501


def test_routes() -> None:
    """Breaks when an overlap is missed, or the default route and the kernel's own count as one."""
    assert interfaces.routes(ROUTE, IPV6) == [
        ("172.17.0.0/16", "eth0"),
        ("10.100.0.0/16", "eth0"),
        ("10.244.0.0/24", "cni0"),
        ("fd00:1::/64", "eth0"),
    ]
    assert interfaces.routes([], []) == []


@pytest.mark.parametrize(
    ("name", "own", "plugin"),
    [
        ("eth0", True, False),
        ("ens192", True, False),
        ("bond0.100", True, False),
        ("wlp3s0", True, False),
        ("br0", True, False),
        ("lo", False, False),
        ("docker0", False, False),
        ("br-4f1c0a9b8c7d", False, False),
        ("br-ex", True, False),
        ("vxlan100", True, False),
        ("lxcbr0", False, False),
        ("cni-podman0", False, False),
        ("virbr0", False, False),
        ("veth12ab", False, False),
        ("cni0", False, True),
        ("flannel.1", False, True),
        ("cali12345", False, True),
        ("vxlan.calico", False, True),
        ("cilium_host", False, True),
        ("kube-ipvs0", False, True),
        ("kube-bridge", False, True),
        ("weave", False, True),
    ],
)
def test_whose_an_interface_is(name: str, own: bool, plugin: bool) -> None:
    """Breaks when a bridge of containers counts as a second card, or a plugin's routes as somebody else's network."""
    assert (interfaces.is_hosts_own(name), interfaces.is_network_plugins(name)) == (own, plugin)
