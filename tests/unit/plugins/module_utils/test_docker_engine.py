# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Docker engine's answer, over a real socket."""

from __future__ import annotations

import http.server
import pathlib
import socket
import socketserver
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils import _docker_engine as docker_engine


class _Server(socketserver.UnixStreamServer):
    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """An address as the HTTP handler wants one."""
        connection, _address = super().get_request()
        return connection, ("local", 0)


@pytest.fixture
def engine(tmp_path: pathlib.Path) -> t.Iterator[t.Callable[[bytes], str]]:
    """Makes a socket behind which every request gets one answer."""
    servers = []

    def serve(answer: bytes) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                assert self.path == "/info"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: t.Any) -> None:
                """Nothing."""

        path = str(tmp_path / "docker.sock")
        servers.append(_Server(path, Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return path

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_info(engine: t.Callable[[bytes], str]) -> None:
    """Breaks when Docker's cgroup driver is not learned."""
    path = engine(b'{"ServerVersion": "19.03.15", "Driver": "overlay2", "CgroupDriver": "systemd"}')
    assert docker_engine.info(path, 5)["CgroupDriver"] == "systemd"


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b"no JSON"])
def test_what_is_no_docker(engine: t.Callable[[bytes], str], answer: bytes) -> None:
    """Breaks with a traceback when something else answers on the socket."""
    with pytest.raises(OSError, match="no Docker engine answers"):
        docker_engine.info(engine(answer), 5)


def test_a_server_that_does_not_speak_http(tmp_path: pathlib.Path) -> None:
    """Breaks when something else listens on the socket: an exception of another kind would end the module."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"220 ready\r\n")

    with socketserver.UnixStreamServer(str(tmp_path / "s"), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(OSError, match="no Docker engine answers"):
            docker_engine.info(str(tmp_path / "s"), 5)
        server.shutdown()
