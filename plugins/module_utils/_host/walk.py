# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Paths, walked one folder after the other, so that nobody but root decides where they lead.

Each folder is held open by its descriptor while the next one is looked for in it: a folder that is replaced meanwhile leads
nowhere else. A symbolic link is followed where root (or whoever runs this) has made it in a folder where nobody else can put
another one in its place, as the kernel does in sticky folders (protected_symlinks in proc(5)); any other one is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import typing as t

# The kernel's own limit (path_resolution(7)).
_MOST_LINKS = 40
_PIECE = 2**16
# Debian's and Red Hat's (login.defs, SYS_GID_MAX).
_LAST_SYSTEM_GROUP = 999
# Only Linux opens a folder without the right to read it; a controller may be another system.
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_FLUSHED = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.EBADF)
_also_trusted: set[int] = set()


class UntrustedLink(OSError):
    """A symbolic link that somebody without rights has made, or could have put there."""

    def __init__(self, name: str) -> None:
        """name: of the link, in its folder."""
        super().__init__(
            errno.ELOOP, f"a symbolic link there ({name!r}) is not root's, or lies in a folder that is not"
        )


def also_trust(uid: int) -> None:
    """Trusts one more user in this process: on the controller, who has started it by sudo."""
    _also_trusted.add(uid)


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid in (0, os.geteuid(), *_also_trusted)


def others_write(folder: os.stat_result) -> bool:
    """Whether somebody else can put something else into a folder."""
    if folder.st_mode & stat.S_ISVTX:
        return False
    # Groups of the system have nobody in them who is not trusted, and a user's own has nobody else.
    are_people = folder.st_gid > _LAST_SYSTEM_GROUP and folder.st_gid != os.getegid()
    return bool(folder.st_mode & stat.S_IWOTH) or (bool(folder.st_mode & stat.S_IWGRP) and are_people)


def _is_of_kernel(folder: os.stat_result) -> bool:
    """In a user namespace (rootless containers) the links of /proc are nobody's."""
    return any(os.path.ismount(top) and os.stat(top).st_dev == folder.st_dev for top in ("/proc", "/sys"))


def _is_trusted(folder: int, link: os.stat_result) -> bool:
    around = os.fstat(folder)
    return (_is_ours(link) and _is_ours(around) and not others_write(around)) or _is_of_kernel(around)


def _link_target(folder: int, name: str) -> str | None:
    """Where a link leads, None where this is no link. Raises UntrustedLink, FileNotFoundError."""
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISLNK(status.st_mode):
        return None
    # Where it is trusted nobody but root can put another one in its place before it is read.
    if not _is_trusted(folder, status):
        raise UntrustedLink(name)
    return os.readlink(name, dir_fd=folder)


class _Walk:
    """Where one has got to. folder: its descriptor. names: what is to come."""

    def __init__(self, path: str) -> None:
        try:
            os.fsencode(path)
        except ValueError:
            raise OSError(errno.EINVAL, "no path can hold some of its characters") from None
        if "\0" in path:
            raise OSError(errno.EINVAL, "no path can hold some of its characters")
        self.folder = os.open("/" if path.startswith("/") else ".", _FOLDER)
        self.names = path.split("/")
        self._links = 0

    def _into(self, descriptor: int) -> None:
        os.close(self.folder)
        self.folder = descriptor

    def follow(self, target: str) -> None:
        """Goes on where a link leads."""
        self._links += 1
        if self._links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        self.names = target.split("/") + self.names
        if target.startswith("/"):
            self._into(os.open("/", _FOLDER))

    def to_last(self, follow: bool, missing_mode: int | None) -> str:
        """Goes on until one name is left, and returns it; empty for the root. See C(parent)."""
        while True:
            while self.names and self.names[0] in ("", "."):
                self.names.pop(0)
            if not self.names:
                return ""
            name = self.names.pop(0)
            is_last = not any(item not in ("", ".") for item in self.names)
            if is_last and (not follow or name == ".."):
                return name
            try:
                target = None if name == ".." else _link_target(self.folder, name)
            except FileNotFoundError:
                if is_last:
                    return name
                if missing_mode is None:
                    raise
                self._make(name, missing_mode)
                target = None
            if target is not None:
                self.follow(target)
            elif is_last:
                return name
            else:
                self._into(os.open(name, _FOLDER, dir_fd=self.folder))

    def _make(self, name: str, mode: int) -> None:
        # Another one may have made it meanwhile.
        with contextlib.suppress(FileExistsError):
            make_folder(self.folder, name, mode)


def make_folder(folder: int, name: str, mode: int) -> None:
    """Makes a folder with exactly that mode in an open one. Raises OSError."""
    os.mkdir(name, mode, dir_fd=folder)
    descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def flush(folder: int) -> None:
    """Has the names in a folder on the disk, so that they are there after a loss of power. Raises OSError."""
    # What is opened by O_PATH alone cannot be told to.
    try:
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        # What is there is there: not every file system can be told, nor every folder read.
        if error.errno not in _NOT_FLUSHED:
            raise


@contextlib.contextmanager
def parent(path: str, follow: bool = False, missing_mode: int | None = None) -> t.Iterator[tuple[int, str]]:
    """The descriptor (O_PATH) of the folder in which a path ends, and the name in it.

    follow: whether a link at the end is followed. missing_mode: the mode with which absent folders on the way are made, None
    where they are not. Raises FileNotFoundError, NotADirectoryError, UntrustedLink and other kinds of OSError.
    """
    walk = _Walk(path)
    try:
        name = walk.to_last(follow, missing_mode)
        yield walk.folder, name or "."
    finally:
        os.close(walk.folder)


def _require_regular(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")


@contextlib.contextmanager
def opened(path: str, flags: int) -> t.Iterator[int]:
    """The descriptor of the regular file at a path. Raises OSError, for folders, FIFOs, sockets and devices too."""
    with parent(path, follow=True) as (folder, name):
        # Before it is opened: some devices do something then.
        _require_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=folder)
    try:
        _require_regular(os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def read(descriptor: int, most: int) -> bytes:
    """What is in an open file, no more than so many bytes. Raises OSError."""
    # /proc/sys answers reads of 4 MiB and more with ENOMEM.
    data = bytearray()
    while len(data) < most:
        piece = os.read(descriptor, min(_PIECE, most - len(data)))
        if not piece:
            break
        data += piece
    return bytes(data)


__all__ = ("UntrustedLink", "also_trust", "flush", "make_folder", "opened", "others_write", "parent", "read")
