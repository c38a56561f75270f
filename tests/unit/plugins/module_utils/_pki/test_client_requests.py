# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client certificates for kubeconfigs of the controller: what is signed, for whom, and what is refused."""

from __future__ import annotations

import datetime
import shutil
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CLIENT, Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.client_requests import answers

JANE = {"name": "jane", "groups": ["dev", "ops"], "location": "controller", "path": "jane.conf", "validity": "48h"}
HOSTED = {"name": "joe", "location": "host", "path": "/srv/joe.conf"}
NAME = "users/jane"


def _config(host: t.Any) -> Config:
    shutil.copytree(host.sound, host.pki)
    return t.cast("Config", host.config(kubeconfigs=[JANE, HOSTED]))


def _csr(common_name: str = "jane", groups: tuple[str, ...] = ("dev",)) -> tuple[str, _x509.PrivateKey]:
    key = _x509.generate_key("ECDSA-P256")
    return _x509.request(Certificate("", "ca", common_name, groups, (CLIENT,)), key).decode("ascii"), key


def test_what_is_declared_is_signed_whatever_the_request_says(host: t.Any) -> None:
    """Breaks the rights of people: a request that names system:masters must not get more than what is declared."""
    config = _config(host)
    csr, key = _csr("kubernetes-admin", ("system:masters",))
    answer = answers(config, [{"name": NAME, "csr": csr}], host.now)
    certificate = _x509.load_certificate(answer["client_certificates"][NAME].encode())
    assert _x509.describe(certificate).subject == "O=dev,O=ops,CN=jane".replace(",", ", ")
    assert _x509.key_matches(certificate, key)
    ca = _x509.load_certificate((host.pki / "ca.crt").read_bytes())
    assert _x509.is_signed_by(certificate, ca)
    assert _x509.not_after(certificate) == host.now + datetime.timedelta(hours=48)
    assert (answer["ca_certificate"].encode(), answer["ca_signs"]) == (_x509.certificate_pem(ca), True)


def test_nothing_is_asked(host: t.Any) -> None:
    """Breaks the first round: the controller needs the CA to see which of its kubeconfigs are well, and nothing is signed."""
    config = _config(host)
    answer = answers(config, [], host.now)
    assert (answer["client_certificates"], answer["ca_signs"]) == ({}, True)
    (host.pki / "ca.key").unlink()
    assert answers(config, [], host.now)["ca_signs"] is False


def test_where_there_is_nothing_to_answer(host: t.Any) -> None:
    """Breaks hosts without such kubeconfigs, and blank ones in check mode."""
    assert answers(host.config(kubeconfigs=[JANE]), [], host.now) == {}
    shutil.copytree(host.sound, host.pki)
    assert answers(host.config(kubeconfigs=[HOSTED]), [], host.now) == {}


@pytest.mark.parametrize("name", ["users/joe", "admin.conf", "users/nobody", ""])
def test_who_is_not_declared_gets_nothing(host: t.Any, name: str) -> None:
    """Breaks the declaration: certificates for others, or for kubeconfigs whose key belongs on the host."""
    config, (csr, _key) = _config(host), _csr()
    with pytest.raises(KubewrightError, match=r"is not a kubeconfig of kubewright_kubeconfigs"):
        answers(config, [{"name": name, "csr": csr}], host.now)


def test_without_the_cas_key_the_way_out_is_named(host: t.Any) -> None:
    """Breaks the message of an external CA, whose owner has to sign in another way."""
    config, (csr, _key) = _config(host), _csr()
    (host.pki / "ca.key").unlink()
    with pytest.raises(KubewrightError, match=r"users/jane\. Set their location to host .*kubewright_csr_dir"):
        answers(config, [{"name": NAME, "csr": csr}], host.now)


def test_a_request_that_is_none(host: t.Any) -> None:
    """Breaks with a traceback, or signs for a key that the asker does not have."""
    config, (csr, _key) = _config(host), _csr()
    der = bytearray(_x509.x509.load_pem_x509_csr(csr.encode()).public_bytes(_x509.serialization.Encoding.DER))
    der[-1] ^= 1
    forged = _x509.x509.load_der_x509_csr(bytes(der)).public_bytes(_x509.serialization.Encoding.PEM).decode("ascii")
    for text, reason in (("nonsense", "is not a certificate signing request"), (forged, "own key has not signed")):
        with pytest.raises(KubewrightError, match=f"users/jane is .*{reason.split(' ', 1)[1]}"):
            answers(config, [{"name": NAME, "csr": text}], host.now)
