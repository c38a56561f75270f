# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate a server shows, between a real server and the real handshake."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
import socket
import ssl
import threading
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import (
    certificate_message,
    served_certificate,
)


class Pair(t.NamedTuple):
    """A certificate (DER), and the file with it and its key."""

    der: bytes
    path: str


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A self-signed certificate with more bytes than one record of TLS may be read in at a time."""
    key = _x509.generate_key("ECDSA-P256")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "etcd")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0xE1F39EBD578E320)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"name-{n}.example.com") for n in range(900)]), False)
        .sign(key, hashes.SHA256())
    )
    path: pathlib.Path = tmp_path_factory.mktemp("server") / "pair.pem"
    path.write_bytes(_x509.certificate_pem(certificate) + _x509.key_pem(key))
    return Pair(certificate.public_bytes(serialization.Encoding.DER), str(path))


@contextlib.contextmanager
def _listening(serve: t.Callable[[socket.socket], None]) -> t.Iterator[int]:
    """The port of somebody who serves one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                connection, _address = listener.accept()
                with connection:
                    serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("wants_certificate", [True, False])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_a_server_shows(pair: Pair, version: ssl.TLSVersion, wants_certificate: bool) -> None:
    """Breaks the proof for etcd, which lets nobody in without a certificate: neither with TLS 1.2 nor with 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(pair.path)
    if wants_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(pair.path)

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    with _listening(serve) as port:
        assert served_certificate("127.0.0.1", port) == pair.der


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes([22, 3, 3, 0, 2, 2, 0])])
def test_what_is_no_tls_shows_nothing(answer: bytes) -> None:
    """Breaks the wait with a traceback, or hangs it, where something else listens."""

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    with _listening(serve) as port:
        assert served_certificate("127.0.0.1", port) is None
    assert served_certificate("127.0.0.1", port) is None


def _record(kind: int, body: bytes) -> bytes:
    return bytes([kind, 3, 3]) + len(body).to_bytes(2, "big") + body


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


CHAIN = b"".join(len(der).to_bytes(3, "big") + der for der in (b"leaf", b"issuer"))
FLIGHT = _message(2, b"hello") + _message(11, len(CHAIN).to_bytes(3, "big") + CHAIN) + _message(14, b"")


@pytest.mark.parametrize("size", [1, 3, 7, 4096])
def test_the_message_in_pieces(size: int) -> None:
    """RFC 5246, 6.2.1: breaks when a server splits its messages over records, or the network splits the records."""
    stream = b"".join(_record(22, FLIGHT[start : start + size]) for start in range(0, len(FLIGHT), size))
    found = [certificate_message(stream[:end]) for end in range(len(stream) + 1)]
    whole = found.index(b"leaf")
    assert set(found[:whole]) == {None}
    assert set(found[whole:]) == {b"leaf"}


@pytest.mark.parametrize(
    "stream",
    [
        _record(21, b"\x02\x28"),
        _record(20, b"\x01") + _record(22, FLIGHT),
        _record(22, _message(11, b"\0\0\0")),
        _record(22, _message(11, b"\0\0\x03\0\0\0")),
        _record(22, _message(11, b"\0\0\x09\0\0\x09leaf")),
    ],
)
def test_no_certificate_among_the_messages(stream: bytes) -> None:
    """Breaks when an alert, what is encrypted, or an empty or damaged list is taken for a certificate."""
    assert certificate_message(stream) is None
