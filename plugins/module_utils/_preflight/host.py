# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The host that the preflight checks look at, as a parameter: files, commands and the environment."""

from __future__ import annotations

import os
import stat
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result, Runner, find_command

# /proc/sys answers reads of 4 MiB and more with ENOMEM.
_PIECE = 2**16
_LARGEST = 4 * 2**20


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


class Host:
    """Reads the host. Nothing here raises for what is absent or unreadable."""

    def __init__(self, run: Runner, root: str = "") -> None:
        """run: starts commands. root: a folder that stands for C(/), for tests on recorded files."""
        self._run = run
        self._root = root

    def path(self, path: str) -> str:
        """Where a path of the host lies."""
        return self._root + path

    def data(self, path: str) -> bytes | None:
        """The first 4 MiB of a file, or None."""
        try:
            with open(self.path(path), "rb", buffering=0, opener=_without_waiting) as stream:
                # A pipe among the files would keep the reader waiting for ever.
                if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
                    return None
                data = b""
                while len(data) < _LARGEST:
                    piece = stream.read(_PIECE)
                    if not piece:
                        break
                    data += piece
                return data[:_LARGEST]
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
        """The names in a folder, sorted, or None where there is no such folder."""
        try:
            # Names that are not UTF-8 could not be printed.
            return sorted(os.fsencode(name).decode("utf-8", "backslashreplace") for name in os.listdir(self.path(path)))
        except OSError:
            return None

    def link(self, path: str) -> str | None:
        """What a symbolic link points to, or None."""
        try:
            return os.readlink(self.path(path))
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Whether there is something at a path."""
        return os.path.lexists(self.path(path))

    def command(self, name: str) -> str | None:
        """Where a command lies."""
        return find_command(name)

    def run(self, argv: t.Sequence[str]) -> Result:
        """The outcome of a command; code 127 where there is no such command."""
        return self._run(argv)


__all__ = ("Host",)
