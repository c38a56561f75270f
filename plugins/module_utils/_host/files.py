# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The only access to files: read what is there, write atomically with the final mode from the first byte."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import walk

# What is read here are certificates, keys and settings.
LARGEST = 16 * 2**20
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]{1,9})\.[0-9a-f]{8}\.kubewright$")
# The reason for one whose content stays.
LOOSE = "mode or owner too loose"


class FileState(t.NamedTuple):
    """A file on disk. mode: permission bits."""

    content: bytes
    mode: int
    uid: int
    gid: int


def read_file(path: str) -> FileState | None:
    """The file, or None where it is absent. Raises KubewrightError where it cannot be read, is no file, or is too large."""
    try:
        with walk.opened(path, os.O_RDONLY) as descriptor:
            status = os.fstat(descriptor)
            content = walk.read(descriptor, LARGEST + 1)
        if len(content) > LARGEST:
            raise OSError(errno.EFBIG, f"it has more than {LARGEST // 2**20} MiB")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KubewrightError(f"{path} cannot be read: {error.strerror}. {_cure(error)}") from error
    return FileState(content, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)


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


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove_left_over(folder: int, name: str) -> None:
    """Removes what killed processes have left of a file. One of this process id was left before a reboot."""
    found: list[re.Match[str] | None] = []
    # One may write into a folder that one may not read.
    with contextlib.suppress(OSError):
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        try:
            found = [_TEMPORARY.match(other) for other in os.listdir(descriptor)]
        finally:
            os.close(descriptor)
    for left in found:
        if left is None or left.group("name") != name:
            continue
        if int(left.group("pid")) == os.getpid() or not _runs(int(left.group("pid"))):
            # It may be a folder that somebody has given such a name.
            with contextlib.suppress(OSError):
                os.unlink(left.group(), dir_fd=folder)


def _write(path: str, content: bytes, mode: int, staging_directory: str) -> None:
    with contextlib.ExitStack() as stack:
        folder, name = stack.enter_context(walk.parent(path))
        staging = folder
        if staging_directory != os.path.dirname(path):
            staging, _name = stack.enter_context(walk.parent(os.path.join(staging_directory, name)))
        _remove_left_over(staging, name)
        # Nobody can be there before with something of that name.
        temporary = f".{name}.{os.getpid()}.{os.urandom(4).hex()}.kubewright"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, 0o600, dir_fd=staging)
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
            os.rename(temporary, name, src_dir_fd=staging, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=staging)
            raise
        walk.flush(folder)


def tighten_file(path: str, mode: int) -> None:
    """Gives an existing file its mode and root as owner. Raises KubewrightError where that is not allowed."""
    try:
        with walk.opened(path, os.O_RDONLY) as descriptor:
            if os.fstat(descriptor).st_nlink > 1:
                raise OSError(errno.EMLINK, "it has other names too (hard links)")
            os.fchmod(descriptor, mode)
            if os.geteuid() == 0:
                os.fchown(descriptor, 0, 0)
    except OSError as error:
        raise KubewrightError(f"the mode of {path} cannot be set: {error.strerror}. {_cure(error)}") from error


def set_modified(path: str, seconds: float) -> None:
    """Says of a file when its content was changed (seconds since the epoch). Raises KubewrightError where that is not allowed."""
    try:
        with walk.opened(path, os.O_RDONLY) as descriptor:
            os.utime(descriptor, (seconds, seconds))
    except OSError as error:
        raise KubewrightError(f"the time of {path} cannot be set: {error.strerror}. {_cure(error)}") from error


def remove_file(path: str) -> None:
    """Removes a file that may be absent. Raises KubewrightError where it cannot be removed."""
    try:
        with walk.parent(path) as (folder, name):
            os.unlink(name, dir_fd=folder)
            walk.flush(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise KubewrightError(f"{path} cannot be removed: {error.strerror}. {_cure(error)}") from error


def ensure_directory(path: str, mode: int) -> None:
    """Makes a folder and its missing parents (0755); one that exists keeps its mode. Raises KubewrightError on failure."""
    try:
        with walk.parent(path, follow=True, missing_mode=0o755) as (folder, name):
            try:
                walk.make_folder(folder, name, mode)
                walk.flush(folder)
            except FileExistsError:
                if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                    raise NotADirectoryError from None
    except NotADirectoryError:
        # Of the folders on the way, the first that is none.
        steps = [path[:end] for end in range(1, len(path)) if path[end] == "/"] + [path]
        wrong = next((step for step in steps if os.path.exists(step) and not os.path.isdir(step)), path)
        raise KubewrightError(f"{wrong} is not a folder. Name another path, or move it away, and run again.") from None
    except OSError as error:
        raise KubewrightError(f"the folder {path} cannot be made: {error.strerror}. {_cure(error)}") from error


def _cure(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return "Run as root: set 'become: true' in the play."
    if error.errno == errno.ENOSPC:
        return "Free space on that file system and run again."
    if error.errno == errno.EROFS:
        return "Mount that file system writable and run again."
    if isinstance(error, walk.UntrustedLink):
        return "Put a file or a folder of root's in its place and run again."
    if error.errno == errno.EMLINK:
        return "Copy it, put the copy in its place and run again."
    return "Correct the path and run again."


__all__ = (
    "LARGEST",
    "LOOSE",
    "FileState",
    "ensure_directory",
    "loosened",
    "read_file",
    "remove_file",
    "set_modified",
    "tighten_file",
    "write_file",
)
