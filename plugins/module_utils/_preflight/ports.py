# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which ports are taken, and by whom."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.processes import (
    listening_inodes,
    owners_of,
)


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(taken): by port number as text, the processes (C(name), C(pid), C(unit), C(is_roots)) that listen there.

    question: C(ports), each with its C(number) and the C(address) to listen at, empty for all.
    """
    taken = [port["number"] for port in question["ports"] if not host.port_is_free(port["number"], port["address"])]
    if not taken:
        return {"taken": {}}
    listening = listening_inodes([host.text("/proc/net/tcp") or "", host.text("/proc/net/tcp6") or ""])
    owners = owners_of(host, set().union(*(listening.get(port, set()) for port in taken)))
    holders = {port: [owner for inode in sorted(listening.get(port, ())) for owner in owners[inode]] for port in taken}
    return {"taken": {str(port): [owner._asdict() for owner in dict.fromkeys(held)] for port, held in holders.items()}}


__all__ = ("gather",)
