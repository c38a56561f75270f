# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A gRPC server over HTTP/2 on a Unix socket, for tests: each call is answered frame by frame, as a test says."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import struct
import threading
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import hpack

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
UNIMPLEMENTED = 12
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int = 0, stream: int = 1, payload: bytes = b"") -> bytes:
    """A frame of HTTP/2."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _number(value: int, bits: int, first: int) -> bytes:
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    parts = bytearray([first | most])
    value -= most
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def huffman(text: bytes) -> bytes:
    """A text in HPACK's Huffman code."""
    codes = {symbol: (length, code) for (length, code), symbol in hpack._CODES.items()}
    bits = "".join("{:0{}b}".format(codes[symbol][1], codes[symbol][0]) for symbol in text)
    bits += "1" * (-len(bits) % 8)
    return bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8))


def field(name: str, value: str, coded: bool = True) -> bytes:
    """A header field, as grpc-go writes one: literal, with indexing, and in the Huffman code."""
    parts = [huffman(text.encode()) if coded else text.encode() for text in (name, value)]
    return b"\x40" + b"".join(_number(len(part), 7, 0x80 if coded else 0) + part for part in parts)


def message(data: bytes) -> bytes:
    """The frames of an answer with a message, up to its trailers."""
    # ":status: 200" of the static table.
    return frame(HEADERS, END_HEADERS, payload=b"\x88") + frame(
        DATA, payload=b"\0" + struct.pack(">I", len(data)) + data
    )


def trailers(code: int, text: str = "", flags: int = END_STREAM | END_HEADERS) -> bytes:
    """The frame that ends an answer."""
    return frame(
        HEADERS, flags, payload=field("grpc-status", str(code)) + (field("grpc-message", text) if text else b"")
    )


def ended(status: str) -> bytes:
    """The frame that ends an answer, with a status in any words."""
    return frame(HEADERS, END_STREAM | END_HEADERS, payload=field("grpc-status", status))


def answer(data: bytes) -> bytes:
    """The frames of a call that succeeds."""
    return message(data) + trailers(0)


def refusal(code: int, text: str) -> bytes:
    """The frames of a call that fails."""
    return frame(HEADERS, END_HEADERS, payload=b"\x88") + trailers(code, text)


class Call(t.NamedTuple):
    """method: its path. message: the request. send, receive: frames to and from the client."""

    method: str
    message: bytes
    send: t.Callable[[bytes], None]
    receive: t.Callable[[], tuple[int, int, bytes]]


Handler = t.Callable[[Call], None]


def _read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _handle(connection: socket.socket, handler: Handler) -> None:
    def receive() -> tuple[int, int, bytes]:
        head = _read(connection, 9)
        return head[3], head[4], _read(connection, int.from_bytes(head[:3], "big"))

    assert _read(connection, len(_PREFACE)) == _PREFACE
    connection.sendall(
        frame(SETTINGS, 0, 0, struct.pack(">HI", 5, 16384)) + frame(WINDOW_UPDATE, 0, 0, b"\0\0\xff\xff")
    )
    method = ""
    while True:
        kind, flags, payload = receive()
        if kind == HEADERS:
            position = payload.index(b"\x05:path") + 6
            method = payload[position + 1 : position + 1 + payload[position]].decode()
        elif kind == DATA:
            assert flags & END_STREAM
            assert int.from_bytes(payload[1:5], "big") == len(payload) - 5
            handler(Call(method, payload[5:], connection.sendall, receive))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
            return


@contextlib.contextmanager
def serving(path: pathlib.Path, handler: Handler) -> t.Iterator[str]:
    """A socket on which each call goes to the handler, side by side."""

    def serve_one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            _handle(connection, handler)

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _peer = server.accept()
                except OSError:
                    return
                threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield str(path)
        server.shutdown(socket.SHUT_RDWR)


__all__ = (
    "ACK",
    "CONTINUATION",
    "DATA",
    "END_HEADERS",
    "END_STREAM",
    "GOAWAY",
    "HEADERS",
    "PING",
    "RST_STREAM",
    "SETTINGS",
    "UNIMPLEMENTED",
    "WINDOW_UPDATE",
    "Call",
    "Handler",
    "answer",
    "field",
    "frame",
    "huffman",
    "message",
    "refusal",
    "serving",
    "trailers",
)
