# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""One request over HTTP and its answer, with an end in time and in size, whoever answers.

The time limit of a socket is one for each read: a server that says a byte now and then, or that goes on with headers or with
C(100 Continue), never reaches it. Redirects are not followed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import typing as t
import urllib.parse

LARGEST = 64 * 2**20
_PIECE = 2**16


class TooLarge(OSError):
    """The answer is larger than it may be."""


class NotJson(ValueError):
    """The answer is no JSON object."""


class Answer(t.NamedTuple):
    """status: of HTTP."""

    status: int
    body: bytes


@contextlib.contextmanager
def ending(connection: http.client.HTTPConnection, seconds: float) -> t.Iterator[None]:
    """Lets what is done with a connection take no longer than so many seconds in all. Raises socket.timeout then."""
    late = threading.Event()
    # An answer that is the last one of its connection takes the socket over.
    kept: list[socket.socket] = []
    connect = connection.connect

    def give_up() -> None:
        late.set()
        for sock in [connection.sock, *kept]:
            with contextlib.suppress(OSError):
                if sock is not None:
                    sock.shutdown(socket.SHUT_RDWR)

    def connected() -> None:
        connect()
        kept[:] = [connection.sock]
        if late.is_set():
            # While it was connecting there was nothing to shut down.
            give_up()
            raise socket.timeout("timed out")

    if connection.sock is not None:
        kept[:] = [connection.sock]
    connection.connect = connected  # type: ignore[method-assign]
    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        connection.connect = connect  # type: ignore[method-assign]
    if late.is_set():
        raise socket.timeout("timed out")


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    seconds: float,
    body: bytes | None = None,
    headers: t.Mapping[str, str] | None = None,
    most: int = LARGEST,
) -> Answer:
    """Asks and reads the whole answer. seconds: for all of it. most: bytes of the body.

    Raises OSError (socket.timeout and TooLarge among them) and http.client.HTTPException.
    """
    answer = Answer(0, b"")
    with ending(connection, seconds):
        connection.request(method, target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        body_read = bytearray()
        # In pieces: before Python 3.10 a read takes as much memory as it may get.
        while len(body_read) <= most:
            piece = response.read(_PIECE)
            if not piece:
                break
            body_read += piece
        answer = Answer(response.status, bytes(body_read))
    if len(answer.body) > most:
        raise TooLarge(0, f"the answer has more than {most} bytes")
    return answer


def get(url: str, seconds: float, context: ssl.SSLContext | None = None, most: int = LARGEST) -> Answer:
    """Asks once for a URL, past all proxies. context: for https. seconds, most: see C(exchange).

    Raises ValueError for what is no URL, and what C(exchange) raises.
    """
    parts = urllib.parse.urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    with contextlib.closing(connection):
        return exchange(connection, "GET", target, seconds, most=most)


def failure(error: BaseException) -> str:
    """Why a request had no answer, in a few words."""
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


def json_object(body: bytes) -> dict[str, t.Any]:
    """A body as a JSON object. Raises NotJson."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise NotJson("the answer is not JSON") from None
    if not isinstance(value, dict):
        raise NotJson("the answer is not a JSON object")
    return value


__all__ = ("LARGEST", "Answer", "NotJson", "TooLarge", "ending", "exchange", "failure", "get", "json_object")
