# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version of cgroups and their controllers, from recorded mounts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import cgroups
from facts.hosts import cgroups_table, place

MakeConfig = t.Callable[..., t.Any]
ROOT, UNIFIED = "/sys/fs/cgroup", "/sys/fs/cgroup/unified"
# Each way to find the version: not at all, by the root, by the mounts.
PROC, BY_ROOT, BY_MOUNTS = "1.18.0", "1.31.0", "1.37.0"


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
    ("version", "mounts", "memory_folder", "expected", "source"),
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
    make_config: MakeConfig,
    version: str,
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
    facts = cgroups.gather(place(tmp_path, "linux-6.18-v1", **changed), make_config(version))
    assert (facts["version"], facts["source"]) == (expected, source)


@pytest.mark.parametrize("version", [BY_ROOT, BY_MOUNTS])
def test_a_host_without_cgroups(tmp_path: pathlib.Path, make_config: MakeConfig, version: str) -> None:
    """Breaks when a host that mounts no cgroups passes, or raises."""
    config = make_config(version, facts={"kubelet_version": "v1.37.0"})
    files = {"/proc/mounts": "", "/sys/fs/cgroup/memory/tasks": None}
    facts = cgroups.gather(place(tmp_path, "linux-6.18-v1", **files), config)
    (row,) = cgroups.cgroups_controllers(config, facts)
    assert (row.passed, row.severity, row.found) == (False, "error", "no cgroups are mounted")
    assert cgroups.cgroups_version(config, facts) == []


@pytest.mark.parametrize(
    ("name", "lost", "source"),
    [
        ("linux-6.18-v1", "/proc/cgroups", "/proc/cgroups"),
        ("debian-12-v2", f"{ROOT}/cgroup.controllers", f"{ROOT}/cgroup.controllers"),
    ],
)
def test_unreadable_controllers(
    tmp_path: pathlib.Path, make_config: MakeConfig, name: str, lost: str, source: str
) -> None:
    """Breaks when the file of the controllers is absent: kubeadm fails then."""
    config = make_config("1.31.0")
    (row,) = cgroups.cgroups_controllers(config, cgroups.gather(place(tmp_path, name, **{lost: None}), config))
    assert (row.passed, row.severity, row.found) == (False, "error", f"no {source} to read")


@pytest.mark.parametrize(
    ("version", "changed", "passed"),
    [
        (BY_MOUNTS, {}, True),
        # A kernel before 5.2; until 1.31 kubeadm does not look.
        (BY_MOUNTS, {f"{ROOT}/init.scope/cgroup.freeze": None, f"{ROOT}/init.scope/cgroup.procs": ""}, False),
        (BY_ROOT, {f"{ROOT}/init.scope/cgroup.freeze": None, f"{ROOT}/init.scope/cgroup.procs": ""}, True),
        # One of several that cannot be frozen: a threaded cgroup has the file too, so one that has it is enough.
        (BY_MOUNTS, {f"{ROOT}/a.slice/cgroup.procs": ""}, True),
        (BY_MOUNTS, {f"{ROOT}/init.scope/cgroup.freeze": None}, True),
        # kubeadm cannot make its cgroup there.
        (BY_MOUNTS, {"/proc/mounts": f"cgroup2 {ROOT} cgroup2 ro,nosuid 0 0\n"}, False),
        (BY_ROOT, {"/proc/mounts": f"cgroup2 {ROOT} cgroup2 ro,nosuid 0 0\n"}, True),
    ],
)
def test_freezer(
    tmp_path: pathlib.Path, make_config: MakeConfig, version: str, changed: dict[str, str | None], passed: bool
) -> None:
    """Breaks when the controller that cgroups v2 do not name is taken for present or absent unlike kubeadm."""
    config = make_config(version)
    row = cgroups.cgroups_controllers(config, cgroups.gather(place(tmp_path, "debian-12-v2", **changed), config))[0]
    assert row.passed == passed
    assert passed or row.found == "cgroups v2, missing: freezer"


def test_the_cure_of_a_missing_controller(make_config: MakeConfig) -> None:
    """Breaks the cure: which word has to go to the kernel's command line."""
    facts = {
        "version": 1,
        "controllers": ["cpu", "cpuset", "cpuacct", "devices"],
        "source": "/proc/cgroups",
        "freezer": None,
    }
    rows = cgroups.cgroups_controllers(make_config("1.19.0"), facts)
    assert [row.found for row in rows] == ["cgroups v1, missing: freezer, memory", "cgroups v1, missing: hugetlb, pids"]
    assert [row.wanted for row in rows] == [
        "the cgroups cpu, cpuacct, cpuset, devices, freezer, memory",
        "also the cgroups hugetlb, pids",
    ]
    assert "(cgroup_enable=freezer, cgroup_enable=memory; the file to look at is /proc/cgroups)" in rows[0].cure


def test_what_to_do_about_cgroups_v1(make_config: MakeConfig) -> None:
    """Breaks the two ways out of cgroups v1. kubelet's setting alone does not satisfy kubeadm."""
    facts = {"version": 1}
    settings: dict[str, bool]
    for settings in ({}, {"failCgroupV1": False}):
        config = make_config("1.35.0", facts={"kubelet_version": "v1.35.0"}, kubelet_configuration=settings)
        (row,) = cgroups.cgroups_version(config, facts)
        assert (row.passed, row.severity, row.found) == (False, "error", "cgroups v1")
        assert "systemd.unified_cgroup_hierarchy=1" in row.cure
        assert "failCgroupV1: false" in row.cure
