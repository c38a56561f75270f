# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates compared with what is declared."""

from __future__ import annotations

import datetime
import string
import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Key

WANTED = Certificate("x", "ca", "name", ("group",), ("clientAuth",), ("a.example",), ("192.0.2.1",))


PROFILE = _x509.Profile("ECDSA-P256", 3600, 7200, 0, "ca", True, True, True)
OTHER = _x509.generate_key("ECDSA-P256")


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


def test_a_leaf_is_as_wanted(leaf: _x509.Pair, ca: _x509.Pair) -> None:
    """Breaks the second run: what was just issued must compare as equal."""
    assert comparison.differences(leaf.certificate, WANTED, "ECDSA-P256") == []
    assert comparison.is_signed_by(leaf.certificate, ca.certificate)
    assert _x509.key_matches(leaf.certificate, leaf.key)
    assert not comparison.is_ca(leaf.certificate)
    assert comparison.is_ca(ca.certificate)


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"common_name": "other"}, "common name is name"),
        ({"organizations": ()}, "organization is group"),
        ({"organizations": ("g2",)}, "organization is group"),
        ({"dns_names": ("a.example", "b.example")}, "SAN b.example missing"),
        ({"ip_addresses": ("2001:db8::1",)}, "SAN 2001:db8::1 missing"),
        ({"usages": ("clientAuth", "serverAuth")}, "usage serverAuth missing"),
    ],
)
def test_each_difference_is_found(leaf: _x509.Pair, changed: dict[str, t.Any], difference: str) -> None:
    """Breaks when a certificate that lacks what is declared counts as right."""
    assert comparison.differences(leaf.certificate, WANTED._replace(**changed), "ECDSA-P256") == [difference]


def test_a_ca_of_the_same_name_with_another_key_is_another(leaf: _x509.Pair, now: datetime.datetime) -> None:
    """Breaks when the name alone decides who signed."""
    twin = _x509.issue_ca("kubernetes", PROFILE, now, _x509.generate_key("ECDSA-P256"))
    rsa_twin = _x509.issue_ca("kubernetes", PROFILE, now, _x509.generate_key("RSA-2048"))
    assert not comparison.is_signed_by(leaf.certificate, twin)
    assert not comparison.is_signed_by(leaf.certificate, rsa_twin)


def test_a_ca_of_another_name_with_the_same_key_is_another(
    leaf: _x509.Pair, ca: _x509.Pair, now: datetime.datetime
) -> None:
    """Breaks TLS after a CA was made anew with its old key and another name: clients look the issuer up by name."""
    assert not comparison.is_signed_by(leaf.certificate, _x509.issue_ca("other", PROFILE, now, ca.key))


def test_names_that_nobody_declared(leaf: _x509.Pair) -> None:
    """Breaks kubewright_cert_strict_sans: names beyond the declared ones are a difference with it, and without it none."""
    wanted = WANTED._replace(dns_names=(), ip_addresses=("192.0.2.1",))
    assert comparison.differences(leaf.certificate, wanted, "ECDSA-P256") == []
    assert comparison.differences(leaf.certificate, wanted, "ECDSA-P256", exact_names=True) == [
        "SAN a.example is not declared"
    ]
    assert comparison.differences(leaf.certificate, WANTED, "RSA-2048") == ["key is ECDSA-P256"]


@given(
    common_name=st.text(string.ascii_letters + " -.:/", min_size=1, max_size=64),
    organizations=st.lists(st.text(string.ascii_letters + ":-", min_size=1, max_size=20), max_size=3, unique=True),
    dns_names=st.lists(
        st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{1,5}){0,2}", fullmatch=True), max_size=4, unique=True
    ),
    ip_addresses=st.lists(st.ip_addresses().map(str), max_size=4, unique=True),
    usages=st.lists(st.sampled_from(["clientAuth", "serverAuth"]), min_size=1, max_size=2, unique=True),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_issued_is_as_declared_and_nothing_else_is(
    ca: _x509.Pair, now: datetime.datetime, **fields: t.Any
) -> None:
    """Breaks the second run for some name: a certificate that was just issued would be issued anew, for ever."""
    parts = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    wanted = Certificate("x", "ca", **parts)
    certificate = _x509.issue(wanted, ca, PROFILE, now, OTHER.public_key())
    assert comparison.differences(certificate, wanted, "ECDSA-P256", exact_names=True) == []
    another = wanted._replace(dns_names=(*wanted.dns_names, "one.more.example"), common_name=wanted.common_name + "x")
    assert len(comparison.differences(certificate, another, "ECDSA-P256")) == 2
    description = comparison.describe(certificate)
    assert description.sans == (*wanted.dns_names, *wanted.ip_addresses)
    assert (description.not_before, description.not_after) == (
        now,
        now + datetime.timedelta(seconds=PROFILE.leaf_seconds),
    )


def _facts(key: t.Any) -> Key:
    return Key(_x509.public_key_pem(key).decode(), _x509.algorithm_of(key))


def test_the_first_reason_counts(leaf: _x509.Pair, ca: _x509.Pair, now: datetime.datetime) -> None:
    """Breaks the reasons of a renewal: a pair that does not fit together, a strange CA, the end, and then the names."""
    end = now + datetime.timedelta(seconds=PROFILE.leaf_seconds)
    wanted = WANTED._replace(common_name="other")
    strange = _x509.issue_ca("kubernetes", PROFILE, now, OTHER)

    def reason(key: t.Any, signer: t.Any, renew_at: datetime.datetime, of: Certificate = wanted) -> str | None:
        return comparison.certificate_reason(leaf.certificate, _facts(key), of, signer, "ECDSA-P256", renew_at)

    assert reason(OTHER, strange, end) == "its key belongs to another certificate"
    assert reason(leaf.key, strange, end) == "not signed by the present CA"
    assert reason(leaf.key, ca.certificate, end) == f"ends at {end.isoformat()}"
    before = end - datetime.timedelta(seconds=1)
    assert reason(leaf.key, ca.certificate, before) == "common name is name"
    assert reason(leaf.key, ca.certificate, before, WANTED) is None


def test_what_cannot_sign(leaf: _x509.Pair, ca: _x509.Pair, now: datetime.datetime) -> None:
    """Breaks when leaves are signed that nobody can verify: by a leaf, by an ended CA, with another one's key."""
    end = now + datetime.timedelta(seconds=PROFILE.ca_seconds)
    comparison.check_ca(ca.certificate, _facts(ca.key), now, "a.crt", "a.key")
    comparison.check_ca(ca.certificate, None, now, "a.crt", "a.key")
    for certificate, key, moment, message in (
        (leaf.certificate, leaf.key, now, r"^a\.crt is not the certificate of a CA"),
        (ca.certificate, ca.key, end, r"^a\.crt expired at "),
        (ca.certificate, OTHER, now, r"^a\.key does not belong to a\.crt"),
    ):
        with pytest.raises(KubewrightError, match=message):
            comparison.check_ca(certificate, _facts(key), moment, "a.crt", "a.key")


def test_requests_for_the_same(leaf: _x509.Pair) -> None:
    """Breaks those who sign by hand: a request that asks for the same is written anew, or one for something else is not."""
    first, second = (_x509.request(WANTED, leaf.key) for _index in range(2))
    assert first != second
    assert comparison.same_request(first, second)
    assert not comparison.same_request(first, _x509.request(WANTED._replace(dns_names=("b.example",)), leaf.key))
    assert not comparison.same_request(first, _x509.request(WANTED, OTHER))
    assert not comparison.same_request(first, b"nonsense")
