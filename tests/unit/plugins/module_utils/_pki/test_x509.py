# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making and reading certificates."""

from __future__ import annotations

import datetime
import re
import subprocess
import warnings

import own_process
import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison

WANTED = Certificate("x", "ca", "name", ("group",), ("clientAuth",), ("a.example",), ("192.0.2.1",))
PROFILE = _x509.Profile("ECDSA-P256", 3600, 7200, 0, "ca", True, True, True)


@pytest.fixture(scope="module")
def ca(now: datetime.datetime) -> _x509.Pair:
    """A CA."""
    key = _x509.generate_key("ECDSA-P256")
    return _x509.Pair(_x509.issue_ca("kubernetes", PROFILE, now, key), key)


@pytest.fixture(scope="module")
def leaf(ca: _x509.Pair, now: datetime.datetime) -> _x509.Pair:
    """A leaf of it."""
    key = _x509.generate_key("ECDSA-P256")
    return _x509.Pair(_x509.issue(WANTED, ca, PROFILE, now, key.public_key()), key)


@pytest.mark.parametrize("algorithm", ["RSA-2048", "ECDSA-P256", "ECDSA-P384"])
def test_a_key_is_of_its_algorithm(algorithm: str) -> None:
    """Breaks when a user gets a weaker key than asked for."""
    key = _x509.load_key(_x509.key_pem(_x509.generate_key(algorithm)))
    assert _x509.algorithm_of(key) == algorithm
    assert _x509.load_public_key(_x509.public_key_pem(key)) == _x509.public_key_pem(key)


@pytest.mark.parametrize(
    ("algorithm", "signature"),
    [
        ("RSA-2048", "sha256WithRSAEncryption"),
        ("ECDSA-P256", "ecdsa-with-SHA256"),
        ("ECDSA-P384", "ecdsa-with-SHA384"),
    ],
)
def test_a_signature_is_as_long_as_the_key_that_makes_it(
    now: datetime.datetime, algorithm: str, signature: str
) -> None:
    """Breaks parity with kubeadm, whose library chooses the hash by the curve of who signs."""
    key = _x509.generate_key(algorithm)
    own = _x509.Pair(_x509.issue_ca("kubernetes", PROFILE, now, key), key)
    leaf_key = _x509.generate_key("ECDSA-P256").public_key()
    for certificate in (own.certificate, _x509.issue(WANTED, own, PROFILE, now, leaf_key)):
        assert certificate.signature_algorithm_oid._name == signature
        assert comparison.is_signed_by(certificate, own.certificate)


def test_serials_are_positive_63_bit_and_differ(ca: _x509.Pair, leaf: _x509.Pair) -> None:
    """K5.1: breaks TLS clients that refuse two certificates of one issuer and serial."""
    serials = {ca.certificate.serial_number, leaf.certificate.serial_number}
    assert len(serials) == 2
    assert all(0 < serial < 2**63 for serial in serials)


def test_the_discovery_hash_is_openssls(ca: _x509.Pair) -> None:
    """K11: breaks kubeadm join, which compares this hash with the CA that it is offered."""
    pem = _x509.certificate_pem(ca.certificate)
    public = subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=pem, capture_output=True, check=True).stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "der"], input=public, capture_output=True, check=True
    ).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256"], input=der, capture_output=True, check=True).stdout
    expected = re.findall(r"[0-9a-f]{64}", digest.decode())[0]
    assert _x509.ca_certificate_hash(ca.certificate) == "sha256:" + expected


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n", b"\xff"]
)
def test_what_cannot_be_read_is_never_quoted(content: bytes) -> None:
    """Breaks when a damaged key reaches a log by way of the error."""
    for load in (_x509.load_key, _x509.load_public_key, _x509.load_certificate):
        with pytest.raises(KubewrightError, match=r"^is not a") as caught:
            load(content)
        assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize("length", [52, 53, 63, 253])
def test_long_names_of_nodes(ca: _x509.Pair, now: datetime.datetime, length: int) -> None:
    """kubeadm issues them: breaks hosts whose CN system:node:NAME has more than 64 characters, on every path."""
    wanted = WANTED._replace(common_name="system:node:" + "n" * length)
    key = _x509.generate_key("ECDSA-P256")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # As everywhere where it is imported; pytest has filters of its own.
        warnings.filterwarnings("ignore", "Attribute's length must be")
        request = _x509.request(wanted, key)
        certificate = _x509.issue(wanted, ca, PROFILE, now, _x509.requested_key(request))
        again = _x509.load_certificate(_x509.certificate_pem(certificate))
        assert comparison.differences(again, wanted, "ECDSA-P256") == []
        assert comparison.same_request(request, _x509.request(wanted, key))


def test_long_names_make_no_noise() -> None:
    """Breaks the output of each run: cryptography warns of such a name whenever it reads one."""
    program = (
        "from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509\n"
        "key = x509.generate_key('ECDSA-P256')\n"
        "profile = x509.Profile('ECDSA-P256', 3600, 7200, 0, 'ca', True, True, True)\n"
        "import datetime\n"
        "now = datetime.datetime.now(datetime.timezone.utc)\n"
        "pem = x509.certificate_pem(x509.issue_ca('n' * 200, profile, now, key))\n"
        "print(x509.load_certificate(pem).subject)\n"
    )
    done = own_process.run(program)
    assert "n" * 200 in done.stdout
    assert done.stderr == ""
