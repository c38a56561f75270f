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
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.docker import SOCKET
from facts.hosts import RecordedHost

Serve = t.Callable[[int, bytes], pathlib.Path]


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

            socket = pathlib.Path(folder) / SOCKET[1:]
            socket.parent.mkdir(parents=True)
            server = _Server(str(socket), Handler)
            servers.append(server)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
            return pathlib.Path(folder)

        yield start
        for server in servers:
            server.shutdown()
            server.server_close()


def test_what_docker_answers(serve: Serve) -> None:
    """Breaks the request to Docker or the reading of its answer."""
    host = RecordedHost(serve(200, INFO))
    facts = docker_version.gather(host, {"path": SOCKET})
    assert facts == {"version": "20.10.24+dfsg1", "driver": "overlay2", "error": None}


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no JSON", b'{"message": "server error"}'])
def test_answers_without_a_version(serve: Serve, body: bytes) -> None:
    """Breaks when another answer raises."""
    facts = docker_version.gather(RecordedHost(serve(200, body)), {"path": SOCKET})
    assert facts is not None
    assert facts["error"].startswith("no Docker engine answers")
