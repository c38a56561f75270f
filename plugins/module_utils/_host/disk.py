# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a folder's disk says of itself, and what it does when it is tried. The attempts leave nothing behind."""

from __future__ import annotations

import errno
import os
import time
import typing as t

# A file system without nameless files says nothing about whether it can be written to.
_NOT_TRIED = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)
# As etcd writes its log; see its guide to disk benchmarks.
_WRITES, _WRITE_BYTES, _WRITING_SECONDS = 40, 2300, 0.6


class Space(t.NamedTuple):
    """What is left on a file system. free_bytes: for others than root, as df says. free_inodes: None where it has no count of them.
    root_bytes: for root as well, for whom ext4 keeps a twentieth of it.
    """

    free_bytes: int
    free_inodes: int | None
    root_bytes: int


def _nameless_file(folder: str) -> int:
    """The descriptor of a new file without a name, which is gone with it. Raises OSError."""
    return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)


def space(folder: str) -> Space | None:
    """What is left on a folder's file system (statvfs), or None where it does not say."""
    try:
        state = os.statvfs(folder)
    except OSError:
        return None
    inodes = state.f_favail if state.f_files else None
    return Space(state.f_bavail * state.f_frsize, inodes, state.f_bfree * state.f_frsize)


def write_refusal(folder: str) -> str | None:
    """Why no file can be made in a folder, or None."""
    try:
        os.close(_nameless_file(folder))
    except OSError as error:
        if error.errno not in _NOT_TRIED:
            return os.strerror(error.errno or 0)
    return None


def fdatasync_ms(folder: str) -> float | None:
    """The milliseconds that a small write takes to reach the disk, of the quickest quarter the slowest; None where it cannot
    be tried.
    """
    try:
        descriptor = _nameless_file(folder)
    except OSError:
        return None
    taken: list[float] = []
    end = time.monotonic() + _WRITING_SECONDS
    try:
        while len(taken) < _WRITES and time.monotonic() < end:
            start = time.monotonic()
            os.write(descriptor, b"\0" * _WRITE_BYTES)
            os.fdatasync(descriptor)
            taken.append((time.monotonic() - start) * 1000)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return sorted(taken)[len(taken) // 4]


__all__ = ("Space", "fdatasync_ms", "space", "write_refusal")
