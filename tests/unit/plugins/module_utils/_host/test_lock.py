# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once, as processes of their own."""

from __future__ import annotations

import errno
import fcntl
import os
import pathlib
import subprocess
import time

import own_process
import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock

# Holds the lock until its input ends, or adds to a file, many times, what no two may do at once.
PROGRAM = """
import sys
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
path, work, counter = sys.argv[1:]
if work == "hold":
    with lock.locked(path, "phase \x1b[31mcerts", lock.Waiting(10)):
        print("held", flush=True)
        sys.stdin.read()
else:
    for _ in range(int(work)):
        with lock.locked(path, "counting", lock.Waiting(60)):
            with open(counter) as stream:
                number = int(stream.read())
            with open(counter, "w") as stream:
                stream.write(str(number + 1))
"""


def _start(path: pathlib.Path, work: str, counter: pathlib.Path | str = "") -> subprocess.Popen[str]:
    argv, environment = own_process.command(PROGRAM, str(path), work, str(counter)), own_process.environment()
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def _holding(path: pathlib.Path) -> subprocess.Popen[str]:
    child = _start(path, "hold")
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_the_holder_is_named(tmp_path: pathlib.Path) -> None:
    """Breaks when a second run goes on beside the first, or does not say who is in its way, in which phase and since when."""
    child = _holding(tmp_path / "lock")
    began = time.monotonic()
    try:
        with pytest.raises(KubewrightError) as caught, lock.locked(str(tmp_path / "lock"), "x", lock.Waiting(0.3)):
            pass
    finally:
        child.communicate()
    assert time.monotonic() - began >= 0.3
    text = str(caught.value)
    assert f"held by process {child.pid} on " in text
    assert "(phase \\x1b[31mcerts, since 20" in text
    assert "longer than 0.3 s (kubewright_lock_timeout)" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("killed", [True, False])
def test_a_holder_that_ends_lets_go(tmp_path: pathlib.Path, killed: bool) -> None:
    """Breaks every later run when one that held the lock was killed."""
    child = _holding(tmp_path / "lock")
    if killed:
        child.kill()
    child.communicate()
    with lock.locked(str(tmp_path / "lock"), "x", lock.Waiting(5)):
        assert str(os.getpid()) in (tmp_path / "lock").read_text(encoding="utf-8")
    assert (tmp_path / "lock").read_text(encoding="utf-8") == ""


def test_one_that_is_waited_for(tmp_path: pathlib.Path) -> None:
    """Breaks when two runs do the same at once: a sum that both add to is too small then."""
    (tmp_path / "sum").write_text("0", encoding="utf-8")
    children = [_start(tmp_path / "lock", "20", tmp_path / "sum") for _child in range(4)]
    for child in children:
        child.communicate()
        assert child.returncode == 0
    assert (tmp_path / "sum").read_text(encoding="utf-8") == "80"


def test_what_is_held_already(tmp_path: pathlib.Path) -> None:
    """Breaks a run that waits for itself, or lets go too early."""
    path = str(tmp_path / "a" / "lock")
    with lock.locked(path, "outer", lock.Waiting(0)):
        with lock.locked(path, "inner", lock.Waiting(0)):
            pass
        assert "outer" in pathlib.Path(path).read_text(encoding="utf-8")
        with open(path, "rb") as stream, pytest.raises(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o755


def test_a_lock_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback, or hangs at what somebody has put there."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("link", "fifo/lock"):
        with (
            pytest.raises(KubewrightError, match="cannot be locked"),
            lock.locked(str(tmp_path / name), "x", lock.Waiting(0)),
        ):
            pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_system_without_locks(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks with a traceback on NFS without its lock service."""

    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(KubewrightError, match="cannot be locked: No locks available"),
        lock.locked(str(tmp_path / "lock"), "x", lock.Waiting(0)),
    ):
        pass
