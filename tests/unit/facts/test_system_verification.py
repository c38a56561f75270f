# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SystemVerification in every minor: each kernel, kernel option, controller and Docker that one of them treats differently.

Each thing is taken away from a sound host, or put on it, by itself; a minor that asks for one more or one less turns red.
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    cgroups,
    docker_version,
    ipvs,
    kernel,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check
from facts.ranges import MINORS, Fact, holding, sections

MakeConfig = t.Callable[..., t.Any]
DOCKER = "/var/run/dockershim.sock"
OPTIONS = [
    "NAMESPACES",
    "NET_NS",
    "PID_NS",
    "IPC_NS",
    "UTS_NS",
    "CGROUPS",
    "CGROUP_CPUACCT",
    "CGROUP_DEVICE",
    "CGROUP_FREEZER",
    "CGROUP_PIDS",
    "CGROUP_SCHED",
    "CGROUP_BPF",
    "CPUSETS",
    "MEMCG",
    "INET",
    "EXT4_FS",
    "PROC_FS",
    "NETFILTER_XT_TARGET_REDIRECT",
    "NETFILTER_XT_MATCH_COMMENT",
    "FAIR_GROUP_SCHED",
    "OVERLAY_FS",
    "AUFS_FS",
    "BLK_DEV_DM",
    "CFS_BANDWIDTH",
    "CGROUP_HUGETLB",
    "SECCOMP",
    "SECCOMP_FILTER",
]
CONTROLLERS = {
    1: ["cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids", "hugetlb", "blkio"],
    2: ["cpu", "cpuset", "memory", "pids", "hugetlb", "io"],
}


def _failures(checks: t.Iterable[Check]) -> str | None:
    severities = [check.severity for check in checks if not check.passed]
    assert len(severities) <= 1
    return severities[0] if severities else None


def _ranges(section: str, name: str, value: str, *spans: tuple[int, int]) -> list[Fact]:
    return [Fact(section, name, value, first, last) for first, last in spans]


KERNELS = [
    Fact("K2.1", "2.6.32-71.el6.x86_64", "error", 12, 33),
    Fact("D13", "2.6.32-71.el6.x86_64", "warning", 34),
    Fact("K2.1", "3.9.1", "error", 12, 33),
    Fact("D13", "3.9.1", "warning", 34),
    Fact("D13", "3.10.0-1160.el7.x86_64", "error", 32, 33),
    Fact("D13", "3.10.0-1160.el7.x86_64", "warning", 34),
    Fact("D13", "4.4.0-210-generic", "error", 32, 33),
    Fact("D13", "4.4.0-210-generic", "warning", 34),
    Fact("D13", "4.18.0-553.el8_10.x86_64", "error", 32, 33),
    Fact("D13", "4.18.0-553.el8_10.x86_64", "warning", 34),
    Fact("D13", "4.19.0-27-amd64", "warning", 34),
    Fact("D13", "4.20.17-arch1", "warning", 34),
    # In 1.12 and 1.13 the regular expression for 4.x finds the end of these two.
    Fact("D13", "5.14.0-427.el9.x86_64", "warning", 34),
    Fact("D13", "5.8.0-63-generic", "error", 12, 13),
    Fact("D13", "5.10.0-33-amd64", "error", 12, 13),
    Fact("D13", "5.8.0-63-generic", "warning", 34),
    Fact("D13", "5.15.0-139-generic", "error", 12, 13),
    Fact("D13", "6.1.0-56-amd64", "error", 12, 15),
    Fact("D13", "10.0.1", "error", 12, 15),
    # Without a third number.
    Fact("D13", "6.1", "error", 12, 33),
    Fact("D13", "6.1", "warning", 34),
]
SOUND_KERNELS = ["5.4.0-150-generic"]


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(KERNELS)}")
def test_kernels(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a minor takes a kernel that kubeadm refuses or warns of, or the other way round."""
    config = make_config("1.%d.0" % minor)
    names = {fact.name for fact in KERNELS} | set(SOUND_KERNELS)
    found = {name: _failures([kernel.kernel_release(config, {"release": name})]) for name in names}
    assert {name: outcome for name, outcome in found.items() if outcome} == holding(KERNELS, minor)


ALWAYS = [
    "NAMESPACES",
    "NET_NS",
    "PID_NS",
    "IPC_NS",
    "UTS_NS",
    "CGROUPS",
    "CPUSETS",
    "MEMCG",
    "INET",
    "EXT4_FS",
    "PROC_FS",
    "NETFILTER_XT_TARGET_REDIRECT",
    "NETFILTER_XT_MATCH_COMMENT",
]
REQUIRED_V1 = [
    *(
        Fact("K2.1", name, "error")
        for name in (*ALWAYS, "CGROUP_CPUACCT", "CGROUP_DEVICE", "CGROUP_FREEZER", "CGROUP_SCHED")
    ),
    Fact("D13", "CGROUP_PIDS", "error", 21),
    Fact("D13", "FAIR_GROUP_SCHED", "error", 21),
    Fact("D13", "CGROUP_BPF", "error", 32, 34),
]
REQUIRED_V2 = [
    *(Fact("K2.1", name, "error") for name in (*ALWAYS, "CGROUP_SCHED")),
    *(Fact("D13", name, "error", 12, 34) for name in ("CGROUP_CPUACCT", "CGROUP_DEVICE", "CGROUP_FREEZER")),
    Fact("D13", "CGROUP_PIDS", "error", 21),
    Fact("D13", "FAIR_GROUP_SCHED", "error", 21),
    Fact("D13", "CGROUP_BPF", "error", 32),
]
# Patch releases that ask for less: nothing that one version of cgroups alone needs.
RELAXED = {"1.32.10", "1.33.6", "1.34.2"}
RELAXED_REQUIRED = {*ALWAYS, "FAIR_GROUP_SCHED"}


def _missing_options(config: t.Any, version: int) -> set[str]:
    missing = set()
    for name in OPTIONS:
        states = dict.fromkeys(set(OPTIONS) - {name}, "y")
        facts = {"release": "6.1.0-56-amd64", "config": "/boot/config", "options": states}
        if _failures([kernel.kernel_config(config, facts, version)]):
            missing.add(name)
    return missing


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(REQUIRED_V1)}")
def test_required_kernel_options(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a minor asks for another set of kernel options, with either version of cgroups."""
    config = make_config("1.%d.0" % minor)
    assert _missing_options(config, 1) == set(holding(REQUIRED_V1, minor))
    assert _missing_options(config, 2) == set(holding(REQUIRED_V2, minor))


@pytest.mark.parametrize("version", sorted(RELAXED), ids=lambda version: f"{version}-D13")
def test_patch_releases_that_require_fewer_kernel_options(make_config: MakeConfig, version: str) -> None:
    """Breaks the hosts for which these patch releases were made: openSUSE's kernel has no options for cgroups v1."""
    minor = version.rpartition(".")
    assert _missing_options(make_config(version), 2) == RELAXED_REQUIRED
    before = "%s.%d" % (minor[0], int(minor[2]) - 1)
    assert _missing_options(make_config(before), 2) > RELAXED_REQUIRED


# With what each is for.
OPTIONAL = [
    Fact("K2.1", "CONFIG_OVERLAY_FS or CONFIG_OVERLAYFS_FS", "for overlayfs"),
    Fact("K2.1", "CONFIG_AUFS_FS", "for aufs"),
    Fact("K2.1", "CONFIG_BLK_DEV_DM", "for devicemapper"),
    Fact("D13", "CONFIG_CFS_BANDWIDTH", "for CPU quota", 21),
    Fact("D13", "CONFIG_CGROUP_HUGETLB", "for the hugetlb cgroup", 21),
    Fact("D13", "CONFIG_SECCOMP", "for seccomp", 22),
    Fact("D13", "CONFIG_SECCOMP_FILTER", "for seccomp mode 2", 22),
]


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(OPTIONAL)}")
def test_optional_kernel_options_are_only_reported(make_config: MakeConfig, minor: int) -> None:
    """Breaks when an optional option fails a host, or is no longer named where it is missing."""
    names = {fact.name.split(" ")[0].replace("CONFIG_", "") for fact in OPTIONAL}
    facts = {"release": "6.1.0", "config": "/boot/config", "options": dict.fromkeys(set(OPTIONS) - names, "m")}
    row = kernel.kernel_config(make_config("1.%d.0" % minor), facts, 1)
    assert row.passed
    expected = [f"{name} ({purpose}) not set" for name, purpose in holding(OPTIONAL, minor).items()]
    assert sorted(row.found.partition("optional ones: ")[2].split(", ")) == sorted(expected)


CGROUPS_V1 = [
    *(Fact("K2.1", name, "error") for name in ["cpu", "cpuacct", "cpuset", "devices", "freezer", "memory"]),
    Fact("D13", "pids", "warning", 19, 19),
    Fact("D13", "pids", "error", 20),
    Fact("D13", "hugetlb", "warning", 19),
    Fact("D13", "blkio", "warning", 24),
]
CGROUPS_V2 = [
    *(Fact("D13", name, "error", 19) for name in ["cpu", "cpuset", "memory"]),
    Fact("D13", "pids", "warning", 19, 19),
    Fact("D13", "pids", "error", 20),
    Fact("D13", "hugetlb", "warning", 19),
    Fact("D13", "io", "warning", 26),
]


def _missing_controllers(config: t.Any, version: int) -> dict[str, str]:
    found = {}
    # Until 1.25 a host with v2 is warned of blkio, which v2 never has.
    always = {"blkio"} if version == 2 else set()
    for name in CONTROLLERS[version]:
        there = sorted((set(CONTROLLERS[version]) | always) - {name})
        facts = {"version": version, "controllers": there, "source": "x", "freezer": True}
        outcome = _failures(cgroups.cgroups_controllers(config, facts))
        if outcome:
            found[name] = outcome
    return found


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(CGROUPS_V1)}")
def test_controllers(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a minor asks for another set of controllers. Until 1.18 there is no cgroups v2 for kubeadm."""
    config = make_config("1.%d.0" % minor)
    assert _missing_controllers(config, 1) == holding(CGROUPS_V1, minor)
    if minor >= 19:
        assert _missing_controllers(config, 2) == holding(CGROUPS_V2, minor)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.23.17", None),
        ("1.24.0", "warning"),
        ("1.24.9", "warning"),
        ("1.24.10", None),
        ("1.25.5", "warning"),
        ("1.25.6", None),
        ("1.26.0", None),
    ],
)
def test_the_false_alarm_of_blkio(make_config: MakeConfig, version: str, expected: str | None) -> None:
    """Breaks when a patch release warns of blkio on cgroups v2 unlike kubeadm (D13)."""
    facts = {"version": 2, "controllers": CONTROLLERS[2], "source": "x", "freezer": True}
    assert _failures(cgroups.cgroups_controllers(make_config(version), facts)) == expected


CGROUPS_VERSIONS = [
    *_ranges("D13", "v1 with kubelet v1.34.9", "warning", (32, 37)),
    *_ranges("D13", "v1 with kubelet v1.35.0", "warning", (32, 34)),
    *_ranges("D13", "v1 with kubelet v1.35.0", "error", (35, 37)),
    *_ranges("D13", "v1 with kubelet v1.35.0-alpha.1", "warning", (32, 34)),
    *_ranges("D13", "v1 with kubelet v1.35.0-alpha.1", "error", (35, 37)),
    *_ranges("D13", "v1 with kubelet v1.38.0", "warning", (32, 34)),
    *_ranges("D13", "v1 with kubelet v1.38.0", "error", (35, 37)),
    *_ranges("D13", "v1 with kubelet None", "warning", (32, 34)),
    *_ranges("D13", "v1 with kubelet None", "error", (35, 37)),
    *_ranges("D13", "v2 with kubelet None", "error", (35, 37)),
]


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(CGROUPS_VERSIONS)}")
def test_versions_of_cgroups(make_config: MakeConfig, minor: int) -> None:
    """Breaks when cgroups v1 are refused, warned of or let pass unlike kubeadm, which since 1.35 asks the kubelet's version."""
    found = {}
    for version in (1, 2):
        for kubelet in ("v1.34.9", "v1.35.0", "v1.35.0-alpha.1", "v1.38.0", None):
            config = make_config("1.%d.0" % minor, facts={"kubelet_version": kubelet})
            outcome = _failures(cgroups.cgroups_version(config, {"version": version}))
            if outcome:
                found[f"v{version} with kubelet {kubelet}"] = outcome
    assert found == holding(CGROUPS_VERSIONS, minor)


DOCKERS = [
    Fact("K2.1", "1.10.3 aufs", "error", 12, 23),
    *(
        Fact("K2.1", name, "warning", 12, 23)
        for name in ("17.05.0-ce overlay2", "18.03.1-ce overlay2", "17.05.0-ce vfs")
    ),
    Fact("K2.1", "18.09.1 overlay2", "error", 12, 12),
    Fact("D13", "18.09.1 overlay2", "warning", 13, 13),
    Fact("K2.1", "19.03.15 overlay2", "error", 12, 12),
    Fact("D13", "19.03.15 overlay2", "warning", 13, 16),
    Fact("K2.1", "20.10.24+dfsg1 overlay2", "error", 12, 12),
    Fact("D13", "20.10.24+dfsg1 overlay2", "warning", 13, 20),
    Fact("K2.1", "24.0.7 overlay2", "error", 12, 12),
    Fact("D13", "24.0.7 overlay2", "warning", 13, 23),
    Fact("K2.1", "dev overlay2", "error", 12, 23),
    Fact("K2.1", "18.06.1-ce vfs", "error", 12, 23),
    Fact("K2.1", "18.06.1-ce btrfs", "error", 12, 22),
]
SOUND_DOCKERS = [f"18.06.1-ce {driver}" for driver in ("aufs", "overlay", "overlay2", "devicemapper", "zfs")]
SOUND_DOCKERS += ["1.11.2 aufs", "1.13.1 zfs", "17.03.2-ce overlay2", "17.06.2-ce overlay2", "17.09.1-ce overlay2"]


@pytest.mark.parametrize("minor", range(12, 24), ids=lambda minor: f"1.{minor}-{sections(DOCKERS)}")
def test_dockers(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a minor takes a Docker or a graph driver that kubeadm refuses or warns of, or the other way round."""
    config = make_config("1.%d.0" % minor, cri_socket=DOCKER)
    found = {}
    for name in {fact.name for fact in DOCKERS} | set(SOUND_DOCKERS):
        version, driver = name.split()
        facts = {"version": version, "driver": driver, "error": None}
        found[name] = _failures(docker_version.docker(config, facts))
    assert {name: outcome for name, outcome in found.items() if outcome} == holding(DOCKERS, minor)


WANTED = [
    Fact("K2.1", "kernel", "kernel 3.10 or newer of 3.x, or 4.x", 12, 13),
    Fact("D13", "kernel", "kernel 3.10 or newer of 3.x, 4.x or 5.x", 14, 15),
    Fact("D13", "kernel", "kernel 3.10 or newer", 16, 31),
    Fact("D13", "kernel", "kernel 4.19 or newer (with cgroups v2 5.8 or newer is best)", 32, 33),
    Fact("D13", "kernel", "kernel 5.4, 5.10, 5.15, or 6.0 or newer (with cgroups v2 5.10 or newer is best)", 34),
    Fact("K2.1", "docker", "18.06", 12, 13),
    Fact("D13", "docker", "18.09", 14, 16),
    Fact("D13", "docker", "19.03", 17, 20),
    Fact("D13", "docker", "20.10", 21, 23),
]


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(WANTED)}")
def test_what_is_wanted(make_config: MakeConfig, minor: int) -> None:
    """Breaks the words that tell the user which kernel and which Docker to install."""
    config = make_config("1.%d.0" % minor)
    found = {"kernel": kernel.kernel_release(config, {"release": "2.4.0"}).wanted}
    if minor < 24:
        (row,) = docker_version.docker(config, {"version": "dev", "driver": "vfs", "error": None})
        found["docker"] = row.wanted.rpartition(" ")[2]
    assert found == holding(WANTED, minor)


IPVS = [
    Fact("K2.2", "RequiredIPVSKernelModulesAvailable", "warning", 12, 14),
    Fact("D13", "IPVSProxierCheck", "error", 15, 15),
    Fact("D13", "KubeProxyMode", "warning", 37, 37),
]


@pytest.mark.parametrize("minor", MINORS, ids=lambda minor: f"1.{minor}-{sections(IPVS)}")
def test_ipvs(make_config: MakeConfig, minor: int) -> None:
    """Breaks when a minor checks ipvs that does not, or by another name."""
    config = make_config("1.%d.0" % minor, kube_proxy_configuration={"mode": "ipvs"})
    facts = None
    if config.release.preflight_ipvs:
        facts = {"release": "6.1.0", "loaded": [], "builtin": [], "loadable": [], "ipset": None}
    assert {row.name: row.severity for row in ipvs.check(config, facts) if not row.passed} == holding(IPVS, minor)
