# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""One run at a time: a lock of the kernel's (flock(2)), which ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import walk

# Of what changes a host: a folder where only root can write, and that is empty after a reboot.
HOST = "/run/kubewright.lock"
# How long one waits where the controller does not say.
SECONDS = 120.0
_INTERVAL = 0.1
_LONGEST = 200
# What this process holds already: a second descriptor would wait for the first.
_held: set[str] = set()


class Waiting(t.NamedTuple):
    """For how many seconds one waits, and by which clock."""

    seconds: float
    monotonic: t.Callable[[], float] = time.monotonic
    sleep: t.Callable[[float], None] = time.sleep


def _holder(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return (
        line(os.read(descriptor, _LONGEST).decode("utf-8", "replace").strip())
        or "a process that does not say who it is"
    )


def _name_holder(descriptor: int, doing: str) -> None:
    os.ftruncate(descriptor, 0)
    began = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
    text = f"process {os.getpid()} on {socket.gethostname()} ({doing}, since {began})"
    os.pwrite(descriptor, text.encode("utf-8", "replace"), 0)


def _take(descriptor: int, path: str, waiting: Waiting) -> None:
    end = waiting.monotonic() + waiting.seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
        if waiting.monotonic() >= end:
            raise KubewrightError(
                f"another run is at work: {path} is held by {_holder(descriptor)}, for longer than {waiting.seconds:g} s "
                "(kubewright_lock_timeout). Wait until it has ended, or end that process, and run again."
            )
        waiting.sleep(_INTERVAL)


@contextlib.contextmanager
def locked(path: str, doing: str, waiting: Waiting) -> t.Iterator[None]:
    """Holds a lock; no other process has it meanwhile. One that this process holds is held on.

    path: a file that is made where it is absent, and stays. doing: what is done, for those who wait.
    Raises KubewrightError where it is not to be had in time, naming who has it, or cannot be made.
    """
    if path in _held:
        yield
        return
    try:
        with walk.parent(path, missing_mode=0o755) as (folder, name):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    except OSError as error:
        raise KubewrightError(
            f"{path} cannot be locked: {error.strerror}. Run as a user who may write there (on a host: 'become: true')."
        ) from error
    try:
        try:
            _take(descriptor, path, waiting)
        except OSError as error:
            raise KubewrightError(
                f"{path} cannot be locked: {error.strerror}. Take a file system that has locks (flock)."
            ) from error
        # A full disk keeps it from saying who it is, and from nothing else.
        with contextlib.suppress(OSError):
            _name_holder(descriptor, doing)
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            # Nobody is told of one who has ended.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


__all__ = ("HOST", "SECONDS", "Waiting", "locked")
