# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs with older files, or shows another certificate than lies on the host."""

from __future__ import annotations

import datetime
import os
import pathlib
import time
import typing as t

import pytest
from health_server import Server, serving

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_restarts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.look import look
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.outdated import outdated

ETCD, API = "etcd", "kube-apiserver"
COMPONENTS = {
    ETCD: Component({"trusted-ca-file": False}),
    # Of a minor that reads its certificate only when it starts.
    API: Component({"tls-cert-file": False}),
}


class _Host(WatchedHost):
    """A host with components that were started at a time."""

    def __init__(self, root: pathlib.Path, running: t.Sequence[str], started: float, port: int = 1) -> None:
        super().__init__(lambda _argv: Result(127, "", ""), str(root))
        self._running, self._started, self._port = running, started, port

    def component(self, name: str) -> list[Process]:
        """A process of this test."""
        flags = {
            ETCD: ("--trusted-ca-file=/ca.crt",),
            API: ("--tls-cert-file=/pair.pem", f"--secure-port={self._port}", "--bind-address=127.0.0.1"),
        }
        return [Process(os.getpid(), (name, *flags[name]), self._started)] if name in self._running else []


@pytest.fixture
def server(tmp_path: pathlib.Path, now: datetime.datetime) -> t.Iterator[Server]:
    """A server that shows what is in pair.pem; the manifests of both components are there."""
    manifests = tmp_path / "etc/kubernetes/manifests"
    manifests.mkdir(parents=True)
    for component in COMPONENTS:
        (manifests / f"{component}.yaml").touch()
    with serving(tmp_path, now) as started:
        yield started


def _control_plane(server: Server) -> ControlPlane:
    return ControlPlane("/ca.crt", "cp1", "/logs", "/ca.crt", 1.0, 1.0, [server.endpoint(API, "https")], COMPONENTS)


def test_a_host_on_which_nothing_runs(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks the first run, which would look for what to restart a second time, or wait for a health that is not there."""
    host = _Host(tmp_path, [], 0.0)
    assert outdated(_control_plane(server), host) == ({}, {})
    assert look(_control_plane(server), host) == {
        "running": [],
        "manifests": [ETCD, API],
        "reasons": {},
        "served": None,
        "away": {},
    }


def test_all_is_well(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks a run that changes nothing, which would ask the host again; or what is said of the certificates."""
    found = look(_control_plane(server), _Host(tmp_path, [ETCD, API], time.time() + 60, server.ports["https"]))
    assert (found["running"], found["reasons"]) == ([ETCD, API], {})
    assert found["served"][API]["path"] == "/pair.pem"


def test_how_long_the_api_server_was_away(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks the plan, which is told how long a restart takes by the one look at the host."""
    host = _Host(tmp_path, [], 0.0)
    last_restarts.save(host, {API: 18.2})
    assert look(_control_plane(server), host)["away"] == {API: 18.2}


def test_older_files(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks a run after one that was cut off between writing and restarting; in the order of a restart."""
    host = _Host(tmp_path, [API, ETCD], 1000.0, server.ports["https"])
    found = look(_control_plane(server), host)
    assert list(found["reasons"]) == [ETCD, API]
    assert found["reasons"][ETCD] == "it runs since 1970-01-01T00:16:40Z with older /ca.crt"
    assert found["served"] is None
    # Those that the kubelet restarts are none of ours.
    assert list(outdated(_control_plane(server), host, restarting=[ETCD]).reasons) == [API]


def test_another_certificate_is_shown(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks where a certificate was put in place with a time of long ago, which no time tells."""
    (tmp_path / "pair.pem").write_bytes((tmp_path / "ca.crt").read_bytes())
    host = _Host(tmp_path, [API], time.time() + 60, server.ports["https"])
    assert outdated(_control_plane(server), host).reasons == {API: "it shows another certificate than /pair.pem"}


def test_who_is_not_healthy(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks the wait: a control plane that is down, or shows a wrong certificate, counts as one that is well."""
    host = _Host(tmp_path, [API], time.time() + 60, server.ports["https"])
    sick = _control_plane(server)._replace(endpoints=[server.endpoint(API, "https", 500)])
    assert look(sick, host)["served"] is None
    # The phase of the certificates says what is wrong with a CA that is damaged.
    ca = (tmp_path / "ca.crt").read_bytes()
    for damaged in (b"damaged", b"\xff\xfe"):
        (tmp_path / "ca.crt").write_bytes(damaged)
        assert look(_control_plane(server), host)["served"] is None
    (tmp_path / "ca.crt").write_bytes(ca)
    # One that reads its file again by itself, but has not yet.
    (tmp_path / "pair.pem").write_bytes((tmp_path / "ca.crt").read_bytes())
    reloading = _control_plane(server)._replace(components={API: Component({"tls-cert-file": True})})
    assert look(reloading, host) == {"running": [API], "manifests": [API], "reasons": {}, "served": None, "away": {}}


def test_what_is_kept_of_a_change_is_not_settled(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks the run after one that was cut off: nobody would wait for what it has changed, or put it back."""
    host = _Host(tmp_path, [API, ETCD], time.time() + 60, server.ports["https"])
    assert look(_control_plane(server), host)["served"] is not None
    (tmp_path / "etc/kubernetes/.last-healthy.json").write_text("{}", encoding="ascii")
    assert look(_control_plane(server), host)["served"] is None
