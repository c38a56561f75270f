# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The host as those see it who wait for a control plane and restart it: processes, times, logs and ports, beside its files."""

from __future__ import annotations

import contextlib
import glob
import os
import signal
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service, processes, walk
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.sockets import OPEN, connection

_CONNECTION_SECONDS = 1.0


class WatchedHost(Host):
    """What is only looked at is None, empty or 0 where it is absent or unreadable."""

    def times(self, path: str) -> tuple[float, float] | None:
        """When the content of a file was changed, and the file itself (mtime, ctime), in seconds since the epoch."""
        try:
            status = os.stat(self.path(path))
        except OSError:
            return None
        return status.st_mtime, status.st_ctime

    def below_pattern(self, folder: str, pattern: str) -> list[str]:
        """The paths below a folder that match a pattern of the shell."""
        top = self.path(folder)
        return [folder + path[len(top) :] for path in glob.glob(f"{glob.escape(top)}/{pattern}")]

    def tail(self, path: str, size: int) -> bytes:
        """The last bytes of a file."""
        try:
            with walk.opened(self.path(path), os.O_RDONLY) as descriptor:
                os.lseek(descriptor, max(0, os.fstat(descriptor).st_size - size), os.SEEK_SET)
                return walk.read(descriptor, size)
        except OSError:
            return b""

    def sees_another(self, pid: int, path: str, host_path: str) -> bool:
        """Whether a process sees another file at a path than lies on the host."""
        try:
            return not os.path.samefile(f"/proc/{pid}/root{path}", self.path(host_path))
        except OSError:
            return False

    def clock(self) -> float:
        """The time, in seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds of a clock that nobody sets."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""
        time.sleep(seconds)

    def component(self, name: str) -> list[Process]:
        """The processes of a component of the control plane; see C(processes.static_pod_processes)."""
        return processes.static_pod_processes(name)

    def oldest_start(self, name: str) -> float:
        """When the oldest process of a component was started, in seconds since the epoch; 0 where none runs."""
        return processes.oldest_start(name)

    def process(self, pid: int) -> Process | None:
        """One process, or None where there is none of that id."""
        return processes.process(pid)

    def is_running(self, wanted: Process) -> bool:
        """Whether a process is still there, and not another one with its id."""
        return processes.is_running(wanted)

    def terminate(self, wanted: Process) -> None:
        """Sends SIGTERM to a process that is still there."""
        if self.is_running(wanted):
            with contextlib.suppress(ProcessLookupError):
                os.kill(wanted.pid, signal.SIGTERM)

    def kubelet(self) -> Process | None:
        """The kubelet, or None where it does not run or systemd knows no such service."""
        pid = kubelet_service.main_pid(self._run)
        return self.process(pid) if pid else None

    def is_listening(self, host: str, port: int) -> bool:
        """Whether somebody takes connections at a port."""
        return connection(host, port, _CONNECTION_SECONDS) == OPEN

    def command(self, name: str) -> str | None:
        """Where a command lies."""
        return find_command(name)

    def run(self, argv: t.Sequence[str]) -> Result:
        """The outcome of a command; code 127 where there is no such command."""
        return self._run(argv)


__all__ = ("WatchedHost",)
