# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The processes of a host, by /proc."""

from __future__ import annotations

import os
import re
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import walk

# The kernel counts the starts of processes in steps of 10 ms, and stamps files by a clock that is up to 10 ms behind. A
# component needs longer than that from its start until it reads a file.
CLOCK_ERROR = 0.02
_LOOKS = 5
# The arguments of one process may have up to 6 MiB (execve(2)).
_LARGEST = 2**20
_LONGEST_NAME = 4096

# In the kubelet's folder, what it mounts into a container. It makes the uid of a pod that comes from a file of a hash, without the
# dashes that the API server's uids have.
_STATIC_POD = re.compile(r"/pods/([0-9a-f]{32})/containers/([^/]+)/[^/]+$")
# The cgroup of a pod, up to its uid, with the drivers cgroupfs and systemd (pkg/kubelet/cm, 1.12 to 1.37).
_POD_CGROUP = r"/kubepods(?:\.slice)?/(?:[^/]*(?:burstable|besteffort)(?:\.slice)?/)?(?:[^/]*-)?pod"


class Process(t.NamedTuple):
    """A process. arguments: with the program's name. started: seconds since the epoch."""

    pid: int
    arguments: tuple[str, ...]
    started: float


def _read(path: str, most: int | None = None) -> str:
    try:
        with open(path, "rb", buffering=0) as stream:
            return walk.read(stream.fileno(), most or _LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""


def _program(pid: int | str) -> str:
    """The base name of a process's program (argv[0]), empty where there is none."""
    return os.path.basename(_read(f"/proc/{pid}/cmdline", _LONGEST_NAME).split("\0", 1)[0])


def _process_ids(*programs: str) -> dict[str, list[int]]:
    """The processes that call themselves so, by what they call themselves, in one pass of /proc."""
    found: dict[str, list[int]] = {program: [] for program in programs}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            found.get(_program(entry), []).append(int(entry))
    return found


def process_ids(program: str) -> list[int]:
    """The processes that call themselves so, whosever they are. What they say of themselves proves nothing."""
    return _process_ids(program)[program]


def start_time(stat: str, boot_time: float, ticks: int) -> float:
    """When a process was started, in seconds since the epoch, by the text of its /proc/PID/stat (proc(5), field 22)."""
    return boot_time + int(stat.rsplit(")", 1)[1].split()[19]) / ticks


def boot_time() -> float:
    """When the kernel was started, in seconds since the epoch, by the clock of now."""
    # The kernel's own word for it (btime in /proc/stat) has whole seconds only. Of several looks at the two clocks the one
    # counts that was not interrupted, as on a busy host.
    looks = []
    for _look in range(_LOOKS):
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        now = time.time()
        after = time.clock_gettime(time.CLOCK_BOOTTIME)
        looks.append((after - before, now - (before + after) / 2))
    return min(looks)[1]


def process(pid: int) -> Process | None:
    """One process, or None where there is none of that id."""
    arguments = tuple(_read(f"/proc/{pid}/cmdline").split("\0")[:-1])
    stat = _read(f"/proc/{pid}/stat")
    if not arguments or not stat:
        return None
    return Process(pid, arguments, start_time(stat, boot_time(), os.sysconf("SC_CLK_TCK")))


def is_running(wanted: Process) -> bool:
    """Whether a process is still there, and not another one with its id."""
    found = process(wanted.pid)
    return found is not None and abs(found.started - wanted.started) < CLOCK_ERROR


def is_roots(status: str) -> bool:
    """Whether a process is root's in every way, by its /proc/PID/status; one that was started by set-user-ID is not."""
    return re.search(r"^Uid:\t0\t0\t0\t0$", status, re.MULTILINE) is not None


def _groups(cgroups: str) -> dict[str, str]:
    """The cgroup of a process by its hierarchy (cgroups(7), /proc/PID/cgroup)."""
    rows = [row.split(":", 2) for row in cgroups.splitlines()]
    return {row[1]: row[2] for row in rows if len(row) == 3}


def _below(cgroups: str, first: str) -> list[str]:
    """The cgroups of a process, from the one below which the system's services are. cgroups, first: see C(is_service)."""
    top = {name: re.sub(r"(/init\.scope)?/?\Z", "", path) for name, path in _groups(first).items()}
    return [path[len(top[name]) :] for name, path in _groups(cgroups).items() if path.startswith(top.get(name, "\0"))]


def is_service(cgroups: str, unit: str, first: str) -> bool:
    """Whether a process is of a service of the system's, by its /proc/PID/cgroup: nobody else can put one there.

    first: the same of process 1, below whose cgroup the services are. Users and containers name theirs as they like.
    """
    return f"/system.slice/{unit}" in _below(cgroups, first)


def is_in_pod(cgroups: str, first: str, uid: str) -> bool:
    """Whether a process is of a pod, by its /proc/PID/cgroup: nobody but root can put one below the kubelet's cgroup.

    first: see C(is_service). uid: of the pod. A kubelet with a cgroup root of its own (cgroupRoot) is not known here.
    """
    return any(re.match(rf"{_POD_CGROUP}{uid}(?:\.slice)?/", path) for path in _below(cgroups, first))


def service_runs(program: str, unit: str) -> bool:
    """Whether a process of that name runs as that service."""
    first = _read("/proc/1/cgroup")
    return any(is_service(_read(f"/proc/{pid}/cgroup"), unit, first) for pid in process_ids(program))


class Mount(t.NamedTuple):
    """A mount (proc(5), mountinfo). device: of the file system. root: the folder in it that is mounted. point: where."""

    device: str
    root: str
    point: str


def mounts(mountinfo: str) -> list[Mount]:
    """What is mounted, in order."""
    rows = [row.split(" ") for row in mountinfo.splitlines()]
    return [Mount(row[2], _unescaped(row[3]), _unescaped(row[4])) for row in rows if len(row) > 6]


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), path)


def place(folder: str, mounted: t.Sequence[Mount]) -> tuple[str, str] | None:
    """On which file system a folder lies, and where in it, by what is mounted; None where nothing is."""
    found = [item for item in mounted if (folder + "/").startswith(item.point.rstrip("/") + "/")]
    if not found:
        return None
    # Of mounts at one point the last hides the others.
    mount = max(enumerate(found), key=lambda pair: (len(pair[1].point), pair[0]))[1]
    rest = folder[len(mount.point.rstrip("/")) :]
    return mount.device, (mount.root.rstrip("/") + rest).rstrip("/")


class Container(t.NamedTuple):
    """A container of a static pod. uid: of the pod. name: its own."""

    uid: str
    name: str


def static_pod_container(mounted: t.Sequence[Mount], kubelet_dir: tuple[str, str]) -> Container | None:
    """The container of a static pod that a process is in, by what is mounted there; None for all others.

    kubelet_dir: where the kubelet's folder lies; see C(place). It gives each container a file there for its last words. A
    folder of such a name anywhere else, as in a volume of a pod, is not meant.
    """
    device, root = kubelet_dir
    for mount in mounted:
        inside = mount.root[len(root) :] if mount.root.startswith(root + "/") else ""
        match = _STATIC_POD.match(inside)
        if match is not None and mount.device == device:
            return Container(*match.groups())
    return None


def _root_dirs(kubelets: t.Sequence[int]) -> list[str]:
    """The folders of the kubelets that run: C(--root-dir), else the usual one."""
    found = [KUBELET_DIR]
    for pid in kubelets:
        running = process(pid)
        if running is None or not _is_of_the_host(pid):
            continue
        for argument, following in zip(running.arguments, (*running.arguments[1:], "")):
            name, equals, value = argument.partition("=")
            if name in ("--root-dir", "-root-dir"):
                found.append(value if equals else following)
    return [os.path.realpath(folder) for folder in found if folder.startswith("/")]


def _is_of_the_host(pid: int) -> bool:
    """Whether a process is root's and in no container."""
    try:
        same = os.readlink(f"/proc/{pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt")
    except OSError:
        return False
    return same and (os.geteuid() != 0 or is_roots(_read(f"/proc/{pid}/status")))


def static_pod_processes(component: str) -> list[Process]:
    """The processes of a control plane component of this host.

    Others of the same name, as those of a cluster inside pods or of an etcd of the user's own, are not among them. What is mounted
    proves nothing of a process of another user than root (as with runAsUser): whoever makes a user namespace of his own
    (user_namespaces(7)) can mount in it what looks like a pod's file. It has to be in the cgroup of that pod besides.
    """
    return _static_pods(component, _process_ids(component, "kubelet"))


def _static_pods(component: str, ids: t.Mapping[str, t.Sequence[int]]) -> list[Process]:
    """See C(static_pod_processes). ids: the processes of the component and of the kubelet, by their names."""
    if not ids[component]:
        return []
    mounted = mounts(_read("/proc/self/mountinfo"))
    folders = [
        found for found in (place(folder, mounted) for folder in _root_dirs(ids["kubelet"])) if found is not None
    ]
    first = _read("/proc/1/cgroup")
    trusted = []
    for pid in ids[component]:
        seen = mounts(_read(f"/proc/{pid}/mountinfo"))
        found = [item for at in folders for item in [static_pod_container(seen, at)] if item is not None]
        pods = [item.uid for item in found if item.name == component]
        if pods and (
            is_roots(_read(f"/proc/{pid}/status"))
            or any(is_in_pod(_read(f"/proc/{pid}/cgroup"), first, uid) for uid in pods)
        ):
            trusted.append(pid)
    return [item for item in map(process, trusted) if item is not None]


def oldest_start(program: str) -> float:
    """When the oldest process of a component was started, in seconds since the epoch; 0 where none runs."""
    ids = _process_ids(program, "kubelet")
    found = _static_pods(program, ids)
    if not found:
        outside = [process(pid) for pid in ids[program] if _is_of_the_host(pid)]
        found = [item for item in outside if item is not None]
    return min((item.started for item in found), default=0.0)


__all__ = (
    "CLOCK_ERROR",
    "Container",
    "Mount",
    "Process",
    "boot_time",
    "is_in_pod",
    "is_roots",
    "is_running",
    "is_service",
    "mounts",
    "oldest_start",
    "place",
    "process",
    "process_ids",
    "service_runs",
    "start_time",
    "static_pod_container",
    "static_pod_processes",
)
