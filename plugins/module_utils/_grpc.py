# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""One unary gRPC call over a Unix socket: what it takes of HTTP/2 (RFC 9113) and of protocol buffers, and no more.

The host has no gRPC library, and asking a container runtime needs one call and its answer. Header fields are sent
without compression state and never decoded: a call that fails is known by its answer without a message.
"""

from __future__ import annotations

import socket
import struct
import typing as t

Fields = t.Dict[int, t.List[t.Union[int, bytes]]]

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _ACK, _END_HEADERS, _PADDED = 0x1, 0x1, 0x4, 0x8
_STREAM = 1
_SETTINGS_INITIAL_WINDOW_SIZE = 4
# The largest window: answers are never held back.
_WINDOW = 2**31 - 1
_DEFAULT_WINDOW = 2**16 - 1
_LARGEST_ANSWER = 64 * 2**20


class CallFailed(Exception):
    """There is no answer, or none with a message."""


class NotImplementedByServer(CallFailed):
    """The server answered without a message: it does not have the method, or cannot serve it now."""


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _header(name: str, value: str) -> bytes:
    # A literal header field without indexing and with a new name (RFC 7541, 6.2.2); lengths below 127 take one byte.
    encoded = [part.encode("ascii") for part in (name, value)]
    return b"\x00" + b"".join(struct.pack("B", len(part)) + part for part in encoded)


def _request(path: str, message: bytes) -> bytes:
    headers = b"".join(
        _header(name, value)
        for name, value in (
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "localhost"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        )
    )
    return b"".join(
        (
            _PREFACE,
            _frame(_SETTINGS, 0, 0, struct.pack(">HI", _SETTINGS_INITIAL_WINDOW_SIZE, _WINDOW)),
            _frame(_WINDOW_UPDATE, 0, 0, struct.pack(">I", _WINDOW - _DEFAULT_WINDOW)),
            _frame(_HEADERS, _END_HEADERS, _STREAM, headers),
            _frame(_DATA, _END_STREAM, _STREAM, b"\x00" + struct.pack(">I", len(message)) + message),
        )
    )


def _received(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = sock.recv(min(size, 2**16))
        if not part:
            raise CallFailed("the connection was closed in the middle of the answer")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _answer(sock: socket.socket) -> bytes:
    """What the server sent as data, until the stream ends."""
    data: list[bytes] = []
    while True:
        head = _received(sock, 9)
        size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        stream = int.from_bytes(head[5:], "big") & _WINDOW
        payload = _received(sock, size)
        if kind == _SETTINGS and not flags & _ACK:
            sock.sendall(_frame(_SETTINGS, _ACK, 0))
        elif kind == _PING and not flags & _ACK:
            sock.sendall(_frame(_PING, _ACK, 0, payload))
        elif kind == _GOAWAY or (kind == _RST_STREAM and stream == _STREAM):
            raise CallFailed("the server ended the connection")
        elif kind == _DATA and stream == _STREAM:
            data.append(payload[1 : len(payload) - payload[0]] if flags & _PADDED else payload)
            if sum(map(len, data)) > _LARGEST_ANSWER:
                raise CallFailed("the answer is too long")
        if kind in (_DATA, _HEADERS) and stream == _STREAM and flags & _END_STREAM:
            return b"".join(data)


def call(socket_path: str, method: str, message: bytes, timeout: float) -> bytes:
    """The message that a method answers with.

    method: C(/package.Service/Method). message: the encoded request. timeout: seconds for each step.
    Raises OSError where the socket cannot be used, CallFailed where the answer has no message.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(timeout)
        sock.connect(socket_path)
        sock.sendall(_request(method, message))
        data = _answer(sock)
    if len(data) < 5:
        raise NotImplementedByServer(f"{method} is not served")
    if data[0]:
        raise CallFailed("the answer is compressed")
    return data[5 : 5 + int.from_bytes(data[1:5], "big")]


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position += 1
        shift += 7
        if not byte & 0x80:
            return value, position


def fields(data: bytes) -> Fields:
    """The fields of an encoded message by their numbers: numbers, or bytes of texts and inner messages.

    Raises CallFailed for what is no message.
    """
    found: Fields = {}
    position = 0
    if not isinstance(data, bytes):
        raise CallFailed("the answer has a number where a message belongs")
    try:
        while position < len(data):
            tag, position = _varint(data, position)
            kind = tag & 7
            value: int | bytes
            if kind == 0:
                value, position = _varint(data, position)
            elif kind in (1, 5):
                size = 8 if kind == 1 else 4
                value, position = data[position : position + size], position + size
            elif kind == 2:
                size, position = _varint(data, position)
                value, position = data[position : position + size], position + size
            else:
                raise CallFailed("the answer has a field of an unknown kind")
            if position > len(data):
                raise IndexError
            found.setdefault(tag >> 3, []).append(value)
    except IndexError:
        raise CallFailed("the answer ends in the middle of a field") from None
    return found


def text_field(number: int, text: str) -> bytes:
    """A text field of a request, of less than 128 bytes."""
    encoded = text.encode("utf-8")
    return struct.pack("BB", number << 3 | 2, len(encoded)) + encoded


def number_field(number: int, value: int) -> bytes:
    """A number field of a request, below 128."""
    return struct.pack("BB", number << 3, value)


__all__ = ("CallFailed", "Fields", "NotImplementedByServer", "call", "fields", "number_field", "text_field")
