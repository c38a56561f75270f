# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in a process of its own, on this machine."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.beside import beside


def _process() -> dict[str, t.Any]:
    return {"pid": os.getpid()}


def test_it_is_done_in_another_process() -> None:
    """Breaks the time of every read: one half waits for the other."""
    results = [beside(_process), beside(_process)]
    assert len({os.getpid(), *(result()["pid"] for result in results)}) == 3


def test_a_large_result() -> None:
    """Breaks with a deadlock: what is larger than a pipe holds has to be read before the process ends."""
    assert beside(lambda: {"text": "x" * 1_000_000})() == {"text": "x" * 1_000_000}


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_fails_there_is_done_here(kind: type[BaseException], capfd: pytest.CaptureFixture[str]) -> None:
    """Breaks the message of a failure, or the output, which is the module's result: the other process must not write to it."""
    parent = os.getpid()

    def work() -> dict[str, t.Any]:
        os.write(1, b"something\n")
        if os.getpid() != parent:
            raise kind
        return {"a": 7}

    assert beside(work)() == {"a": 7}
    assert capfd.readouterr() == ("something\n", "")


def test_its_own_failure_is_raised() -> None:
    """Breaks with an empty result where the work cannot be done at all."""

    def work() -> t.NoReturn:
        raise ValueError("why")

    with pytest.raises(ValueError, match="why"):
        beside(work)()


def test_a_host_without_processes_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks reading on a host at the limit of its processes."""

    def refused() -> t.NoReturn:
        raise BlockingIOError

    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "fork", refused)
    assert beside(lambda: {"a": 7})() == {"a": 7}
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_the_end_of_processes_is_not_told() -> None:
    """Breaks with a traceback below a daemon that ignores the signal of it, as its programs do then."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert beside(_process)()["pid"] != os.getpid()
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_it_ends_with_the_one_that_waits() -> None:
    """Breaks hosts on which a module is killed: the other process would wait as root for a reader that never comes."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        # The end of the second pipe tells when both are gone.
        os.setsid()
        os.close(read_end)
        beside(lambda: {"text": "x" * 1_000_000})
        os._exit(0)
    os.close(write_end)
    os.waitpid(pid, 0)
    ended = select.select([read_end], [], [], 10)[0]
    # Where it has not ended, it would keep what waits for this test's output too.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    assert ended == [read_end]
    assert os.read(read_end, 1) == b""
    os.close(read_end)
