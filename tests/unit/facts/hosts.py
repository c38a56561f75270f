# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts after recorded ones, as trees of files that the checks read in place of the real ones.

Kernel releases, the states of kernel options and the controllers are as recorded; the files are reduced to what is read.
"""

from __future__ import annotations

import gzip
import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

Files = dict[str, "str | None"]

# What all of the recorded kernels have; the files are reduced to the options that some minor asks for.
_COMMON = (
    "NAMESPACES NET_NS PID_NS IPC_NS UTS_NS CGROUPS CGROUP_CPUACCT CGROUP_DEVICE CGROUP_FREEZER CGROUP_SCHED CPUSETS MEMCG INET "
    "PROC_FS FAIR_GROUP_SCHED CFS_BANDWIDTH CGROUP_HUGETLB SECCOMP SECCOMP_FILTER"
)
_V1_CONTROLLERS = "cpuset cpu cpuacct memory devices freezer net_cls blkio perf_event hugetlb pids net_prio"


def configuration(built_in: str, modules: str = "", unset: str = "") -> str:
    """A kernel configuration, with lines of other kinds among them."""
    lines = ["# Linux kernel configuration", 'CONFIG_DEFAULT_HOSTNAME="(none)"', "CONFIG_HZ=250"]
    lines += [f"CONFIG_{name}=y" for name in built_in.split()]
    lines += [f"CONFIG_{name}=m" for name in modules.split()]
    lines += [f"# CONFIG_{name} is not set" for name in unset.split()]
    return "\n".join(lines) + "\n"


def cgroups_table(controllers: str, off: str = "", hierarchies: bool = True) -> str:
    """/proc/cgroups with controllers that are on and off; without hierarchies as on a host with cgroups v2."""
    rows = ["#subsys_name\thierarchy\tnum_cgroups\tenabled"]
    rows += [
        "%s\t%d\t92\t1" % (name, number if hierarchies else 0) for number, name in enumerate(controllers.split(), 1)
    ]
    rows += [f"{name}\t0\t1\t0" for name in off.split()]
    return "\n".join(rows) + "\n"


def _mounts_v1(controllers: str) -> str:
    mounts = ["sysfs /sys sysfs rw 0 0", "tmpfs /sys/fs/cgroup tmpfs ro,nosuid,nodev,noexec,mode=755 0 0"]
    mounts += [f"cgroup /sys/fs/cgroup/{name} cgroup rw,relatime,{name} 0 0" for name in controllers.split()]
    mounts += ["cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0"]
    return "\n".join(mounts) + "\n"


def _host(release: str, **files: str) -> Files:
    return {"/proc/sys/kernel/ostype": "Linux\n", "/proc/sys/kernel/osrelease": release + "\n", **files}


_V1: Files = {
    "/proc/mounts": _mounts_v1(_V1_CONTROLLERS),
    "/proc/cgroups": cgroups_table(_V1_CONTROLLERS),
    "/sys/fs/cgroup/memory/tasks": "",
}
_V2: Files = {
    "/proc/mounts": (
        "sysfs /sys sysfs rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot 0 0\n"
    ),
    "/proc/cgroups": cgroups_table(_V1_CONTROLLERS + " rdma misc", hierarchies=False),
    "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
    "/sys/fs/cgroup/init.scope/cgroup.freeze": "0\n",
}

HOSTS: t.Mapping[str, Files] = {
    # A kernel that shows its own configuration.
    "linux-6.18-v1": {
        **_host("6.18.44-fc-v595"),
        **_V1,
        "/proc/config.gz": configuration(
            _COMMON
            + " EXT4_FS CGROUP_PIDS CGROUP_BPF OVERLAY_FS NETFILTER_XT_MATCH_COMMENT NETFILTER_XT_TARGET_REDIRECT "
            "IP_NF_TARGET_REDIRECT",
            unset="BLK_DEV_DM",
        ),
    },
    "debian-12-v2": {
        **_host("6.1.0-56-cloud-amd64"),
        **_V2,
        "/boot/config-6.1.0-56-cloud-amd64": configuration(
            _COMMON + " EXT4_FS CGROUP_PIDS CGROUP_BPF",
            "OVERLAY_FS BLK_DEV_DM NETFILTER_XT_TARGET_REDIRECT IP_NF_TARGET_REDIRECT NETFILTER_XT_MATCH_COMMENT",
        ),
    },
    "rocky-8-v1": {
        **_host("4.18.0-553.51.1.el8_10.x86_64"),
        **_V1,
        "/boot/config-4.18.0-553.51.1.el8_10.x86_64": configuration(
            _COMMON + " CGROUP_PIDS CGROUP_BPF",
            "EXT4_FS OVERLAY_FS BLK_DEV_DM NETFILTER_XT_TARGET_REDIRECT NETFILTER_XT_MATCH_COMMENT",
        ),
    },
    # Before the pids controller.
    "centos-7.1-v1": {
        **_host("3.10.0-229.el7.x86_64"),
        **_V1,
        "/proc/cgroups": cgroups_table(_V1_CONTROLLERS.replace(" pids", "")),
        "/boot/config-3.10.0-229.el7.x86_64": configuration(
            _COMMON, "EXT4_FS OVERLAY_FS BLK_DEV_DM NETFILTER_XT_TARGET_REDIRECT NETFILTER_XT_MATCH_COMMENT"
        ),
    },
}


class RecordedHost(InspectedHost):
    """A tree of files. answers: the outcome of a command by its words; one that is not there is not installed."""

    def __init__(self, root: pathlib.Path, answers: t.Mapping[str, Result] | None = None) -> None:
        self.calls: list[str] = []
        self._answers = answers or {}
        super().__init__(self._answer, root=str(root))

    def _answer(self, argv: t.Sequence[str]) -> Result:
        self.calls.append(" ".join(argv))
        return self._answers[" ".join(argv)]

    def command(self, name: str) -> str | None:
        """A command lies under its name alone."""
        return name if any(call.split(" ")[0] == name for call in self._answers) else None


def place(
    root: pathlib.Path, name: str, answers: t.Mapping[str, Result] | None = None, **changed: str | None
) -> RecordedHost:
    """A recorded host below a folder. changed: files with other content, or None for one that is not there."""
    for path, content in {**HOSTS[name], **changed}.items():
        if content is not None:
            file = root / path[1:]
            file.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode()
            file.write_bytes(
                gzip.compress(data) if path.endswith(".gz") and not content.startswith("damaged") else data
            )
    return RecordedHost(root, answers)


__all__ = ("HOSTS", "RecordedHost", "cgroups_table", "configuration", "place")
