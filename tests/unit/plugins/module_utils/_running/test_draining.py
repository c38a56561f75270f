# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Old processes that keep what was changed from coming up, with a clock that only the test moves."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
    Endpoint,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.draining import Draining

API, ETCD = "kube-apiserver", "etcd"
OLD, NEW = Process(7, (API,), 90.0), Process(8, (API,), 110.0)


class _Host(WatchedHost):
    """A host. running: the processes of each component. listening: the ports at which somebody takes connections."""

    def __init__(self) -> None:
        super().__init__(lambda _argv: Result(127, "", ""))
        self.now = 100.0
        self.running: dict[str, list[Process]] = {API: [OLD], ETCD: []}
        self.listening: set[int] = set()
        self.ended: list[tuple[float, int]] = []

    def component(self, name: str) -> list[Process]:
        """Those that run."""
        return self.running[name]

    def is_listening(self, host: str, port: int) -> bool:
        """As it is said."""
        return port in self.listening

    def terminate(self, wanted: Process) -> None:
        """Is kept."""
        self.ended.append((self.now, wanted.pid))

    def clock(self) -> float:
        """The clock."""
        return self.now

    def monotonic(self) -> float:
        """The clock."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """The clock goes on."""
        self.now += seconds


def _watch(host: _Host, since: dict[str, float], seconds: float) -> None:
    endpoints = [
        Endpoint(API, "https://192.0.2.10:6443/livez", True),
        Endpoint(ETCD, "http://127.0.0.1:2381/health", True, False),
    ]
    pods = {API: Component({}), ETCD: Component({})}
    draining = Draining(ControlPlane("", "", "", "", 1.0, 1.0, endpoints, pods), host, since)
    end = host.now + seconds
    while host.now < end:
        draining.look()
        host.now += 0.1


def test_one_that_listens_no_more_is_told_once_more() -> None:
    """Breaks the time without an API server in each change of its manifest, or ends it while it still serves."""
    host = _Host()
    host.listening.add(6443)
    _watch(host, {API: 100.0}, 5.0)
    assert host.ended == []
    host.listening.clear()
    _watch(host, {API: 100.0}, 5.0)
    ((moment, pid),) = host.ended
    assert (pid, 106.0 <= moment <= 106.5) == (7, True)


@pytest.mark.parametrize("since", [{}, {ETCD: 80.0}, {"kubelet": 100.0}, {API: 85.0}])
def test_what_was_not_changed_is_left_alone(since: dict[str, float]) -> None:
    """Breaks a control plane that only starts: a process that does not listen yet would be ended."""
    host = _Host()
    host.running[ETCD] = [Process(9, (ETCD,), 85.0)]
    _watch(host, since, 5.0)
    assert host.ended == []


def test_one_that_serves_at_its_old_port_is_left_to() -> None:
    """Breaks an API server whose port is being changed: it would be ended while it serves."""
    host = _Host()
    host.running[API] = [OLD._replace(arguments=(API, "--secure-port=7443"))]
    host.listening.add(7443)
    _watch(host, {API: 100.0}, 5.0)
    assert host.ended == []


def test_a_clock_that_was_set_back() -> None:
    """Breaks a new API server that only starts: by the time of its manifest it would be an old one."""
    host = _Host()
    host.running[API] = [NEW]
    _watch(host, {API: 4000.0}, 5.0)
    assert host.ended == []


def test_a_new_process_is_left_alone() -> None:
    """Breaks a start that takes its time."""
    host = _Host()
    host.running[API] = [NEW]
    _watch(host, {API: 100.0}, 5.0)
    assert host.ended == []


def test_an_api_server_without_etcd_is_ended() -> None:
    """Breaks the time without a control plane in each change of etcd: the kubelet waits for an answer that cannot come."""
    host = _Host()
    host.listening |= {6443, 2381}
    host.running[ETCD] = [Process(9, (ETCD,), 85.0)]
    _watch(host, {ETCD: 100.0}, 3.0)
    assert host.ended == []
    host.running[ETCD] = []
    _watch(host, {ETCD: 100.0}, 6.0)
    (first, second) = host.ended
    assert (first[1], second[1], second[0] - first[0]) == (7, 7, 1.0)
    assert 105.0 <= first[0] <= 105.5


def test_an_etcd_that_comes_in_time() -> None:
    """Breaks the API server of a change of etcd that takes no longer than it has to."""
    host = _Host()
    _watch(host, {ETCD: 100.0}, 1.5)
    host.running[ETCD] = [Process(10, (ETCD,), 101.0)]
    _watch(host, {ETCD: 100.0}, 5.0)
    assert host.ended == []
