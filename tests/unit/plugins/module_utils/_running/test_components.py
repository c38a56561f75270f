# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Components that run and are restarted: here a real process that serves health, and a kubelet that starts it again."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.components import (
    restart_components,
    running_components,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
    Endpoint,
)

SERVE = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *arguments): pass
http.server.HTTPServer.allow_reuse_address = True
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


class _Node(WatchedHost):
    """A node whose etcd is a process of this machine. comes_back: whether somebody starts it again."""

    def __init__(self, root: pathlib.Path, comes_back: bool = True) -> None:
        super().__init__(lambda _argv: Result(127, "", ""), str(root))
        self._comes_back = comes_back
        self._etcd: subprocess.Popen[str] | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        """Starts etcd."""
        command = [sys.executable, "-c", SERVE, str(self.port)]
        self._etcd = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._etcd.stdout is not None
        self.port = int(self._etcd.stdout.readline())

    def stop(self) -> None:
        """Ends etcd for good."""
        if self._etcd is not None:
            with self._etcd:
                self._etcd.kill()

    def component(self, name: str) -> list[Process]:
        """Etcd alone; the kubelet looks whether it is still there."""
        if name != "etcd" or self._etcd is None:
            return []
        if self._etcd.poll() is not None and self._comes_back:
            self.stop()
            self.start()
        found = self.process(self._etcd.pid)
        return [found] if found is not None else []

    def pid(self) -> int | None:
        """That of etcd; when a process was started is told a little otherwise each time."""
        return next((item.pid for item in self.component("etcd")), None)

    def is_running(self, wanted: Process) -> bool:
        """As the kernel says, once nobody waits for its end any more."""
        if self._etcd is not None:
            self._etcd.poll()
        return super().is_running(wanted)

    def oldest_start(self, name: str) -> float:
        """That of etcd."""
        return min((item.started for item in self.component(name)), default=0.0)


def _control_plane(port: int, timeout: float) -> ControlPlane:
    etcd = Endpoint("etcd", f"http://127.0.0.1:{port}/health", True, always=False)
    return ControlPlane("/ca.crt", "n1", "/pods", "/ca.crt", timeout, timeout, [etcd], {"etcd": Component({})})


@pytest.fixture
def make_node(tmp_path: pathlib.Path) -> t.Iterator[t.Callable[..., _Node]]:
    """Nodes whose processes end with the test."""
    nodes: list[_Node] = []

    def make(**more: t.Any) -> _Node:
        nodes.append(_Node(tmp_path, **more))
        return nodes[-1]

    yield make
    for node in nodes:
        node.stop()


def _manifest(root: pathlib.Path) -> None:
    (root / "etc/kubernetes/manifests").mkdir(parents=True)
    (root / "etc/kubernetes/manifests/etcd.yaml").write_text("x", encoding="ascii")


def test_what_runs(tmp_path: pathlib.Path, make_node: t.Callable[..., _Node]) -> None:
    """Breaks when a process is restarted that is none of this control plane, or that the kubelet is restarting already."""
    node = make_node()
    control_plane = _control_plane(node.port, 10.0)
    assert running_components(control_plane, node, [], False) == {}
    _manifest(tmp_path)
    found = running_components(control_plane, node, [], False)
    assert {name: process.pid for name, process in found.items()} == {"etcd": node.pid()}
    assert running_components(control_plane, node, ["etcd"], False) == {}
    assert running_components(control_plane._replace(components={}), node, [], False) == {}


def test_a_component_is_another_process_afterwards(make_node: t.Callable[..., _Node]) -> None:
    """Breaks the renewal of certificates: a component goes on with its old ones, or is left ended."""
    node = make_node()
    [old] = node.component("etcd")
    warnings: list[str] = []
    restart_components(_control_plane(node.port, 30.0), node, {"etcd": old}, {}, warnings.append)
    [new] = node.component("etcd")
    assert (new.pid != old.pid, new.started > old.started, warnings) == (True, True, [])


def test_one_that_has_gone_by_itself_is_left_to_the_kubelet(make_node: t.Callable[..., _Node]) -> None:
    """Breaks when the new process of a component is ended for the old one's files."""
    node = make_node()
    [old] = node.component("etcd")
    node.terminate(old)
    for _look in range(200):
        if node.pid() not in (None, old.pid):
            break
        node.sleep(0.05)
    new = node.pid()
    assert new not in (None, old.pid)
    restart_components(_control_plane(node.port, 30.0), node, {"etcd": old}, {}, lambda _text: None)
    assert node.pid() == new


def test_one_that_does_not_come_back_is_explained(tmp_path: pathlib.Path, make_node: t.Callable[..., _Node]) -> None:
    """Breaks the message: what is away, and what it said last."""
    log = tmp_path / "pods/kube-system_etcd-n1_u/etcd"
    log.mkdir(parents=True)
    (log / "0.log").write_text("2026-01-01T00:00:00Z stderr F disk is full\n", encoding="ascii")
    node = make_node(comes_back=False)
    old = {"etcd": node.component("etcd")[0]}
    with pytest.raises(KubewrightError, match=r"etcd is not healthy after [0-9]+ s(.|\n)*disk is full"):
        restart_components(_control_plane(node.port, 1.0), node, old, {}, lambda _text: None)
