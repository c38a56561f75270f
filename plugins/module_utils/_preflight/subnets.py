# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The networks that the host reaches, and its name servers."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.interfaces import (
    routes,
)


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(routes): pairs of network and interface. C(nameservers): the addresses in /etc/resolv.conf."""
    found = routes(host.lines("/proc/net/route"), host.lines("/proc/net/ipv6_route"))
    words = [line.split() for line in host.lines("/etc/resolv.conf")]
    servers = [line[1] for line in words if len(line) > 1 and line[0] == "nameserver"]
    return {"routes": [list(route) for route in found], "nameservers": servers}


__all__ = ("gather",)
