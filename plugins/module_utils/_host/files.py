# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The only access to files: read what is there, write atomically with the final mode from the first byte."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

# The reason for one whose content stays.
LOOSE = "mode or owner too loose"


class FileState(t.NamedTuple):
    """A file on disk. mode: permission bits."""

    content: bytes
    mode: int
    uid: int
    gid: int


def read_file(path: str) -> FileState | None:
    """The file, or None where it is absent. Raises KubewrightError where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            return FileState(stream.read(), stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KubewrightError(f"{path} cannot be read: {error.strerror}. {_cure(error)}") from error


def loosened(state: FileState, mode: int) -> bool:
    """Whether a file grants more than mode does or is not root's. A tighter mode is the user's choice and stays."""
    return bool(state.mode & ~mode) or (os.geteuid() == 0 and (state.uid, state.gid) != (0, 0))


def write_file(path: str, content: bytes, mode: int, staging_directory: str | None = None) -> None:
    """Writes atomically. The temporary file has its final mode from the start and a name that begins with a dot.

    staging_directory: where the temporary file lies until it is renamed; the target's own folder by default. Must be on
    the same file system (a move across file systems falls back to the target's folder).
    Raises KubewrightError where the file cannot be written.
    """
    try:
        _write(path, content, mode, staging_directory or os.path.dirname(path))
    except OSError as error:
        if error.errno == errno.EXDEV and staging_directory:
            write_file(path, content, mode)
            return
        raise KubewrightError(f"{path} cannot be written: {error.strerror}. {_cure(error)}") from error


def _write(path: str, content: bytes, mode: int, staging_directory: str) -> None:
    temporary = os.path.join(staging_directory, ".%s.%d.kubewright" % (os.path.basename(path), os.getpid()))
    # One that is there was left by a process of the same number that was killed.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        try:
            os.fchmod(descriptor, mode)
            if os.geteuid() == 0:
                os.fchown(descriptor, 0, 0)
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def tighten_file(path: str, mode: int) -> None:
    """Gives an existing file its mode and root as owner. Raises KubewrightError where that is not allowed."""
    try:
        os.chmod(path, mode)
        if os.geteuid() == 0:
            os.chown(path, 0, 0)
    except OSError as error:
        raise KubewrightError(f"the mode of {path} cannot be set: {error.strerror}. {_cure(error)}") from error


def remove_file(path: str) -> None:
    """Removes a file that may be absent. Raises KubewrightError where it cannot be removed."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise KubewrightError(f"{path} cannot be removed: {error.strerror}. {_cure(error)}") from error


def ensure_directory(path: str, mode: int) -> None:
    """Makes a folder and its missing parents; one that exists keeps its mode. Raises KubewrightError on failure."""
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    if parent and not os.path.isdir(parent):
        ensure_directory(parent, 0o755)
    try:
        os.mkdir(path, mode)
        os.chmod(path, mode)
    except FileExistsError:
        if not os.path.isdir(path):
            raise KubewrightError(
                f"{path} is not a folder. Name another path, or move it away, and run again."
            ) from None
    except OSError as error:
        raise KubewrightError(f"the folder {path} cannot be made: {error.strerror}. {_cure(error)}") from error


def _cure(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return "Run as root: set 'become: true' in the play."
    if error.errno == errno.ENOSPC:
        return "Free space on that file system and run again."
    if error.errno == errno.EROFS:
        return "Mount that file system writable and run again."
    return "Correct the path and run again."


__all__ = (
    "LOOSE",
    "FileState",
    "ensure_directory",
    "loosened",
    "read_file",
    "remove_file",
    "tighten_file",
    "write_file",
)
