# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that come back from somebody else: which are taken, and why the others are not."""

from __future__ import annotations

import base64
import datetime
import pathlib
import shutil
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import folder as pki
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import certificates
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CredentialsPlan
from credentials_made import CAS, CERTIFICATES, KUBECONFIGS, apply, authority, make, move_keys_away, plan, sign

LEAF = "apiserver"


class Asked(t.NamedTuple):
    """A host that waits for the certificate of its API server; the one in use is due.

    csr: the request. ca: who signs. stranger: a CA of the same name with another key. now: the time of the renewal.
    """

    host: t.Any
    config: Config
    csr: str
    ca: _x509.Pair
    stranger: _x509.Pair
    now: datetime.datetime

    def plan(self, pem: bytes | None, **task: t.Any) -> CredentialsPlan:
        """With what came back."""
        signed = {} if pem is None else {LEAF: pem}
        return plan(self.config, self.now, CERTIFICATES, 30 * 86400.0, requests=CAS, signed=signed, **task)

    def pair(self) -> tuple[bytes, bytes]:
        """What is in use."""
        return (self.host.pki / f"{LEAF}.crt").read_bytes(), (self.host.pki / f"{LEAF}.key").read_bytes()

    def sign(self, **shape: t.Any) -> bytes:
        """What comes back."""
        return sign(self.csr, shape.pop("ca", self.ca), shape.pop("begin", self.now), shape.pop("days", 365))


@pytest.fixture
def asked(host: t.Any, tmp_path: pathlib.Path) -> Asked:
    """In 350 days all leaves are due."""
    shutil.copytree(host.sound, host.pki)
    move_keys_away(host.pki, tmp_path / "elsewhere")
    config, now = host.config(), host.now + datetime.timedelta(days=350)
    planned = plan(config, now, CERTIFICATES, 30 * 86400.0, requests=CAS)
    csr = next(item.csr for item in apply(config, planned, now) if item.name == LEAF)
    key = _x509.generate_key("ECDSA-P256")
    stranger = _x509.Pair(_x509.issue_ca("kubernetes", pki.profile_of(config), host.now, key), key)
    return Asked(host, config, csr, authority(tmp_path / "elsewhere", "ca"), stranger, now)


def _chain(*pems: bytes) -> bytes:
    return b"".join(pems)


def _with_damaged_extension(pem: bytes) -> bytes:
    """A certificate whose names cannot be parsed: the length of one is beyond the end."""
    der = bytearray(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER))
    # OID 2.5.29.17 (subjectAltName), the OCTET STRING and the SEQUENCE in it, then the tag of the first name.
    place = bytes(der).index(bytes.fromhex("0603551d11"))
    der[bytes(der).index(b"\x82", place + 9) + 1] = 0x7F
    text = base64.encodebytes(bytes(der)).replace(b"\n", b"")
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"\n-----END CERTIFICATE-----\n"


TAKEN: t.Mapping[str, t.Callable[[Asked, bytes], bytes]] = {
    "alone": lambda _asked, pem: pem,
    "with the CA behind it": lambda asked, pem: _chain(pem, _x509.certificate_pem(asked.ca.certificate)),
    "with text before it": lambda _asked, pem: b"Certificate:\n    Data:\n        Version: 3\n" + pem,
    "with the ends of lines of Windows": lambda _asked, pem: pem.replace(b"\n", b"\r\n"),
    "of a clock that is a little ahead": lambda asked, _pem: asked.sign(
        begin=asked.now + datetime.timedelta(minutes=4)
    ),
}


@pytest.mark.parametrize("shape", TAKEN)
def test_what_is_taken(asked: Asked, shape: str) -> None:
    """Breaks the work of those who sign: a right certificate in one of its usual forms is not taken."""
    pem = TAKEN[shape](asked, asked.sign())
    waiting = (asked.host.kubernetes / ".pending" / f"{LEAF}.key").read_bytes()
    apply(asked.config, asked.plan(pem), asked.now)
    certificate, key = asked.pair()
    # The leaf alone is written, as kubeadm does.
    assert certificate.count(b"BEGIN CERTIFICATE") == 1
    assert _x509.certificate_pem(_x509.load_certificate(pem)) == certificate
    assert key == waiting
    assert LEAF not in {leaf.name for leaf in asked.plan(pem).leaves}


REFUSED: t.Mapping[str, tuple[t.Callable[[Asked], bytes], str]] = {
    "empty": (lambda _asked: b"", "is not a PEM certificate"),
    "DER": (
        lambda asked: x509.load_pem_x509_certificate(asked.sign()).public_bytes(Encoding.DER),
        "is not a PEM certificate",
    ),
    "the request": (lambda asked: asked.csr.encode(), "is not a PEM certificate"),
    "cut off": (lambda asked: asked.sign()[:300], "is not a PEM certificate"),
    "damaged inside": (lambda asked: _with_damaged_extension(asked.sign()), "is a damaged certificate"),
    "the CA before it": (
        lambda asked: _chain(_x509.certificate_pem(asked.ca.certificate), asked.sign()),
        "is for another key than that of the request; of several",
    ),
    "for another request": (
        lambda asked: sign(_other_csr(asked), asked.ca, asked.now),
        "is for another key than that of the request; of several",
    ),
    "of another CA": (lambda asked: asked.sign(ca=asked.stranger), "not signed by the present CA"),
    "ended": (lambda asked: asked.sign(begin=asked.now - datetime.timedelta(days=9), days=8), "ends at "),
    "begins tomorrow": (lambda asked: asked.sign(begin=asked.now + datetime.timedelta(days=1)), "begins at "),
    "ends before the one in use": (lambda asked: asked.sign(days=3), "no later than the one that it is to replace"),
}


def _other_csr(asked: Asked) -> str:
    wanted = next(leaf for leaf in certificates(asked.config) if leaf.path == LEAF)
    return _x509.request(wanted, _x509.generate_key("ECDSA-P256")).decode("ascii")


@pytest.mark.parametrize("shape", REFUSED)
def test_what_is_refused(asked: Asked, shape: str) -> None:
    """Breaks a running API server with a certificate that is none, or the key whose certificate is still to come."""
    make_it, reason = REFUSED[shape]
    in_use, waiting = asked.pair(), (asked.host.kubernetes / ".pending" / f"{LEAF}.key").read_bytes()
    planned = asked.plan(make_it(asked))
    assert LEAF not in planned.ready
    requests = {item.name: item for item in apply(asked.config, planned, asked.now)}
    assert reason in requests[LEAF].refused
    assert "-----" not in requests[LEAF].refused
    assert comparison.same_request(requests[LEAF].csr.encode(), asked.csr.encode())
    assert asked.pair() == in_use
    assert (asked.host.kubernetes / ".pending" / f"{LEAF}.key").read_bytes() == waiting
    # And the right one is still taken after it.
    assert LEAF in asked.plan(asked.sign()).ready


def test_names_that_were_left_out_are_named(asked: Asked) -> None:
    """Breaks clients of the API server: a signer that drops names (openssl does, unless told to copy) is told which."""
    key = x509.load_pem_x509_csr(asked.csr.encode()).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.load_pem_x509_csr(asked.csr.encode()).subject)
        .issuer_name(asked.ca.certificate.subject)
        .public_key(key)
        .serial_number(1)
        .not_valid_before(asked.now)
        .not_valid_after(asked.now + datetime.timedelta(days=365))
    )
    assert asked.ca.key is not None
    pem = _x509.certificate_pem(builder.sign(asked.ca.key, hashes.SHA256()))
    refused = asked.plan(pem).elsewhere[LEAF]
    assert all(
        text in refused for text in ("SAN kubernetes missing", "SAN 10.96.0.1 missing", "usage serverAuth missing")
    )


def test_what_the_host_has_already_is_no_answer(asked: Asked) -> None:
    """Breaks the message a year later: the certificate of last time, still in its folder, is nothing to complain of."""
    planned = asked.plan(asked.pair()[0])
    assert (planned.elsewhere[LEAF], LEAF in planned.ready) == ("", False)


def test_a_certificate_for_the_key_in_use_is_taken(asked: Asked) -> None:
    """Breaks those who renew with the key that is there: the certificate is right, whichever request it was made from."""
    wanted = next(leaf for leaf in certificates(asked.config) if leaf.path == LEAF)
    key = _x509.load_key(asked.pair()[1])
    pem = sign(_x509.request(wanted, key).decode("ascii"), asked.ca, asked.now)
    apply(asked.config, asked.plan(pem), asked.now)
    assert asked.pair() == (pem, _x509.key_pem(key))
    assert not (asked.host.kubernetes / ".pending" / f"{LEAF}.key").exists()


def test_a_pair_that_was_torn_is_completed(asked: Asked) -> None:
    """Breaks a run that was cut off between key and certificate: the certificate is there, its key still waits."""
    pem = asked.sign()
    (asked.host.pki / f"{LEAF}.crt").write_bytes(pem)
    waiting = (asked.host.kubernetes / ".pending" / f"{LEAF}.key").read_bytes()
    apply(asked.config, asked.plan(pem), asked.now)
    assert asked.pair() == (pem, waiting)


def test_strict_names(asked: Asked) -> None:
    """Breaks kubewright_cert_strict_sans: a name too many from those who sign would be asked for again at once."""
    config = Config(dict(asked.config.data, certStrictSans=True))
    wanted = next(leaf for leaf in certificates(config) if leaf.path == LEAF)
    waiting = _x509.load_key((asked.host.kubernetes / ".pending" / f"{LEAF}.key").read_bytes())
    more = wanted._replace(dns_names=(*wanted.dns_names, "stranger.example"))
    pem = sign(_x509.request(more, waiting).decode("ascii"), asked.ca, asked.now)
    assert LEAF in asked.plan(pem).ready
    assert "stranger.example is not declared" in asked._replace(config=config).plan(pem).elsewhere[LEAF]


def test_a_kubeconfig_is_compared_with_what_is_inside(host: t.Any, tmp_path: pathlib.Path) -> None:
    """Breaks kubeconfigs: the certificate that they hold already would be taken for a new one."""
    shutil.copytree(host.sound, host.pki)
    make(host.config(), host.now, KUBECONFIGS)
    move_keys_away(host.pki, tmp_path / "elsewhere")
    now = host.now + datetime.timedelta(days=350)
    text = (host.kubernetes / "admin.conf").read_text(encoding="ascii")
    line = next(line for line in text.splitlines() if "client-certificate-data" in line)
    present = base64.b64decode(line.split(": ")[1])
    planned = plan(host.config(), now, KUBECONFIGS, 30 * 86400.0, requests=CAS, signed={"admin.conf": present})
    assert planned.elsewhere["admin.conf"] == ""
