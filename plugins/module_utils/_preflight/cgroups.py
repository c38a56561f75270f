# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The version of cgroups and their controllers."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

Facts = t.Dict[str, t.Any]

ROOT = "/sys/fs/cgroup"
MOUNTS = "/proc/mounts"
CONTROLLERS_V1 = "/proc/cgroups"
CONTROLLERS_V2 = "cgroup.controllers"


class Mount(t.NamedTuple):
    """A line of /proc/mounts."""

    path: str
    kind: str
    read_only: bool


def mounts_of(lines: t.Sequence[str]) -> list[Mount]:
    """The mounts that matter: of cgroups, and on /sys/fs/cgroup."""
    found = []
    for line in lines:
        fields = line.split()
        if len(fields) >= 4 and (fields[2] in ("cgroup", "cgroup2") or fields[1] == ROOT):
            found.append(Mount(fields[1], fields[2], "ro" in fields[3].split(",")))
    return found


def _from_root(mounts: t.Sequence[Mount]) -> tuple[int, Mount | None]:
    """What is on /sys/fs/cgroup decides, as the file system's own number does (library 1.1 to 1.8)."""
    on_root = [mount for mount in mounts if mount.path == ROOT]
    if on_root and on_root[-1].kind == "cgroup2":
        return 2, on_root[-1]
    return 1, None


def _from_mounts(mounts: t.Sequence[Mount], memory_folder: bool) -> tuple[int | None, Mount | None]:
    """The first mount of v2 decides, unless something is mounted on /sys/fs/cgroup before (library since 1.9.1).

    memory_folder: whether /sys/fs/cgroup/memory is a folder, as it is with cgroups v1.
    """
    for mount in mounts:
        if mount.path == ROOT:
            is_v2 = not memory_folder if mount.kind == "tmpfs" else mount.kind == "cgroup2"
            return (2, mount) if is_v2 else (1, None)
        if mount.kind == "cgroup2":
            return 2, mount
    return (1, None) if mounts else (None, None)


def controllers_v1(lines: t.Sequence[str]) -> list[str]:
    """The controllers that are on, from /proc/cgroups."""
    rows = [line.split() for line in lines if not line.startswith("#")]
    return [row[0] for row in rows if len(row) >= 4 and row[3] != "0"]


def _has_freezer(host: InspectedHost, mount: Mount) -> bool:
    """Whether a cgroup of v2 can be frozen (Linux 5.2). kubeadm makes a cgroup to look; those that are there tell the same.

    Where there is none, the kernel is taken to be new enough.
    """
    if mount.read_only:
        return False
    folders = [name for name in host.names(mount.path) or [] if host.names(f"{mount.path}/{name}") is not None]
    return not folders or any(host.exists(f"{mount.path}/{name}/cgroup.freeze") for name in folders)


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> Facts:
    """The facts: C(version) of cgroups, 1 or 2, or None where there are none; C(controllers), or None where they cannot be
    read; C(source), the file that they are from; C(freezer), whether cgroups of v2 can be frozen, or None with v1.

    question: C(method), how the version is found: C(proc), it is not, /proc/cgroups is asked whatever it is; C(root), by the
    file system on /sys/fs/cgroup; C(mounts), by the mounts.
    """
    mounts = mounts_of(host.lines(MOUNTS))
    version: int | None
    version, mount = 1, None
    if question["method"] == "root":
        version, mount = _from_root(mounts) if host.exists(ROOT) else (None, None)
    elif question["method"] == "mounts":
        version, mount = _from_mounts(mounts, host.names(f"{ROOT}/memory") is not None)
    if mount is not None:
        source = f"{mount.path}/{CONTROLLERS_V2}"
        text = host.text(source)
        controllers = None if text is None else text.split()
        return {"version": version, "controllers": controllers, "source": source, "freezer": _has_freezer(host, mount)}
    table = host.text(CONTROLLERS_V1)
    controllers = None if table is None or version is None else controllers_v1(table.splitlines())
    return {"version": version, "controllers": controllers, "source": CONTROLLERS_V1, "freezer": None}


__all__ = ("ROOT", "Facts", "Mount", "controllers_v1", "gather", "mounts_of")
