# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Commands of the host, as a parameter."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
import typing as t


class Result(t.NamedTuple):
    """The exit code and the texts of a finished command. code 127: there is no such command; 124: it had no end in time."""

    code: int
    stdout: str
    stderr: str


NO_COMMAND, NO_END = 127, 124
# For whatever is asked of a host: systemd lets a service end for 90 s. A whole archive of images is read and unpacked by ctr.
_SECONDS, _SECONDS_OF = 150.0, {"ctr": 1830.0}
# What a command may print; the rest is left out.
_MOST = 4 * 2**20
_PIECE = 2**16
# How long an end is unseen of a command whose output somebody holds open.
_LOOK = 0.05
Runner = t.Callable[[t.Sequence[str]], Result]

SEARCH_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/opt/bin")


def find_command(name: str, path: str | None = None) -> str | None:
    """Where a command lies: on PATH or in the usual folders, which sudo may have taken off PATH."""
    for folder in (path if path is not None else os.environ.get("PATH", "")).split(":") + list(SEARCH_PATH):
        candidate = os.path.join(folder, name)
        if folder and os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


class _Outputs:
    """What a command prints, all of it read, so that it does not wait, and no more of it kept than may be.

    What it has printed is in its pipes when it ends, however busy the host is; what it has left running may hold them open.
    """

    def __init__(self, streams: t.Sequence[t.IO[bytes]]) -> None:
        self._data = [bytearray() for _stream in streams]
        self._selector = selectors.DefaultSelector()
        for stream, data in zip(streams, self._data):
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ, data)

    def are_open(self) -> bool:
        """Whether anybody can still print."""
        return bool(self._selector.get_map())

    def read(self, seconds: float) -> bool:
        """Reads what comes, for so many seconds at most. Whether anything came."""
        ready = self._selector.select(seconds)
        for key, _events in ready:
            piece = b""
            with contextlib.suppress(OSError):
                piece = os.read(key.fd, _PIECE)
            if not piece:
                self._selector.unregister(key.fileobj)
            key.data.extend(piece[: max(0, _MOST - len(key.data))])
        return bool(ready)

    def texts(self) -> list[str]:
        """Of each stream."""
        return [bytes(data).decode("utf-8", "replace") for data in self._data]


def _ends(child: subprocess.Popen[bytes], outputs: _Outputs, deadline: float) -> bool:
    """Reads until a command has ended and all that it has printed is read, or the time is up. Whether it has ended."""
    while outputs.are_open():
        left = deadline - time.monotonic()
        if left <= 0:
            return child.poll() is not None
        has_ended = child.poll() is not None
        # What was printed before the end is there by now.
        if not outputs.read(0.0 if has_ended else min(left, _LOOK)) and has_ended:
            return True
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def run_command(
    argv: t.Sequence[str], seconds: float | None = None, kill: t.Callable[[int, int], None] = os.killpg
) -> Result:
    """Runs a command in the C locale, because its output is read. It has an end in time, with all that it has started.

    seconds: for how long; None for what is usual for the command.
    """
    name = os.path.basename(argv[0])
    limit = _SECONDS_OF.get(name, _SECONDS) if seconds is None else seconds
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Result(NO_COMMAND, "", f"{argv[0]}: {getattr(error, 'strerror', None) or error}")
    with contextlib.closing(t.cast("t.IO[bytes]", child.stdout)) as out, contextlib.closing(
        t.cast("t.IO[bytes]", child.stderr)
    ) as err:
        outputs = _Outputs([out, err])
        code = NO_END
        if _ends(child, outputs, time.monotonic() + limit):
            code = child.wait()
        else:
            with contextlib.suppress(OSError):
                kill(child.pid, signal.SIGKILL)
            child.wait()
            # Once: what has left the command's group may go on printing without end.
            if outputs.are_open():
                outputs.read(0.0)
    stdout, stderr = outputs.texts()
    if code == NO_END:
        stderr = f"{name} did not end within {limit:g} s\n{stderr}"
    return Result(code, stdout, stderr)


__all__ = ("NO_COMMAND", "NO_END", "SEARCH_PATH", "Result", "Runner", "find_command", "run_command")
