# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The part of SystemVerification that looks at cgroups: their version and their controllers."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.specification import (
    WAIVER,
    specification,
    verification,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._release.release import Release
from ansible_collections.kubewright.control_plane.plugins.module_utils._release.version import is_version

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


def _has_freezer(host: Host, mount: Mount) -> bool:
    """Whether a cgroup of v2 can be frozen (Linux 5.2). kubeadm makes a cgroup to look; those that are there tell the same.

    Where there is none, the kernel is taken to be new enough.
    """
    if mount.read_only:
        return False
    folders = [name for name in host.names(mount.path) or [] if host.names(f"{mount.path}/{name}") is not None]
    return not folders or any(host.exists(f"{mount.path}/{name}/cgroup.freeze") for name in folders)


def gather(host: Host, config: Config) -> Facts:
    """The facts: C(version) of cgroups, 1 or 2, or None where there are none; C(controllers), or None where they cannot be
    read; C(source), the file that they are from; C(freezer), whether cgroups of v2 can be frozen, or None with v1."""
    method = specification(config).cgroups_from
    mounts = mounts_of(host.lines(MOUNTS))
    version: int | None
    version, mount = 1, None
    if method == "root":
        version, mount = _from_root(mounts) if host.exists(ROOT) else (None, None)
    elif method == "mounts":
        version, mount = _from_mounts(mounts, host.names(f"{ROOT}/memory") is not None)
    if mount is not None:
        source = f"{mount.path}/{CONTROLLERS_V2}"
        text = host.text(source)
        controllers = None if text is None else text.split()
        return {"version": version, "controllers": controllers, "source": source, "freezer": _has_freezer(host, mount)}
    table = host.text(CONTROLLERS_V1)
    controllers = None if table is None or version is None else controllers_v1(table.splitlines())
    return {"version": version, "controllers": controllers, "source": CONTROLLERS_V1, "freezer": None}


def _kubelet_refuses_v1(kubelet: str) -> bool:
    try:
        return bool(Release(kubelet).kubelet_refuses_cgroups_v1)
    except KubewrightError:
        # Newer than what this collection knows.
        return True


def cgroups_version(config: Config, facts: Facts) -> list[Check]:
    """Since 1.32: cgroups v1 are a warning; since 1.35 an error where the kubelet refuses them by default.

    kubelet's failCgroupV1 makes no difference: kubeadm asks to waive the check besides. Since 1.35 kubeadm cannot do without
    the kubelet's version.
    """
    rule = specification(config).cgroups_v1
    if rule is None:
        return []
    severity = WARNING
    if rule == "kubelet":
        kubelet = config.node["kubelet_version"]
        if kubelet is None or not is_version(kubelet):
            cure = f"Install the kubelet of Kubernetes {config.release.minor_text} and start over."
            found = f"kubelet {kubelet}" if kubelet else "no kubelet"
            return [verification(ERROR, False, found, "a kubelet whose version is known", cure)]
        severity = ERROR if _kubelet_refuses_v1(kubelet) else WARNING
    if facts["version"] is None:
        return []
    cure = (
        "Start the host with cgroups v2: add systemd.unified_cgroup_hierarchy=1 to the kernel's command line and restart it. "
        f"To stay with v1, set failCgroupV1: false in KubeletConfiguration and {WAIVER}."
    )
    return [verification(severity, facts["version"] == 2, "cgroups v%d" % facts["version"], "cgroups v2", cure)]


def _available(config: Config, facts: Facts) -> list[str]:
    """The controllers, with those of v2 that the kernel has without naming them."""
    controllers = list(facts["controllers"])
    if facts["version"] == 2:
        freezer = specification(config).cgroups_from == "root" or facts["freezer"]
        controllers += ["devices", "freezer"] if freezer else ["devices"]
    return controllers


def cgroups_controllers(config: Config, facts: Facts) -> list[Check]:
    """Whether the required controllers are there (else an error) and the optional ones (else a warning)."""
    spec = specification(config)
    version = facts["version"]
    if version is None:
        cure = f"Mount cgroups on {ROOT}, as systemd does, or {WAIVER}."
        return [verification(ERROR, False, "no cgroups are mounted", "cgroups", cure)]
    required, optional = spec.cgroups[version], spec.optional_cgroups.get(version, ())
    wanted = "the cgroups %s" % ", ".join(required)
    if facts["controllers"] is None:
        cure = f"Run a kernel with cgroups, or {WAIVER}."
        return [verification(ERROR, False, "no {} to read".format(facts["source"]), wanted, cure)]
    available = _available(config, facts)

    def row(severity: str, names: t.Sequence[str], wanted: str) -> Check:
        missing = [name for name in names if name not in available]
        found = "missing: " + ", ".join(missing) if missing else ", ".join(names)
        enable = ", ".join(f"cgroup_enable={name}" for name in missing)
        cure = (
            f"Run a kernel that has them, and switch on those that its command line leaves off ({enable}; the file to look at "
            "is {}).".format(facts["source"])
        )
        return verification(severity, not missing, "cgroups v%d, %s" % (version, found), wanted, cure)

    checks = [row(ERROR, required, wanted)]
    if optional:
        checks.append(row(WARNING, optional, "also the cgroups %s" % ", ".join(optional)))
    return checks


__all__ = (
    "Facts",
    "Mount",
    "cgroups_controllers",
    "cgroups_version",
    "controllers_v1",
    "gather",
    "mounts_of",
)
