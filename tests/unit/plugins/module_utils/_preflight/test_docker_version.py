# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Docker's answer about itself, from a server on a socket."""

from __future__ import annotations

import http.server
import pathlib
import socketserver
import tempfile
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import docker_version
from facts.hosts import RecordedHost

MakeConfig = t.Callable[..., t.Any]
Serve = t.Callable[[int, bytes], pathlib.Path]
DOCKERSHIM = "/var/run/dockershim.sock"
# The part of an answer of Docker 20.10 that matters, among what does not.
INFO = b'{"ID":"KZ5X","Containers":0,"Driver":"overlay2","Warnings":null,"ServerVersion":"20.10.24+dfsg1","CgroupDriver":"cgroupfs"}'


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def serve() -> t.Iterator[Serve]:
    """serve(status, body): the root of a host whose Docker answers so to everything."""
    servers = []
    # The path of a socket is short; that of tmp_path need not be.
    with tempfile.TemporaryDirectory() as folder:

        def start(status: int, body: bytes) -> pathlib.Path:
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.send_response(status if self.path == "/info" else 404)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_args: t.Any) -> None:
                    """Nothing: the client's address, which the log would have, is empty."""

            socket = pathlib.Path(folder) / docker_version.SOCKET[1:]
            socket.parent.mkdir(parents=True)
            server = _Server(str(socket), Handler)
            servers.append(server)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
            return pathlib.Path(folder)

        yield start
        for server in servers:
            server.shutdown()
            server.server_close()


def test_what_docker_answers(serve: Serve, make_config: MakeConfig) -> None:
    """Breaks the request to Docker or the reading of its answer."""
    host = RecordedHost(serve(200, INFO))
    facts = docker_version.gather(host, make_config("1.20.2", cri_socket=DOCKERSHIM))
    assert facts == {"version": "20.10.24+dfsg1", "driver": "overlay2", "error": None}


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no JSON", b'{"message": "server error"}'])
def test_answers_without_a_version(serve: Serve, make_config: MakeConfig, body: bytes) -> None:
    """Breaks when another answer raises, or passes."""
    config = make_config("1.20.2", cri_socket=DOCKERSHIM)
    facts = docker_version.gather(RecordedHost(serve(200, body)), config)
    assert facts is not None
    assert facts["error"].startswith("no Docker engine answers")
    (row,) = docker_version.docker(config, facts)
    assert (row.passed, row.severity) == (False, "error")
    assert "systemctl start docker" in row.cure


class _HostWithClient(RecordedHost):
    """A host that has Docker's client, or has it not."""

    client: str | None = "/usr/bin/docker"

    def command(self, name: str) -> str | None:
        """Only Docker's is asked for."""
        assert name == "docker"
        return self.client


@pytest.mark.parametrize("client", ["/usr/bin/docker", None])
def test_a_docker_that_does_not_run(tmp_path: pathlib.Path, make_config: MakeConfig, client: str | None) -> None:
    """Breaks when Docker is stopped: kubeadm fails then, but not where there is no Docker at all."""
    config = make_config("1.20.2", cri_socket=DOCKERSHIM)
    host = _HostWithClient(tmp_path)
    host.client = client
    rows = docker_version.docker(config, docker_version.gather(host, config))
    assert [(row.passed, row.severity) for row in rows] == ([(False, "error")] if client else [])
    assert all("No such file" in row.found for row in rows)


@pytest.mark.parametrize(
    ("version", "cri_socket", "kubelet"),
    [
        ("1.20.2", "/run/containerd/containerd.sock", "v1.20.2"),
        ("1.24.0", "unix:///var/run/dockershim.sock", "v1.23.0"),
        ("1.31.0", "unix:///run/containerd/containerd.sock", "v1.31.0"),
    ],
)
def test_docker_is_not_asked(
    tmp_path: pathlib.Path, make_config: MakeConfig, version: str, cri_socket: str, kubelet: str
) -> None:
    """Breaks hosts with another runtime, and 1.24, which does not look at Docker even where an older kubelet uses it."""
    config = make_config(version, facts={"kubelet_version": kubelet}, cri_socket=cri_socket)
    facts = docker_version.gather(RecordedHost(tmp_path), config)
    assert facts is None
    assert docker_version.docker(config, facts) == []


@pytest.mark.parametrize(("version", "refused"), [("18.03.1-ce", False), ("dev", True)])
def test_the_cure_tells_whether_it_has_to_be_heeded(make_config: MakeConfig, version: str, refused: bool) -> None:
    """Breaks the cure of a warning, which asks for nothing."""
    facts = {"version": version, "driver": "overlay2", "error": None}
    (row,) = docker_version.docker(make_config("1.20.2", cri_socket=DOCKERSHIM), facts)
    assert ("kubewright_ignore_preflight_errors" in row.cure) == refused
