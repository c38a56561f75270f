# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The host as those see it who inspect it: its disks, its network and its commands, beside its files."""

from __future__ import annotations

import os
import socket
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import disk, sockets, walk
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

_LARGEST = 4 * 2**20


class InspectedHost(Host):
    """What is only looked at is None, empty or a text that says so where it is absent or unreadable."""

    def data(self, path: str) -> bytes | None:
        """The first 4 MiB of a file, or None."""
        try:
            with walk.opened(self.path(path), os.O_RDONLY) as descriptor:
                return walk.read(descriptor, _LARGEST)
        except OSError:
            return None

    def text(self, path: str) -> str | None:
        """A file as text, or None."""
        data = self.data(path)
        return None if data is None else data.decode("utf-8", "replace")

    def lines(self, path: str) -> list[str]:
        """The lines of a file; none where it cannot be read."""
        return (self.text(path) or "").splitlines()

    def names(self, path: str) -> list[str] | None:
        """The names in a folder as they are, also such as cannot be shown; sorted. None where there is no such folder."""
        try:
            return sorted(os.listdir(self.path(path)))
        except OSError:
            return None

    def link(self, path: str) -> str | None:
        """What a symbolic link points to, or None."""
        try:
            return os.readlink(self.path(path))
        except OSError:
            return None

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder, or a link to one."""
        return os.path.isdir(self.path(path))

    def space(self, folder: str) -> disk.Space | None:
        """What is left on a folder's file system, or None where it does not say."""
        return disk.space(self.path(folder))

    def write_refusal(self, folder: str) -> str | None:
        """Why no file can be made in a folder, or None."""
        return disk.write_refusal(self.path(folder))

    def fdatasync_ms(self, folder: str) -> float | None:
        """The milliseconds that a small write takes to reach the disk; see C(disk.fdatasync_ms)."""
        return disk.fdatasync_ms(self.path(folder))

    def interfaces(self) -> list[str]:
        """The names of the network interfaces."""
        return sockets.interfaces()

    def interface_address(self, interface: str) -> str | None:
        """The first IPv4 address of an interface, or None."""
        return sockets.interface_address(interface)

    def resolve(self, name: str) -> list[str]:
        """The addresses of a name; it has no time limit of its own."""
        return sockets.resolve(name)

    def can_be_listened_on(self, address: str) -> bool:
        """Whether an address is the host's, tried by listening there."""
        return sockets.can_be_listened_on(address)

    def port_is_free(self, number: int, address: str) -> bool:
        """Whether a port can be listened on. address: where; empty for all addresses."""
        return sockets.port_is_free(number, address)

    def connection(self, host: str, port: int, seconds: float) -> str:
        """What comes of one connection; see C(sockets.connection)."""
        return sockets.connection(host, port, seconds)

    def hostname(self) -> str:
        """The kernel's name of the host."""
        return socket.gethostname()

    def clock(self) -> float:
        """The time, in seconds since the epoch."""
        return time.time()

    def user_id(self) -> int:
        """Who runs this."""
        return os.geteuid()

    def cpus(self) -> int:
        """How many CPUs this process may use."""
        return len(os.sched_getaffinity(0))

    def command(self, name: str) -> str | None:
        """Where a command lies."""
        return find_command(name)

    def run(self, argv: t.Sequence[str]) -> Result:
        """The outcome of a command; code 127 where there is no such command."""
        return self._run(argv)


__all__ = ("InspectedHost",)
