# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host as those see it who wait and restart, with processes, files and ports of this machine."""

from __future__ import annotations

import os
import pathlib
import socket
import subprocess
import time
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost


def _host(root: pathlib.Path | str = "", answer: str = "") -> WatchedHost:
    return WatchedHost(lambda _argv: Result(0 if answer else 127, answer, ""), str(root))


@pytest.fixture
def sleeper() -> t.Iterator[subprocess.Popen[bytes]]:
    """A process that ends when it is told to."""
    with subprocess.Popen(["sleep", "60"]) as process:
        # A process that is just being made has no arguments yet.
        while _host().process(process.pid) is None:
            assert process.poll() is None
        yield process
        process.kill()


def test_a_process_is_ended_once(sleeper: subprocess.Popen[bytes]) -> None:
    """Breaks restarts: a component goes on with its old files, or the process that has its id by now is ended."""
    host = _host()
    found = host.process(sleeper.pid)
    assert found is not None
    assert abs(found.started - host.clock()) < 60
    assert host.is_running(found)
    # Another one with its id, which was started at another time.
    host.terminate(found._replace(started=found.started - 1000))
    time.sleep(0.1)
    assert sleeper.poll() is None
    host.terminate(found)
    assert sleeper.wait(timeout=10) == -15
    assert not host.is_running(found)
    host.terminate(found)
    assert host.process(sleeper.pid) is None


def test_only_what_runs_in_a_static_pod_is_a_component() -> None:
    """Breaks hosts on which somebody runs a program of the same name outside of the control plane: it would be ended."""
    host = _host()
    assert (host.component("sleep"), host.oldest_start("no-such-component")) == ([], 0.0)


@pytest.mark.parametrize(("answer", "there"), [("MainPID={pid}\n", True), ("MainPID=0\n", False), ("", False)])
def test_the_kubelet(monkeypatch: pytest.MonkeyPatch, answer: str, there: bool) -> None:
    """Breaks when the kubelet that runs is not found, or a host without one is a traceback."""
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: "/bin/" + name)
    found = _host(answer=answer.format(pid=os.getpid())).kubelet()
    assert (found is not None) is there
    assert found is None or found.pid == os.getpid()


def test_times_of_a_file(tmp_path: pathlib.Path) -> None:
    """Breaks when a certificate that was put back with its old time is not noticed: the inode's own time tells."""
    path = tmp_path / "a.crt"
    path.write_text("x", encoding="ascii")
    os.utime(path, (1000, 2000))
    times = _host(tmp_path).times("/a.crt")
    assert times is not None
    assert times[0] == 2000
    assert abs(times[1] - time.time()) < 60
    assert _host(tmp_path).times("/absent") is None


@pytest.mark.parametrize(("size", "expected"), [(3, b"789"), (100, b"0123456789"), (0, b"")])
def test_the_end_of_a_log(tmp_path: pathlib.Path, size: int, expected: bytes) -> None:
    """Breaks the diagnosis: the last lines of a log, and all of a short one."""
    (tmp_path / "log").write_bytes(b"0123456789")
    assert _host(tmp_path).tail("/log", size) == expected
    assert _host(tmp_path).tail("/absent", size) == b""


def test_patterns_are_of_the_folder_and_not_in_its_name(tmp_path: pathlib.Path) -> None:
    """Breaks roots and folders with brackets in their names, and returns paths of the controller in place of the host's."""
    root = tmp_path / "[ab]"
    for name in ("kube-system_etcd-n1_x", "kube-system_other-n1_x"):
        (root / "pods/[x]" / name).mkdir(parents=True)
    assert _host(root).below_pattern("/pods/[x]", "kube-system_etcd-*") == ["/pods/[x]/kube-system_etcd-n1_x"]
    assert _host(root).below_pattern("/absent", "*") == []


def test_a_process_sees_the_files_of_the_host_unless_it_has_others(tmp_path: pathlib.Path) -> None:
    """Breaks the restart for a file that only the host has by that path: its component would be restarted at every run."""
    (tmp_path / "a").write_text("1", encoding="ascii")
    (tmp_path / "b").write_text("2", encoding="ascii")
    host, pid = _host(), os.getpid()
    assert not host.sees_another(pid, str(tmp_path / "a"), str(tmp_path / "a"))
    assert host.sees_another(pid, str(tmp_path / "a"), str(tmp_path / "b"))
    assert not host.sees_another(pid, str(tmp_path / "absent"), str(tmp_path / "b"))


def test_who_listens() -> None:
    """Breaks the end of a component: one that still serves would be cut off."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert _host().is_listening("127.0.0.1", port)
    assert not _host().is_listening("127.0.0.1", port)
    assert not _host().is_listening("", 0)


def test_clocks() -> None:
    """Breaks waiting and comparing with files: one clock is that of files, the other never goes back."""
    host = _host()
    before, start = host.clock(), host.monotonic()
    host.sleep(0.05)
    assert host.monotonic() - start >= 0.05
    assert abs(before - time.time()) < 60
