# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The processes of a host, by /proc."""

from __future__ import annotations

import os

# The kernel tells the time of its start in whole seconds.
CLOCK_ERROR = 1.0


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def process_names() -> dict[int, str]:
    """The base names of the programs that run (argv[0]), by process id."""
    names = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            program = _read(f"/proc/{entry}/cmdline").split("\0")[0]
            if program:
                names[int(entry)] = os.path.basename(program)
    return names


def start_time(stat: str, boot_time: float, ticks: int) -> float:
    """When a process was started, in seconds since the epoch, by the text of its /proc/PID/stat (proc(5), field 22)."""
    return boot_time + int(stat.rsplit(")", 1)[1].split()[19]) / ticks


def boot_time() -> float:
    """When the kernel was started, in seconds since the epoch."""
    for line in _read("/proc/stat").splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    return 0.0


def oldest_start(program: str) -> float:
    """When the oldest process of a program was started, in seconds since the epoch; 0 where none runs."""
    started = []
    for pid, name in process_names().items():
        stat = _read(f"/proc/{pid}/stat") if name == program else ""
        if stat:
            started.append(start_time(stat, boot_time(), os.sysconf("SC_CLK_TCK")))
    return min(started, default=0.0)


__all__ = ("CLOCK_ERROR", "boot_time", "oldest_start", "process_names", "start_time")
