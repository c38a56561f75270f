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

# The kernel counts the starts of processes in steps of 10 ms, and stamps files by a clock that is up to 10 ms behind. A
# component needs longer than that from its start until it reads a file.
CLOCK_ERROR = 0.02
_LOOKS = 5
# The arguments of one process may have up to 6 MiB (execve(2)).
_LARGEST = 2**20

# A container's mount of the file that the kubelet gives it for its last words (proc(5), mountinfo: the fourth field). The
# kubelet makes the uid of a pod that comes from a file of a hash, without the dashes that the API server's uids have.
_STATIC_POD = re.compile(r"^\d+ \d+ \S+ \S*/pods/[0-9a-f]{32}/containers/([^/ ]+)/", re.MULTILINE)


class Process(t.NamedTuple):
    """A process. arguments: with the program's name. started: seconds since the epoch."""

    pid: int
    arguments: tuple[str, ...]
    started: float


def _read(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as stream:
            return (stream.read(_LARGEST) or b"").decode("utf-8", "replace")
    except OSError:
        return ""


def _arguments() -> dict[int, tuple[str, ...]]:
    """The arguments of all processes that have some, by process id."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            arguments = tuple(_read(f"/proc/{entry}/cmdline").split("\0")[:-1])
            if arguments and arguments[0]:
                found[int(entry)] = arguments
    return found


def process_names() -> dict[int, str]:
    """The base names of the programs that run (argv[0]), by process id."""
    return {pid: os.path.basename(arguments[0]) for pid, arguments in _arguments().items()}


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


def processes(program: str) -> list[Process]:
    """The processes of a program."""
    found = [process(pid) for pid, name in process_names().items() if name == program]
    return [item for item in found if item is not None]


def static_pod_container(mountinfo: str) -> str | None:
    """The name of the container of a static pod that a process is in, by its /proc/PID/mountinfo; None for all others."""
    match = _STATIC_POD.search(mountinfo)
    return match.group(1) if match else None


def is_roots(status: str) -> bool:
    """Whether a process is root's in every way, by its /proc/PID/status; one that was started by set-user-ID is not."""
    return re.search(r"^Uid:\t0\t0\t0\t0$", status, re.MULTILINE) is not None


def static_pod_processes(component: str) -> list[Process]:
    """The processes of a control plane component of this host.

    Others of the same name, as those of a cluster inside pods or of an etcd of the user's own, are not among them. Nor are those
    of anybody but root: whoever makes a user namespace of his own (user_namespaces(7)) can mount in it what looks like a pod's
    file, and have root read what he likes by way of C(/proc/PID/root). Components of other users than root are not made here.
    """
    return [
        item
        for item in processes(component)
        if is_roots(_read(f"/proc/{item.pid}/status"))
        and static_pod_container(_read(f"/proc/{item.pid}/mountinfo")) == component
    ]


def oldest_start(program: str) -> float:
    """When the oldest process of a component was started, in seconds since the epoch; 0 where none runs."""
    found = static_pod_processes(program) or processes(program)
    return min((item.started for item in found), default=0.0)


__all__ = (
    "CLOCK_ERROR",
    "Process",
    "boot_time",
    "is_roots",
    "is_running",
    "oldest_start",
    "process",
    "process_names",
    "processes",
    "start_time",
    "static_pod_container",
    "static_pod_processes",
)
