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

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine


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


class _NoHttp(socketserver.StreamRequestHandler):
    """Answers as something else than an HTTP server does."""

    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(b"220 ready\r\n")


def test_a_server_that_does_not_speak_http(tmp_path: pathlib.Path) -> None:
    """Breaks when something else listens on the socket: an exception of another kind would end the module."""
    with socketserver.UnixStreamServer(str(tmp_path / "s"), _NoHttp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(OSError, match="no Docker engine answers"):
            docker_engine.info(str(tmp_path / "s"), 5)
        server.shutdown()


class _ThreadingServer(socketserver.ThreadingMixIn, _Server):
    daemon_threads = True
    block_on_close = False


class _Engine:
    """Answers of a Docker engine by method and path; what it was asked for."""

    def __init__(self, path: str, answers: dict[str, tuple[int, list[bytes]]]) -> None:
        self.asked: list[tuple[str, str | None, bytes]] = []
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                asked.append((f"{self.command} {self.path}", self.headers["X-Registry-Auth"], body))
                status, lines = answers[f"{self.command} {self.path}"]
                self.send_response(status)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for line in lines:
                    if line == DRIP:
                        for _drop in range(100):
                            self.wfile.write(b"1\r\n \r\n")
                            threading.Event().wait(0.1)
                    if line == STALL:
                        threading.Event().wait(30)
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                self.wfile.write(b"0\r\n\r\n")

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, format: str, *arguments: t.Any) -> None:
                """Nothing."""

        self.server = _ThreadingServer(path, Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


STALL = b"stall"
DRIP = b"drip"
PULL = "POST /images/create?fromImage=r.example%3A5000%2Fa&tag=1"
LOAD = "POST /images/load?quiet=1"


@pytest.fixture
def serve(tmp_path: pathlib.Path) -> t.Iterator[t.Callable[..., _Engine]]:
    """Starts an engine at C(tmp_path/s) with answers."""
    engines: list[_Engine] = []

    def start(answers: dict[str, tuple[int, list[bytes]]]) -> _Engine:
        engines.append(_Engine(str(tmp_path / "s"), answers))
        return engines[-1]

    yield start
    for each in engines:
        each.server.shutdown()
        each.server.server_close()


@pytest.mark.parametrize(("status", "found"), [(200, True), (404, False)])
def test_has_image(tmp_path: pathlib.Path, serve: t.Callable[..., _Engine], status: int, found: bool) -> None:
    """Breaks the list of missing images."""
    serve({"GET /images/r.example:5000/team/a:1/json": (status, [b"{}"])})
    assert docker_engine.has_image(str(tmp_path / "s"), "r.example:5000/team/a:1", 5) is found


def test_remove(tmp_path: pathlib.Path, serve: t.Callable[..., _Engine]) -> None:
    """Breaks the reset: a container that has just gone is an error, or one that stays is none."""
    path = str(tmp_path / "s")
    engine = serve(
        {
            "DELETE /containers/a?force=1&v=1": (204, []),
            "DELETE /containers/b?force=1&v=1": (404, [b"{}"]),
            "DELETE /containers/c?force=1&v=1": (500, [b'{"message": "device busy"}']),
        }
    )
    docker_engine.remove(path, "a", 5)
    docker_engine.remove(path, "b", 5)
    with pytest.raises(docker_engine.EngineError, match="device busy"):
        docker_engine.remove(path, "c", 5)
    assert len(engine.asked) == 3


def test_an_engine_that_does_not_say(tmp_path: pathlib.Path, serve: t.Callable[..., _Engine]) -> None:
    """Breaks when an engine's error counts as an image that is there."""
    serve({"GET /images/a/json": (500, [b'{"message": "disk full"}']), "GET /images/b/json": (400, [b"odd"])})
    with pytest.raises(docker_engine.EngineError, match="disk full"):
        docker_engine.has_image(str(tmp_path / "s"), "a", 5)
    with pytest.raises(docker_engine.EngineError, match="HTTP status 400"):
        docker_engine.has_image(str(tmp_path / "s"), "b", 5)


@pytest.mark.parametrize("header", ["", "e30="])
def test_pull(tmp_path: pathlib.Path, serve: t.Callable[..., _Engine], header: str) -> None:
    """Breaks pulls with Docker, or the credentials of the registry."""
    server = serve({PULL: (200, [b'{"status": "Pulling"}\r\n', b'"odd"\r\n', b'{"status": "Done"}\r\n'])})
    docker_engine.pull_image(str(tmp_path / "s"), "r.example:5000/a", "1", header, 5)
    assert server.asked == [(PULL, header or None, b"")]


@pytest.mark.parametrize(
    ("status", "lines", "text"),
    [
        (404, [b'{"message": "manifest unknown"}'], "manifest unknown"),
        (200, [b'{"status": "Pulling"}\r\n', b'{"errorDetail": {}, "error": "unexpected EOF"}\r\n'], "unexpected EOF"),
    ],
)
def test_a_pull_that_fails(
    tmp_path: pathlib.Path, serve: t.Callable[..., _Engine], status: int, lines: list[bytes], text: str
) -> None:
    """Breaks when a failure that the engine tells in the middle of its answer passes for success."""
    serve({PULL: (status, lines)})
    with pytest.raises(docker_engine.EngineError, match=text):
        docker_engine.pull_image(str(tmp_path / "s"), "r.example:5000/a", "1", "", 5)


@pytest.mark.parametrize("how", [STALL, DRIP])
def test_a_pull_that_stalls(tmp_path: pathlib.Path, serve: t.Callable[..., _Engine], how: bytes) -> None:
    """Breaks the end of a pull: it would hang as long as the registry, or as long as that says anything."""
    serve({PULL: (200, [b'{"status": "Pulling"}\r\n', how])})
    with pytest.raises(TimeoutError):
        docker_engine.pull_image(str(tmp_path / "s"), "r.example:5000/a", "1", "", 0.5)


def test_load_archive(tmp_path: pathlib.Path, serve: t.Callable[..., _Engine]) -> None:
    """Breaks hosts without a registry: the archive has to arrive whole."""
    (tmp_path / "a.tar").write_bytes(b"x" * 300000)
    server = serve({LOAD: (200, [b'{"stream": "Loaded image: a"}\r\n'])})
    docker_engine.load_archive(str(tmp_path / "s"), str(tmp_path / "a.tar"), 5)
    assert server.asked == [(LOAD, None, b"x" * 300000)]


class _Refusing(socketserver.StreamRequestHandler):
    """Refuses in the middle of what is sent."""

    def handle(self) -> None:
        self.rfile.read(1000)
        self.wfile.write(b'HTTP/1.1 500 no\r\nContent-Length: 25\r\n\r\n{"message": "bad header"}')


def test_an_archive_that_is_refused_in_the_middle(tmp_path: pathlib.Path) -> None:
    """Breaks the engine's words for a damaged archive: a broken pipe would be said."""
    (tmp_path / "a.tar").write_bytes(b"x" * 5_000_000)
    with socketserver.UnixStreamServer(str(tmp_path / "s"), _Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(docker_engine.EngineError, match="bad header"):
            docker_engine.load_archive(str(tmp_path / "s"), str(tmp_path / "a.tar"), 10)
        server.shutdown()


def test_an_answer_that_is_too_deep(engine: t.Callable[[bytes], str]) -> None:
    """Breaks with a traceback when JSON is nested deeper than Python goes."""
    with pytest.raises(OSError, match="no Docker engine answers"):
        docker_engine.info(engine(b"[" * 100_000), 5)


def test_orders_to_what_does_not_speak_http(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback when something else listens on the socket."""
    with socketserver.UnixStreamServer(str(tmp_path / "s"), _NoHttp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(OSError, match="no Docker engine answers"):
            docker_engine.has_image(str(tmp_path / "s"), "a", 5)
        with pytest.raises(OSError, match="no Docker engine answers"):
            docker_engine.pull_image(str(tmp_path / "s"), "a", "1", "", 5)
        server.shutdown()
