# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom the cluster's connections trust, between a real server and a real client."""

from __future__ import annotations

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

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import tls
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509


class Made(t.NamedTuple):
    """A certificate with its key."""

    certificate: x509.Certificate
    key: t.Any

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return _x509.certificate_pem(self.certificate)


def _make(name: str, issuer: Made | None, ca: bool) -> Made:
    """A certificate without key identifiers, as kubeadm made them for years."""
    key = _x509.generate_key("ECDSA-P256")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Made(certificate, key)


ROOT = _make("root", None, True)
MIDDLE = _make("middle", ROOT, True)
OTHER = _make("other", None, True)
LEAF = _make("localhost", MIDDLE, False)


@pytest.fixture
def port(tmp_path: pathlib.Path) -> t.Iterator[int]:
    """A server that shows the leaf."""
    path = tmp_path / "leaf.pem"
    path.write_bytes(LEAF.pem + _x509.key_pem(LEAF.key))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _peer = server.accept()
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def _shake_hands(port: int, context: ssl.SSLContext) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        context.wrap_socket(sock, server_hostname="localhost").close()


@pytest.mark.parametrize("trusted", [MIDDLE.pem, MIDDLE.pem + ROOT.pem], ids=["intermediate", "with root"])
def test_an_intermediate_ca_is_trusted(port: int, trusted: bytes) -> None:
    """Breaks clusters of a company's intermediate CA, whose kubeconfigs have nothing else, as kubeadm writes them."""
    _shake_hands(port, tls.trusting(trusted))


def test_another_ca_is_not_trusted(port: int) -> None:
    """Breaks the whole meaning of the CA."""
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(port, tls.trusting(OTHER.pem))


def test_certificates_without_key_identifiers(port: int) -> None:
    """Breaks hosts with Python 3.13, whose default is strict, and clusters that an older kubeadm made."""
    context = ssl.create_default_context(cadata=(MIDDLE.pem + ROOT.pem).decode("ascii"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    _shake_hands(port, tls.as_kubernetes_trusts(context))


def test_strict_refuses_them(port: int) -> None:
    """Breaks when the test above would pass without what it tests."""
    context = ssl.create_default_context(cadata=(MIDDLE.pem + ROOT.pem).decode("ascii"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(port, context)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"nonsense",
        b"\xff",
        b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
        b"\0" + OTHER.pem[:40],
    ],
    ids=["empty", "a line", "nonsense", "bytes", "no certificate", "cut off"],
)
def test_what_holds_no_ca_trusts_nobody(text: bytes) -> None:
    """Breaks the meaning of the CA: Python took an empty text for the authorities of the system."""
    with pytest.raises(KubewrightError, match="holds no certificate of a CA"):
        tls.trusting(text)


@pytest.mark.parametrize("kind", ["encrypted", "another key", "absent", "nonsense", "\0"])
def test_a_client_that_cannot_be_shown(tmp_path: pathlib.Path, kind: str) -> None:
    """Breaks a run that waits at the terminal for a password, or ends in a traceback."""
    path = tmp_path / "client.pem"
    encryption = serialization.BestAvailableEncryption(b"x")
    key = LEAF.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    content = {"encrypted": key, "another key": _x509.key_pem(ROOT.key), "nonsense": b"x"}.get(kind)
    if content is not None:
        path.write_bytes(LEAF.pem + content)
    name = f"{path}\0" if kind == "\0" else str(path)
    with pytest.raises(KubewrightError, match="are not a pair in PEM form without a password"):
        tls.add_client(tls.unverified(), name)
