# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call over a real socket to a server that speaks HTTP/2, with all that may come before and between an answer."""

from __future__ import annotations

import pathlib
import socket
import struct
import time
import typing as t

import pytest

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc

METHOD = "/runtime.v1.ImageService/PullImage"


def _call(path: pathlib.Path, handler: server.Handler, message: bytes = b"request", timeout: float = 20) -> bytes:
    with server.serving(path, handler) as socket_path:
        return grpc.call(socket_path, METHOD, message, timeout)


def _answering(frames: bytes) -> server.Handler:
    return lambda call: call.send(frames)


@pytest.mark.parametrize("size", [0, 1, 127, 128, 300, 16000])
def test_request_and_answer(tmp_path: pathlib.Path, size: int) -> None:
    """Breaks every call: the method or message does not arrive, or not whole; long names of images need two bytes for a length."""
    request = grpc.bytes_field(1, grpc.text_field(1, "x" * size))

    def handler(call: server.Call) -> None:
        assert call.method == METHOD
        call.send(server.answer(call.message))

    found = grpc.fields(_call(tmp_path / "s", handler, request))
    assert grpc.fields(t.cast("bytes", found[1][0])) == {1: [b"x" * size]}


def test_a_request_that_needs_flow_control(tmp_path: pathlib.Path) -> None:
    """Breaks when more is sent than a server takes at once: it would end the connection without a reason."""
    with pytest.raises(grpc.CallFailed, match="too long"):
        grpc.call(str(tmp_path / "absent"), METHOD, b"x" * 16380, 5)


def test_what_comes_during_a_long_call(tmp_path: pathlib.Path) -> None:
    """Breaks a pull of minutes: pings and settings want answers, the rest must be passed over, and a server that stops
    taking calls still ends those that it has."""
    heard: list[tuple[int, int, bytes]] = []

    def handler(call: server.Call) -> None:
        call.send(server.frame(server.PING, 0, 0, b"12345678"))
        call.send(server.frame(server.SETTINGS, 0, 0, struct.pack(">HI", 4, 1)))
        call.send(
            server.frame(server.WINDOW_UPDATE, 0, 0, b"\0\0\0\1")
            + server.frame(server.WINDOW_UPDATE, 0, 1, b"\0\0\0\1")
        )
        call.send(server.frame(server.GOAWAY, 0, 0, struct.pack(">II", 2**31 - 1, 0) + b"graceful_stop"))
        call.send(server.frame(0xFA, 0, 0, b"of a kind that is yet to come"))
        call.send(server.frame(server.DATA, server.END_STREAM, 3, b"of another call"))
        while len(heard) < 3:
            heard.append(call.receive())
        time.sleep(0.3)
        call.send(server.answer(b"done"))

    assert _call(tmp_path / "s", handler) == b"done"
    assert (server.PING, server.ACK, b"12345678") in heard
    assert heard.count((server.SETTINGS, server.ACK, b"")) == 2


def test_a_large_answer(tmp_path: pathlib.Path) -> None:
    """Breaks when the windows that are offered do not hold an answer of many frames."""
    data = bytes(5 * 2**20)

    def handler(call: server.Call) -> None:
        rest = b"\0" + struct.pack(">I", len(data)) + data
        call.send(server.frame(server.HEADERS, server.END_HEADERS, payload=b"\x88"))
        while rest:
            call.send(server.frame(server.DATA, payload=rest[:16384]))
            rest = rest[16384:]
        call.send(server.trailers(0))

    assert _call(tmp_path / "s", handler) == data


REASON = 'failed to resolve "r.example/pause:3": not found \u2013 100%'
ESCAPED = 'failed to resolve "r.example/pause:3": not found %E2%80%93 100%25'


def _continued(code: int, text: str) -> bytes:
    block = server.field("grpc-status", str(code)) + server.field("grpc-message", text)
    return b"".join(
        (
            server.frame(server.HEADERS, server.END_STREAM, payload=b"\x88" + block[:10]),
            server.frame(server.CONTINUATION, 0, payload=block[10:20]),
            server.frame(server.CONTINUATION, server.END_HEADERS, payload=block[20:]),
        )
    )


def _padded(code: int, text: str) -> bytes:
    block = (
        b"\x88" + server.field("grpc-status", str(code), coded=False) + server.field("grpc-message", text, coded=False)
    )
    flags = server.END_STREAM | server.END_HEADERS | 0x8 | 0x20
    return server.frame(server.HEADERS, flags, payload=b"\x03" + b"\0\0\0\0\1" + block + b"pad")


@pytest.mark.parametrize("frames", [server.refusal, _continued, _padded])
def test_the_servers_reason(tmp_path: pathlib.Path, frames: t.Callable[[int, str], bytes]) -> None:
    """Breaks the message of a failed pull: the registry's words stand in the trailers."""
    with pytest.raises(grpc.Refused) as caught:
        _call(tmp_path / "s", _answering(frames(5, ESCAPED)))
    assert (caught.value.code, str(caught.value)) == (5, REASON)


def test_a_refusal_without_words(tmp_path: pathlib.Path) -> None:
    """Breaks when a message ends with a colon and nothing behind it."""
    with pytest.raises(grpc.Refused, match="code 14"):
        _call(tmp_path / "s", _answering(server.refusal(14, "")))


def test_a_method_that_is_not_served(tmp_path: pathlib.Path) -> None:
    """Breaks the way back to the older interface."""
    with pytest.raises(grpc.NotImplementedByServer):
        _call(
            tmp_path / "s", _answering(server.refusal(server.UNIMPLEMENTED, "unknown service runtime.v1.ImageService"))
        )


@pytest.mark.parametrize(
    "frames",
    [
        server.frame(server.GOAWAY, 0, 0, struct.pack(">II", 2**31 - 1, 11)),
        server.frame(server.GOAWAY, 0, 0, struct.pack(">II", 0, 0)),
        server.frame(server.RST_STREAM, 0, 1, b"\0\0\0\2"),
        server.frame(server.HEADERS, server.END_HEADERS | server.END_STREAM, payload=b"\xbe"),
        server.frame(server.DATA, 0, 1, b"\0\0"),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        server.frame(server.DATA, 0, 1, b"\0\0\0\0\x64abc") + server.trailers(0),
        server.message(b"") + server.ended("9" * 5000),
    ],
    ids=[
        *("too many pings", "call not taken", "call ended", "unreadable fields", "end in the middle", "HTTP/1"),
        *("message cut off", "endless status"),
    ],
)
def test_a_call_that_is_cut_off(tmp_path: pathlib.Path, frames: bytes) -> None:
    """Breaks with a traceback, or waits for an answer that does not come."""
    with pytest.raises(grpc.CallFailed):
        _call(tmp_path / "s", _answering(frames))


def test_a_number_without_an_end() -> None:
    """Breaks the time limit of a call: such a number takes time that grows with its square."""
    with pytest.raises(grpc.CallFailed, match="too long"):
        grpc.fields(b"\x08" + b"\xff" * 1_000_000)


@pytest.mark.parametrize("drip", [False, True])
def test_the_end_of_patience(tmp_path: pathlib.Path, drip: bool) -> None:
    """Breaks when a stalled pull never ends. Frames that say nothing must not prolong it."""

    def handler(call: server.Call) -> None:
        for _number in range(200):
            time.sleep(0.05)
            if drip:
                call.send(server.frame(server.PING, 0, 0, b"12345678"))

    start = time.monotonic()
    with pytest.raises(socket.timeout):
        _call(tmp_path / "s", handler, timeout=0.5)
    assert time.monotonic() - start < 5
