# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that do not come to an end."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import (
    NotJson,
    TooLarge,
    exchange,
    json_object,
)

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def serve() -> t.Iterator[t.Callable[[t.Iterable[bytes], float], http.client.HTTPConnection]]:
    """Starts a server that sends pieces, with a pause before each, and gives a connection to it."""
    end = threading.Event()
    threads = []
    with contextlib.ExitStack() as stack:

        def start(pieces: t.Iterable[bytes], pause: float) -> http.client.HTTPConnection:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def run() -> None:
                with contextlib.suppress(OSError):
                    peer, _address = listener.accept()
                    with peer:
                        peer.recv(65536)
                        for piece in pieces:
                            if end.wait(pause):
                                return
                            peer.sendall(piece)

            threads.append(threading.Thread(target=run))
            threads[-1].start()
            connection = http.client.HTTPConnection(*listener.getsockname(), timeout=10)
            stack.callback(connection.close)
            return connection

        yield start
        end.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def _forever(first: bytes, piece: bytes) -> t.Iterator[bytes]:
    yield first
    while True:
        yield piece


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (OK + b"\r\n", b"x"),
        (OK, b"a"),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["body", "header", "status", "100 Continue", "chunks"],
)
def test_an_answer_that_trickles(
    serve: t.Callable[..., http.client.HTTPConnection], first: bytes, piece: bytes
) -> None:
    """Breaks a run for ever: each read ends in its time, and the answer never does."""
    start = time.monotonic()
    with pytest.raises(socket.timeout):
        exchange(serve(_forever(first, piece), 0.05), "GET", "/", 0.5)
    assert time.monotonic() - start < 10


def test_an_answer_without_end(serve: t.Callable[..., http.client.HTTPConnection]) -> None:
    """Breaks the host's memory: a server sent a gigabyte in five seconds."""
    with pytest.raises(TooLarge):
        exchange(serve(_forever(OK + b"\r\n", b"x" * 65536), 0.0), "GET", "/", 30, most=2**20)


def test_an_answer(serve: t.Callable[..., http.client.HTTPConnection]) -> None:
    """Breaks everything that asks; and a redirect is an answer like another."""
    found = exchange(serve([OK + b"Content-Length: 2\r\n\r\n{}"], 0.0), "GET", "/", 30, most=2)
    assert (found.status, found.body) == (200, b"{}")
    moved = b"HTTP/1.1 302 Found\r\nLocation: ftp://example.com/\r\nContent-Length: 0\r\n\r\n"
    assert exchange(serve([moved], 0.0), "GET", "/", 30).status == 302


def test_a_connection_that_is_kept(serve: t.Callable[..., http.client.HTTPConnection]) -> None:
    """Breaks the one connection for all objects."""
    connection = serve([OK + b"Content-Length: 1\r\n\r\na", OK + b"Content-Length: 1\r\n\r\nb"], 0.1)
    assert [exchange(connection, "GET", "/", 30).body for _request in range(2)] == [b"a", b"b"]


def test_nobody_there() -> None:
    """Breaks the message where nobody answers: it is not the time that has run out."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(ConnectionRefusedError):
        exchange(http.client.HTTPConnection(*address, timeout=5), "GET", "/", 5)


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"1", b'"a"', b"[" * 100_000, b"\xff"])
def test_what_is_no_object(body: bytes) -> None:
    """Breaks with a traceback: of recursion, or of a list that has no fields."""
    with pytest.raises(NotJson):
        json_object(body)


def test_a_connection_that_takes_its_time(
    serve: t.Callable[..., http.client.HTTPConnection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks the end in time where it comes while a name is looked up, or hands are shaken: there is nothing to shut down yet."""
    connection = serve(_forever(OK, b"a"), 0.05)
    connect = connection.connect
    monkeypatch.setattr(connection, "connect", lambda: (time.sleep(0.6), connect())[1])
    start = time.monotonic()
    with pytest.raises(socket.timeout):
        exchange(connection, "GET", "/", 0.3)
    assert time.monotonic() - start < 5
