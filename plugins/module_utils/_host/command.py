# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Commands of the host, as a parameter."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
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
Runner = t.Callable[[t.Sequence[str]], Result]

SEARCH_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/opt/bin")


def find_command(name: str, path: str | None = None) -> str | None:
    """Where a command lies: on PATH or in the usual folders, which sudo may have taken off PATH."""
    for folder in (path if path is not None else os.environ.get("PATH", "")).split(":") + list(SEARCH_PATH):
        candidate = os.path.join(folder, name)
        if folder and os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


class _Output(threading.Thread):
    """Reads what a command prints, all of it, so that it does not wait, and keeps no more than may be."""

    def __init__(self, stream: t.IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._stream, self._data = stream, bytearray()

    def run(self) -> None:
        with self._stream, contextlib.suppress(OSError, ValueError):
            for piece in iter(lambda: self._stream.read1(_PIECE), b""):  # type: ignore[attr-defined]  # of a buffered stream
                self._data += piece[: max(0, _MOST - len(self._data))]

    def text(self) -> str:
        return bytes(self._data).decode("utf-8", "replace")


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
    streams = [t.cast("t.IO[bytes]", child.stdout), t.cast("t.IO[bytes]", child.stderr)]
    outputs = [_Output(stream) for stream in streams]
    for output in outputs:
        output.start()
    try:
        code = child.wait(limit)
    except subprocess.TimeoutExpired:
        code = NO_END
        with contextlib.suppress(OSError):
            kill(child.pid, signal.SIGKILL)
        child.wait()
    for output in outputs:
        # What it has left running in the background may hold its output open.
        output.join(1.0)
    stdout, stderr = (output.text() for output in outputs)
    if code == NO_END:
        stderr = f"{name} did not end within {limit:g} s\n{stderr}"
    return Result(code, stdout, stderr)


__all__ = ("NO_COMMAND", "NO_END", "SEARCH_PATH", "Result", "Runner", "find_command", "run_command")
