# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Health endpoints, asked over real sockets and real TLS."""

from __future__ import annotations

import datetime
import pathlib
import socket
import typing as t

import pytest
from health_server import Server, serving

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Health

API, SCHEDULER = "kube-apiserver", "kube-scheduler"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, now: datetime.datetime) -> t.Iterator[Server]:
    """A server with and one without TLS."""
    with serving(tmp_path_factory.mktemp("server"), now) as started:
        yield started


class _Host(WatchedHost):
    """A host whose components were started at a time."""

    def __init__(self, root: str = "", started: float = 0.0) -> None:
        super().__init__(lambda _argv: Result(127, "", ""), root)
        self._started = started

    def oldest_start(self, name: str) -> float:
        """The time."""
        return self._started


def _ask(server: Server, endpoint: Endpoint, ca: str | None = None) -> Health:
    return HealthProbe(_Host(), server.ca if ca is None else ca, {})(endpoint)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("code", "healthy"), [(200, True), (204, False), (403, False), (500, False), (503, False)])
def test_only_200_is_healthy(
    server: Server, monkeypatch: pytest.MonkeyPatch, scheme: str, code: int, healthy: bool
) -> None:
    """Breaks the wait: it ends before the component is ready, or never; also where the environment has a proxy."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    endpoint = server.endpoint(API, scheme, code)
    assert _ask(server, endpoint) == Health(healthy, f"{endpoint.url} answered {code}")


def test_the_api_server_alone_is_held_to_the_ca(server: Server, sound: pathlib.Path) -> None:
    """Breaks when an API server of another cluster counts as healthy, or a component with its own certificate does not."""
    other = str(sound / "ca.crt")
    assert _ask(server, server.endpoint(API, "https")).healthy
    assert not _ask(server, server.endpoint(API, "https"), other).healthy
    assert "certificate" in _ask(server, server.endpoint(API, "https"), other).text
    assert _ask(server, server.endpoint(SCHEDULER, "https"), other).healthy


def test_without_a_ca_nobody_is_trusted(server: Server, tmp_path: pathlib.Path) -> None:
    """Breaks when an API server is believed that nothing vouches for, or the cause, where the CA is not there or is no CA."""
    empty = tmp_path / "ca.crt"
    absent = _ask(server, server.endpoint(API, "https"), str(empty))
    assert absent == Health(False, f"{empty} is absent")
    for content in ("", "x"):
        empty.write_text(content, encoding="ascii")
        found = _ask(server, server.endpoint(API, "https"), str(empty))
        assert found == Health(False, f"{empty} holds no certificate of a CA in PEM form")


def test_the_ca_is_the_hosts(server: Server) -> None:
    """Breaks hosts that are looked at below a folder: the CA would be that of this machine."""
    folder, name = str(pathlib.Path(server.ca).parent), "/" + pathlib.Path(server.ca).name
    assert HealthProbe(_Host(folder), name, {})(server.endpoint(API, "https")).healthy


def test_a_handshake_is_enough_for_etcd(server: Server) -> None:
    """Breaks minors whose etcd answers nothing without a certificate."""
    assert _ask(server, server.endpoint("etcd", "tls")).healthy
    plain = Endpoint("etcd", f"tls://127.0.0.1:{server.ports['http']}", True)
    assert _ask(server, plain) == Health(False, f"{plain.url} shows no certificate")


def test_who_does_not_answer(server: Server) -> None:
    """Breaks with a traceback, or without the cause, while a component is not up yet or speaks something else."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for scheme in ("http", "https"):
        health = _ask(server, Endpoint(API, f"{scheme}://127.0.0.1:{port}/healthz", True))
        assert (health.healthy, "Connection refused" in health.text) == (False, True)
    for scheme, other in (("http", "https"), ("https", "http")):
        health = _ask(server, Endpoint(SCHEDULER, f"{scheme}://127.0.0.1:{server.ports[other]}/200", True))
        assert not health.healthy
        assert health.text.startswith(f"{scheme}://127.0.0.1:")


@pytest.mark.parametrize(
    ("started", "healthy"),
    [(0.0, False), (100.0 - 2 * CLOCK_ERROR, False), (100.0 - CLOCK_ERROR / 2, True), (101.0, True)],
)
def test_the_old_process_is_not_the_new_one(server: Server, started: float, healthy: bool) -> None:
    """Breaks a restart: what still ends answers well, and the next component goes down as well."""
    probe = HealthProbe(_Host(started=started), server.ca, {API: 100.0})
    assert probe(server.endpoint(API, "https")).healthy is healthy
    assert probe(server.endpoint(SCHEDULER, "https")).healthy
