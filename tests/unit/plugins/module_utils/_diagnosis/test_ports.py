# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ports that another process has, asked of the kernel of this machine."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import subprocess
import sys
import typing as t

import pytest
from diagnosed_node import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import ports as subject

LISTEN = """import socket, sys
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen(1)
print(taken.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def _listening() -> t.Iterator[tuple[int, int]]:
    """Another process that listens: its port and its id."""
    argv = [sys.executable, "-c", LISTEN]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(t.cast("t.IO[str]", process.stdout).readline()), process.pid
        finally:
            t.cast("t.IO[str]", process.stdin).close()


@pytest.fixture(name="real_proc", autouse=True)
def fixture_real_proc(node: Node) -> None:
    """This machine's own processes."""
    (node.root / "proc").symlink_to("/proc")


def test_another_process_has_it(node: Node) -> None:
    """Breaks the diagnosis of a port that is taken, or who has it is not told."""
    with _listening() as (port, process):
        node.edit("kube-scheduler", "    - kube-scheduler\n", f"    - kube-scheduler\n    - --secure-port={port}\n")
        assert subject.judge_ports(node.situation()) == {}
        (verdict,) = subject.judge_ports(node.situation("kube-scheduler"))["kube-scheduler"]
    assert verdict.fault == "PortInUse"
    assert str(process) in verdict.cure
    assert pathlib.Path(sys.executable).name in verdict.evidence[0]


def test_a_port_of_nobody(node: Node) -> None:
    """Breaks trust in it: the port that a component waits for itself is called taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    node.edit("etcd", "127.0.0.1:2381", f"127.0.0.1:{port}")
    assert "etcd" not in subject.judge_ports(node.situation("etcd"))
