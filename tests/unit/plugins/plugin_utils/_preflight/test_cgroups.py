# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the version of cgroups and their controllers mean, from recorded mounts."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.cgroups import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import cgroups
from facts.hosts import place

MakeConfig = t.Callable[..., t.Any]
ROOT = "/sys/fs/cgroup"
# Two ways to find the version: by the root, by the mounts.
BY_ROOT, BY_MOUNTS = "1.31.0", "1.37.0"


@pytest.mark.parametrize(("version", "method"), [("1.18.0", "proc"), (BY_ROOT, "root"), (BY_MOUNTS, "mounts")])
def test_how_the_version_is_found(make_config: MakeConfig, version: str, method: str) -> None:
    """Breaks hosts of which one minor's validators say another version of cgroups than another's."""
    assert cgroups.question(make_config(version)) == {"method": method}


@pytest.mark.parametrize("version", [BY_ROOT, BY_MOUNTS])
def test_a_host_without_cgroups(tmp_path: pathlib.Path, make_config: MakeConfig, version: str) -> None:
    """Breaks when a host that mounts no cgroups passes, or raises."""
    config = make_config(version, facts={"kubelet_version": "v1.37.0"})
    files = {"/proc/mounts": "", "/sys/fs/cgroup/memory/tasks": None}
    facts = gather(place(tmp_path, "linux-6.18-v1", **files), cgroups.question(config))
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
    (row,) = cgroups.cgroups_controllers(
        config, gather(place(tmp_path, name, **{lost: None}), cgroups.question(config))
    )
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
    row = cgroups.cgroups_controllers(
        config, gather(place(tmp_path, "debian-12-v2", **changed), cgroups.question(config))
    )[0]
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
