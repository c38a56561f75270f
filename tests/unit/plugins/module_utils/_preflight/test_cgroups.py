# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version of cgroups and their controllers, from recorded mounts."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import cgroups
from facts.hosts import cgroups_table, place

ROOT, UNIFIED = "/sys/fs/cgroup", "/sys/fs/cgroup/unified"
PROC, BY_ROOT, BY_MOUNTS = "proc", "root", "mounts"


def test_mounts() -> None:
    """Breaks when a mount of another kind counts, or one that is read-only is taken for one that is not."""
    lines = [
        "sysfs /sys sysfs rw 0 0",
        "tmpfs /sys/fs/cgroup tmpfs ro,mode=755 0 0",
        "cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0",
        "cgroup2 /mnt cgroup2 rw,errors=remount-ro 0 0",
        "short",
    ]
    assert cgroups.mounts_of(lines) == [
        cgroups.Mount(ROOT, "tmpfs", True),
        cgroups.Mount("/sys/fs/cgroup/cpu", "cgroup", False),
        cgroups.Mount("/mnt", "cgroup2", False),
    ]


def test_controllers_v1() -> None:
    """Breaks when a controller that the kernel's command line has left off is taken for one that is on."""
    table = cgroups_table("cpu cpuset", off="memory")
    assert cgroups.controllers_v1([*table.splitlines(), "", "pids\t1\t1"]) == ["cpu", "cpuset"]


TMPFS = f"tmpfs {ROOT} tmpfs ro 0 0\n"

V1 = f"cgroup {ROOT}/cpuset cgroup rw,cpuset 0 0\ncgroup {ROOT}/memory cgroup rw,memory 0 0\n"

V2 = f"cgroup2 {ROOT} cgroup2 rw 0 0\n"

HYBRID = f"cgroup2 {UNIFIED} cgroup2 rw 0 0\n"


@pytest.mark.parametrize(
    ("method", "mounts", "memory_folder", "expected", "source"),
    [
        (PROC, V2, False, 1, "/proc/cgroups"),
        (BY_ROOT, V2, False, 2, f"{ROOT}/cgroup.controllers"),
        (BY_ROOT, TMPFS + V1 + HYBRID, True, 1, "/proc/cgroups"),
        (BY_ROOT, V1, True, 1, "/proc/cgroups"),
        (BY_ROOT, "", True, 1, "/proc/cgroups"),
        # The last mount hides those below it.
        (BY_ROOT, TMPFS + V1 + V2, True, 2, f"{ROOT}/cgroup.controllers"),
        (BY_ROOT, V2 + TMPFS, True, 1, "/proc/cgroups"),
        (BY_MOUNTS, V2, False, 2, f"{ROOT}/cgroup.controllers"),
        (BY_MOUNTS, TMPFS + V1 + HYBRID, True, 1, "/proc/cgroups"),
        (BY_MOUNTS, TMPFS + HYBRID, False, 2, f"{ROOT}/cgroup.controllers"),
        (BY_MOUNTS, f"cgroup {ROOT} cgroup rw 0 0\n", False, 1, "/proc/cgroups"),
        (BY_MOUNTS, V1, True, 1, "/proc/cgroups"),
        (BY_MOUNTS, V1 + HYBRID, True, 2, f"{UNIFIED}/cgroup.controllers"),
        (BY_MOUNTS, "proc /proc proc rw 0 0\n", False, None, "/proc/cgroups"),
        (BY_MOUNTS, "", False, None, "/proc/cgroups"),
    ],
)
def test_versions(
    tmp_path: pathlib.Path,
    method: str,
    mounts: str,
    memory_folder: bool,
    expected: int | None,
    source: str,
) -> None:
    """Breaks when a layout of cgroups is read otherwise than by the validators of the minor."""
    changed: dict[str, str | None] = {"/proc/mounts": mounts}
    if not memory_folder:
        changed["/sys/fs/cgroup/memory/tasks"] = None
        changed["/sys/fs/cgroup/cpuset/tasks"] = ""
    facts = cgroups.gather(place(tmp_path, "linux-6.18-v1", **changed), {"method": method})
    assert (facts["version"], facts["source"]) == (expected, source)
