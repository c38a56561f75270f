# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""One unary gRPC call over a Unix socket: what it takes of HTTP/2 (RFC 9113) and of protocol buffers, and no more.

The host has no gRPC library, and asking a container runtime needs one call and its answer, for which a pull of an
image may take minutes. What is sent has no compression state, and the server is told to use none.
"""

from __future__ import annotations

import socket
import struct
import time
import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import hpack

Fields = t.Dict[int, t.List[t.Union[int, bytes]]]

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE, _CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
_STREAM = 1
_SETTINGS_HEADER_TABLE_SIZE, _SETTINGS_INITIAL_WINDOW_SIZE = 1, 4
# The largest window: answers are never held back, so that no window has to be opened again.
_WINDOW = 2**31 - 1
_DEFAULT_WINDOW = 2**16 - 1
_LARGEST_FRAME = 2**14
# What a server takes without saying so: one frame of data, within the window that it has from the start.
_LARGEST_MESSAGE = _LARGEST_FRAME - 5
_LARGEST_ANSWER = 16 * 2**20
_LARGEST_HEADERS = 2**16
_MOST_FIELDS = 100_000
_UNIMPLEMENTED = 12
_LONGEST_STATUS = 9


class CallFailed(Exception):
    """There is no answer, or none with a message."""


class NotImplementedByServer(CallFailed):
    """The server does not have the method."""


class Refused(CallFailed):
    """The server has the method and says why it cannot do it. code: gRPC's number for the kind of failure."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        super().__init__(text or f"the call failed with code {code}")


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
    settings = struct.pack(">HIHI", _SETTINGS_HEADER_TABLE_SIZE, 0, _SETTINGS_INITIAL_WINDOW_SIZE, _WINDOW)
    return b"".join(
        (
            _PREFACE,
            _frame(_SETTINGS, 0, 0, settings),
            _frame(_WINDOW_UPDATE, 0, 0, struct.pack(">I", _WINDOW - _DEFAULT_WINDOW)),
            _frame(_HEADERS, _END_HEADERS, _STREAM, headers),
            _frame(_DATA, _END_STREAM, _STREAM, b"\x00" + struct.pack(">I", len(message)) + message),
        )
    )


class _Connection:
    """A socket with an end to all that is done with it together."""

    def __init__(self, sock: socket.socket, timeout: float) -> None:
        self._socket = sock
        self._end = time.monotonic() + timeout

    def _in_time(self) -> socket.socket:
        left = self._end - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._socket.settimeout(left)
        return self._socket

    def connect(self, path: str) -> None:
        self._in_time().connect(path)

    def send(self, data: bytes) -> None:
        self._in_time().sendall(data)

    def receive(self, size: int) -> bytes:
        parts = []
        while size:
            part = self._in_time().recv(min(size, 2**16))
            if not part:
                raise CallFailed("the connection was closed in the middle of the answer")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Answer(t.NamedTuple):
    data: bytes
    headers: dict[str, str]


def _without_padding(flags: int, payload: bytes) -> bytes:
    return payload[1 : len(payload) - payload[0]] if flags & _PADDED and payload else payload


def _goes_on(payload: bytes) -> bool:
    """Whether a server that takes no more calls (GOAWAY) still answers this one."""
    if len(payload) < 8:
        return False
    last, code = struct.unpack(">II", payload[:8])
    return bool(last & _WINDOW >= _STREAM and code == 0)


def _answer(connection: _Connection) -> _Answer:
    """What the server sent as data and as header fields, until the stream ends."""
    data, block = bytearray(), bytearray()
    headers: dict[str, str] = {}
    ends, header_bytes = False, 0
    while True:
        head = connection.receive(9)
        size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        stream = int.from_bytes(head[5:], "big") & _WINDOW
        if size > _LARGEST_FRAME:
            raise CallFailed("what answers does not speak HTTP/2")
        payload = connection.receive(size)
        if kind == _SETTINGS and not flags & _ACK:
            connection.send(_frame(_SETTINGS, _ACK, 0))
        elif kind == _PING and not flags & _ACK:
            connection.send(_frame(_PING, _ACK, 0, payload))
        elif kind == _GOAWAY and not _goes_on(payload):
            raise CallFailed("the server ended the connection")
        elif stream != _STREAM:
            continue
        elif kind == _RST_STREAM:
            if headers.get("grpc-status"):
                return _Answer(bytes(data), headers)
            raise CallFailed("the server ended the call")
        elif kind == _DATA:
            data += _without_padding(flags, payload)
            if len(data) > _LARGEST_ANSWER:
                raise CallFailed("the answer is too long")
            if flags & _END_STREAM:
                return _Answer(bytes(data), headers)
        elif kind in (_HEADERS, _CONTINUATION):
            if kind == _HEADERS:
                payload = _without_padding(flags, payload)
                payload = payload[5:] if flags & _PRIORITY else payload
                ends = bool(flags & _END_STREAM)
            block += payload
            # Of all blocks together: a server may send one after the other.
            header_bytes += len(payload)
            if header_bytes > _LARGEST_HEADERS:
                raise CallFailed("the header fields of the answer are too long")
            if flags & _END_HEADERS:
                headers.update(hpack.decode(bytes(block)))
                block.clear()
                if ends:
                    return _Answer(bytes(data), headers)


def _check(method: str, headers: t.Mapping[str, str], data: bytes) -> None:
    """Raises CallFailed for an answer that says that the call failed."""
    status = headers.get("grpc-status", "")
    if len(status) > _LONGEST_STATUS:
        raise CallFailed("the answer has a status that is no number")
    code = int(status) if status.isdecimal() else -1
    if code == _UNIMPLEMENTED or (code <= 0 and len(data) < 5):
        raise NotImplementedByServer(f"{method} is not served")
    if code > 0:
        raise Refused(code, urllib.parse.unquote(headers.get("grpc-message", "")))


def call(socket_path: str, method: str, message: bytes, timeout: float) -> bytes:
    """The message that a method answers with.

    method: C(/package.Service/Method). message: the encoded request. timeout: seconds for all of the call.
    Raises OSError where the socket cannot be used or there is no answer in time, CallFailed where the answer has no
    message.
    """
    if len(message) > _LARGEST_MESSAGE:
        raise CallFailed("the request is too long")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        connection = _Connection(sock, timeout)
        connection.connect(socket_path)
        connection.send(_request(method, message))
        try:
            data, headers = _answer(connection)
        except hpack.Unreadable as error:
            raise CallFailed(f"the header fields of the answer cannot be read: {error}") from None
    _check(method, headers, data)
    if data[0]:
        raise CallFailed("the answer is compressed")
    size = int.from_bytes(data[1:5], "big")
    if size > len(data) - 5:
        raise CallFailed("the message of the answer is cut off")
    return data[5 : 5 + size]


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        if shift > 63:
            raise CallFailed("the answer has a number that is too long")
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
    position = count = 0
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
            count += 1
            if count > _MOST_FIELDS:
                raise CallFailed("the answer has too many fields")
    except IndexError:
        raise CallFailed("the answer ends in the middle of a field") from None
    return found


def _encoded(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def bytes_field(number: int, value: bytes) -> bytes:
    """A field of a request that holds bytes, a text or a message."""
    return _encoded(number << 3 | 2) + _encoded(len(value)) + value


def text_field(number: int, text: str) -> bytes:
    """A text field of a request."""
    return bytes_field(number, text.encode("utf-8"))


def number_field(number: int, value: int) -> bytes:
    """A number field of a request."""
    return _encoded(number << 3) + _encoded(value)


def text_of(found: Fields, number: int) -> str:
    """The first text of a field; empty where there is none."""
    value = found.get(number, [b""])[0]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


__all__ = (
    "CallFailed",
    "Fields",
    "NotImplementedByServer",
    "Refused",
    "bytes_field",
    "call",
    "fields",
    "number_field",
    "text_field",
    "text_of",
)
