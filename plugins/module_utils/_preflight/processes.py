# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Who holds a socket: the processes behind socket inodes, and the systemd unit of a process."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import is_roots

# Containers of a static pod may be counted to the runtime that started them.
_RUNTIME_UNITS = ("containerd.service", "crio.service", "docker.service", "cri-docker.service")
_LISTEN = "0A"
# A process may call itself anything, of any length.
_LONGEST = 64


class Owner(t.NamedTuple):
    """A process. name: the base name of its program. unit: its systemd service, or empty. is_roots: whether it is root's."""

    name: str
    pid: int
    unit: str
    is_roots: bool


def listening_inodes(tables: t.Sequence[str]) -> dict[int, set[str]]:
    """The socket inodes by listening port, from the texts of /proc/net/tcp and /proc/net/tcp6."""
    found: dict[int, set[str]] = {}
    for table in tables:
        for row in table.splitlines()[1:]:
            fields = row.split()
            if len(fields) > 9 and fields[3] == _LISTEN:
                found.setdefault(int(fields[1].rsplit(":", 1)[1], 16), set()).add(fields[9])
    return found


def unit_of(cgroups: str) -> str:
    """The innermost systemd service in the text of /proc/PID/cgroup, or empty; a container is none of its runtime's."""
    for row in cgroups.splitlines():
        if "/user@" in row:
            # A user's own services are not root's to stop by name.
            return ""
        for part in reversed(row.rpartition(":")[2].split("/")):
            if part.endswith(".service"):
                return "" if part in _RUNTIME_UNITS else part
            if part.endswith(".scope") or part.startswith("kubepods"):
                return ""
    return ""


def _owner(host: InspectedHost, pid: str) -> Owner:
    program = (host.text(f"/proc/{pid}/cmdline") or "").split("\0")[0]
    name = os.path.basename(program) or (host.text(f"/proc/{pid}/comm") or "unknown").strip()
    unit = unit_of(host.text(f"/proc/{pid}/cgroup") or "")
    # The runtime's own unit counts where it is the runtime itself that listens.
    if not unit and name + ".service" in _RUNTIME_UNITS:
        unit = name + ".service"
    roots = is_roots(host.text(f"/proc/{pid}/status") or "")
    return Owner(line(name[:_LONGEST]), int(pid), line(unit), roots)


def owners_of(host: InspectedHost, inodes: t.Iterable[str]) -> dict[str, list[Owner]]:
    """The processes that hold each of the socket inodes, in one pass; needs root to see those of others."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    found: dict[str, list[Owner]] = {inode: [] for inode in wanted.values()}
    for pid in (name for name in host.names("/proc") or [] if name.isdigit()):
        folder = f"/proc/{pid}/fd"
        held = {wanted.get(host.link(f"{folder}/{name}") or "") for name in host.names(folder) or []} - {None}
        if held:
            owner = _owner(host, pid)
            for inode in held:
                found[t.cast(str, inode)].append(owner)
    return found


__all__ = ("Owner", "listening_inodes", "owners_of", "unit_of")
