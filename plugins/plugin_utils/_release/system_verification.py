# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What kubeadm's check SystemVerification wants of a host, by the version of its validators.

Until 1.16 the validators are a part of kubeadm; since 1.17 they are the library k8s.io/system-validators. The release table
says which minor has which (C(system_validators)).

Sources: the validators of kubeadm 1.12.2 and of the library's 1.2.0, 1.4.0 and 1.9.1 as a whole; the specification of the
others and the pull requests between them. No version forbids a kernel option.
"""

from __future__ import annotations

import typing as t


class KernelOption(t.NamedTuple):
    """An option of the kernel's configuration, without C(CONFIG_). names: the first that the configuration has counts."""

    names: tuple[str, ...]
    purpose: str = ""


class Specification(t.NamedTuple):
    """What one version of the validators wants.

    kernel_releases: regular expressions, one of which has to be found in the kernel's release. kernels: the same in words.
    kernel_severity: what another release means, C(error) or C(warning).
    kernel_config_paths: where the kernel's configuration is looked for; C({release}) is the kernel's release.
    required_options: what has to be built in or a module, with every version of cgroups; by_cgroups: with one of them.
    optional_options: what is only reported.
    cgroups_from: how the version of cgroups is found. C(proc): it is not, /proc/cgroups is asked whatever it is; C(root): by
    the file system on /sys/fs/cgroup; C(mounts): by the mounts.
    cgroups, optional_cgroups: the controllers by version of cgroups.
    cgroups_v1: what cgroups v1 mean: None (all well), C(warning), or C(kubelet): an error where the kubelet refuses them.
    docker_releases: like kernel_releases. docker_scheme: a release that is unknown but not refused. docker: the newest known.
    """

    kernel_releases: tuple[str, ...]
    kernels: str
    kernel_severity: str
    kernel_config_paths: tuple[str, ...]
    required_options: tuple[KernelOption, ...]
    required_options_by_cgroups: t.Mapping[int, tuple[KernelOption, ...]]
    optional_options: tuple[KernelOption, ...]
    cgroups_from: str
    cgroups: t.Mapping[int, tuple[str, ...]]
    optional_cgroups: t.Mapping[int, tuple[str, ...]]
    cgroups_v1: str | None
    docker_releases: tuple[str, ...]
    docker_scheme: str
    docker: str
    graph_drivers: tuple[str, ...]


def _options(*names: str) -> tuple[KernelOption, ...]:
    return tuple(KernelOption((name,)) for name in names)


def _without(options: tuple[KernelOption, ...], *names: str) -> tuple[KernelOption, ...]:
    return tuple(option for option in options if option.names[0] not in names)


_V1_ONLY_OPTIONS = ("CGROUP_CPUACCT", "CGROUP_DEVICE", "CGROUP_FREEZER")
_HUGETLB = KernelOption(("CGROUP_HUGETLB",), "for the hugetlb cgroup")

_KUBEADM_1_12 = Specification(
    # Found anywhere in the release, so that 5.4.0 passes by its "4.0".
    kernel_releases=(r"3\.[1-9][0-9].*", r"4\..*"),
    kernels="3.10 or newer of 3.x, or 4.x",
    kernel_severity="error",
    kernel_config_paths=(
        "/proc/config.gz",
        "/boot/config-{release}",
        "/usr/src/linux-{release}/.config",
        "/usr/src/linux/.config",
        "/usr/lib/modules/{release}/config",
        "/usr/lib/ostree-boot/config-{release}",
        "/usr/lib/kernel/config-{release}",
    ),
    required_options=(
        *_options("NAMESPACES", "NET_NS", "PID_NS", "IPC_NS", "UTS_NS", "CGROUPS"),
        *_options(*_V1_ONLY_OPTIONS),
        *_options("CGROUP_SCHED", "CPUSETS", "MEMCG", "INET", "EXT4_FS", "PROC_FS"),
        KernelOption(("NETFILTER_XT_TARGET_REDIRECT", "IP_NF_TARGET_REDIRECT")),
        *_options("NETFILTER_XT_MATCH_COMMENT"),
    ),
    required_options_by_cgroups={},
    optional_options=(
        KernelOption(("OVERLAY_FS", "OVERLAYFS_FS"), "for overlayfs"),
        KernelOption(("AUFS_FS",), "for aufs"),
        KernelOption(("BLK_DEV_DM",), "for devicemapper"),
    ),
    cgroups_from="proc",
    cgroups={1: ("cpu", "cpuacct", "cpuset", "devices", "freezer", "memory")},
    optional_cgroups={},
    cgroups_v1=None,
    docker_releases=(r"1\.1[1-3]\..*", r"17\.0[3,6,9]\..*", r"18\.06\..*"),
    # Docker gave up the suffix with 18.09, so that this one refuses what came after it.
    docker_scheme=r"\d{2}\.\d+\.\d+-[a-z]{2}",
    docker="18.06",
    graph_drivers=("aufs", "overlay", "overlay2", "devicemapper", "zfs"),
)

_KUBEADM_1_13 = _KUBEADM_1_12._replace(
    # Seen in a tree between 1.13 and 1.14; 1.13 is chosen.
    kernel_config_paths=(
        *_KUBEADM_1_12.kernel_config_paths,
        "/usr/src/linux-headers-{release}/.config",
        "/lib/modules/{release}/build/.config",
    ),
    docker_scheme=r"\d{2}\.\d+\.\d+(?:-[a-z]{2})?",
)

_KUBEADM_1_14 = _KUBEADM_1_13._replace(
    kernel_releases=(*_KUBEADM_1_13.kernel_releases, r"5\..*"),
    kernels="3.10 or newer of 3.x, 4.x or 5.x",
    docker_releases=(r"1\.1[1-3]\..*", r"17\.0[3,6,9]\..*", r"18\.0[6,9]\..*"),
    docker="18.09",
)

_KUBEADM_1_16 = _KUBEADM_1_14._replace(
    # As it stands in the library's first version, which was taken from here.
    kernel_releases=(r"^3\.[1-9][0-9].*$", r"^([4-9]|[1-9][0-9]+)\.([0-9]+)\.([0-9]+).*$"),
    kernels="3.10 or newer",
)

_V1_0_4 = _KUBEADM_1_16._replace(
    docker_releases=(*_KUBEADM_1_16.docker_releases, r"19\.03\..*"),
    docker="19.03",
)

_V1_1_2 = _V1_0_4._replace(
    cgroups_from="root",
    cgroups={**_V1_0_4.cgroups, 2: ("cpu", "cpuset", "devices", "freezer", "memory")},
    optional_cgroups={1: ("hugetlb", "pids"), 2: ("hugetlb", "pids")},
)

_V1_2_0 = _V1_1_2._replace(
    cgroups={version: (*names, "pids") for version, names in _V1_1_2.cgroups.items()},
    optional_cgroups={1: ("hugetlb",), 2: ("hugetlb",)},
)

_V1_4_0 = _V1_2_0._replace(
    # Of 1.3.0, which no release of Kubernetes has.
    required_options=(*_V1_2_0.required_options, *_options("CGROUP_PIDS", "FAIR_GROUP_SCHED")),
    optional_options=(*_V1_2_0.optional_options, KernelOption(("CFS_BANDWIDTH",), "for CPU quota"), _HUGETLB),
    docker_releases=(*_V1_2_0.docker_releases, r"20\.10\..*"),
    docker="20.10",
)

_V1_5_0 = _V1_4_0._replace(
    optional_options=(
        *_V1_4_0.optional_options,
        KernelOption(("SECCOMP",), "for seccomp"),
        KernelOption(("SECCOMP_FILTER",), "for seccomp mode 2"),
    ),
)

_V1_6_0 = _V1_5_0._replace(graph_drivers=("aufs", "btrfs", "overlay", "overlay2", "devicemapper", "zfs"))

# The io controller of v2 goes by the name that it has in v1, so that every host with v2 is warned.
_V1_7_0 = _V1_6_0._replace(optional_cgroups={1: ("hugetlb", "blkio"), 2: ("hugetlb", "blkio")})

_V1_8_0 = _V1_7_0._replace(optional_cgroups={1: ("hugetlb", "blkio"), 2: ("hugetlb", "io")})

_V1_9_1 = _V1_8_0._replace(
    kernel_releases=(r"^4\.19.*$", r"^4\.[2-9][0-9].*$", r"^([5-9]|[1-9][0-9]+)\.([0-9]+)\.([0-9]+).*$"),
    kernels="4.19 or newer (with cgroups v2 5.8 or newer is best)",
    required_options=(*_V1_8_0.required_options, *_options("CGROUP_BPF")),
    cgroups_from="mounts",
    cgroups_v1="warning",
)

_V1_9_2 = _V1_9_1._replace(
    required_options=_without(_V1_9_1.required_options, *_V1_ONLY_OPTIONS, "CGROUP_BPF", "CGROUP_PIDS", "CGROUP_SCHED"),
    optional_options=_without(_V1_9_1.optional_options, "CGROUP_HUGETLB"),
)

_LTS_KERNELS = (r"^5\.4.*$", r"^5\.10.*$", r"^5\.15.*$", r"^([6-9]|[1-9][0-9]+)\.([0-9]+)\.([0-9]+).*$")
_LTS_WORDS = "5.4, 5.10, 5.15, or 6.0 or newer (with cgroups v2 5.10 or newer is best)"

_V1_10_1 = _V1_9_1._replace(kernel_releases=_LTS_KERNELS, kernels=_LTS_WORDS, kernel_severity="warning")

_V1_10_2 = _V1_9_2._replace(kernel_releases=_LTS_KERNELS, kernels=_LTS_WORDS, kernel_severity="warning")

_V1_12_1 = _V1_10_2._replace(
    # Of 1.11.1, which no release of Kubernetes has.
    required_options_by_cgroups={
        1: _options(*_V1_ONLY_OPTIONS, "CGROUP_PIDS", "CGROUP_SCHED"),
        2: _options("CGROUP_BPF", "CGROUP_PIDS", "CGROUP_SCHED"),
    },
    optional_options=(*_V1_10_2.optional_options, _HUGETLB),
    cgroups_v1="kubelet",
)

SPECIFICATIONS: t.Mapping[str, Specification] = {
    "kubeadm 1.12": _KUBEADM_1_12,
    "kubeadm 1.13": _KUBEADM_1_13,
    "kubeadm 1.14": _KUBEADM_1_14,
    "kubeadm 1.16": _KUBEADM_1_16,
    "1.0.4": _V1_0_4,
    "1.1.2": _V1_1_2,
    "1.2.0": _V1_2_0,
    "1.4.0": _V1_4_0,
    "1.5.0": _V1_5_0,
    "1.6.0": _V1_6_0,
    "1.7.0": _V1_7_0,
    "1.8.0": _V1_8_0,
    "1.9.1": _V1_9_1,
    "1.9.2": _V1_9_2,
    "1.10.1": _V1_10_1,
    "1.10.2": _V1_10_2,
    "1.12.1": _V1_12_1,
}


__all__ = ("SPECIFICATIONS", "KernelOption", "Specification")
