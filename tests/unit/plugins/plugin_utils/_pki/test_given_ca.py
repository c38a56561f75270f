# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CAs that the user gives: used as they are, and never put in the place of another."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import subprocess
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from credentials_made import CERTIFICATES, apply, plan, written

SOURCE = "kubewright_ca_files.kubernetes"
LEAVES_OF_CA = {"apiserver", "apiserver-kubelet-client"}


class Authority(t.NamedTuple):
    """A CA of the user's own."""

    certificate: bytes
    key: bytes


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _authority(
    name: str, now: datetime.datetime, *, days: float = 100, ca: bool = True, parent: Authority | None = None
) -> Authority:
    key = _x509.generate_key("ECDSA-P256")
    issuer, signing = _name(name), key
    if parent is not None:
        issuer, signing = _x509.load_certificate(parent.certificate).subject, _x509.load_key(parent.key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=200))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(signing, hashes.SHA256())
    )
    return Authority(_x509.certificate_pem(certificate), _x509.key_pem(key))


def _given(authority: Authority, key: bool = True) -> GivenCA:
    return GivenCA(SOURCE, authority.certificate, authority.key if key else None)


def _plan(host: t.Any, **given: GivenCA) -> t.Any:
    cas = {path.replace("__", "/"): ca for path, ca in given.items()}
    return plan(host.config(), host.now, CERTIFICATES, given=cas)


def _reasons(planned: t.Any) -> dict[str, str]:
    return {step.name: step.reason for step in planned.steps}


def _verify(host: t.Any, ca: str, leaf: str) -> None:
    command = ["openssl", "verify", "-CAfile", str(host.pki / f"{ca}.crt"), str(host.pki / f"{leaf}.crt")]
    subprocess.run(command, check=True, capture_output=True)


def test_a_given_ca_signs(host: t.Any) -> None:
    """Breaks when a CA of the user's own is not used, is changed on its way, or a second run finds something to do."""
    authority = _authority("company", host.now)
    planned = _plan(host, ca=_given(authority))
    assert _reasons(planned)["ca"] == f"given as {SOURCE}"
    assert set(written(host.config(), planned)) >= {"ca.crt", "ca.key", "etcd/ca.crt", "etcd/ca.key"}
    apply(host.config(), planned, host.now)
    assert (host.pki / "ca.crt").read_bytes() == authority.certificate
    assert (host.pki / "ca.key").read_bytes() == authority.key
    assert oct((host.pki / "ca.key").stat().st_mode)[-3:] == "600"
    for leaf in LEAVES_OF_CA:
        _verify(host, "ca", leaf)
    _verify(host, "etcd/ca", "etcd/server")
    assert _reasons(_plan(host, ca=_given(authority))) == {}
    assert _reasons(_plan(host)) == {}


def test_a_run_that_was_cut_off_within_a_given_ca(host: t.Any) -> None:
    """Breaks when the next run takes the given key that lies on the host alone for that of somebody else."""
    authority, other = _authority("company", host.now), _authority("other", host.now)
    host.pki.mkdir(parents=True)
    (host.pki / "ca.key").write_bytes(authority.key)
    with pytest.raises(KubewrightError, match=r"ca\.key is there but .*ca\.crt is not"):
        _plan(host, ca=_given(other))
    planned = _plan(host, ca=_given(authority))
    assert _reasons(planned)["ca"] == f"given as {SOURCE}"
    apply(host.config(), planned, host.now)
    assert (host.pki / "ca.crt").read_bytes() == authority.certificate
    _verify(host, "ca", "apiserver")


def test_one_of_three_is_given(host: t.Any) -> None:
    """Breaks when a CA that is not given is not made, or the given one signs for another's leaves."""
    authority = _authority("etcd of the company", host.now)
    apply(host.config(), _plan(host, etcd__ca=_given(authority)), host.now)
    for leaf in ("etcd/server", "etcd/peer", "apiserver-etcd-client"):
        _verify(host, "etcd/ca", leaf)
    assert (host.pki / "etcd/ca.crt").read_bytes() == authority.certificate
    _verify(host, "ca", "apiserver")


def test_an_intermediate_ca_with_those_above_it(host: t.Any) -> None:
    """Breaks kube-controller-manager, which takes one certificate in ca.crt, or kubeadm certs, which takes one in each leaf."""
    root = _authority("root", host.now)
    middle = _authority("middle", host.now, parent=root)
    chain = Authority(middle.certificate + root.certificate, middle.key)
    apply(host.config(), _plan(host, ca=_given(chain)), host.now)
    assert (host.pki / "ca.crt").read_bytes() == middle.certificate
    assert (host.pki / "apiserver.crt").read_bytes().count(b"BEGIN") == 1
    (host.pki / "root.crt").write_bytes(root.certificate)
    command = ["openssl", "verify", "-CAfile", str(host.pki / "root.crt"), "-untrusted", str(host.pki / "ca.crt")]
    subprocess.run([*command, str(host.pki / "apiserver.crt")], check=True, capture_output=True)
    assert _reasons(_plan(host, ca=_given(chain))) == {}
    assert _reasons(_plan(host)) == {}


def test_without_a_key_all_that_is_missing_is_named(host: t.Any) -> None:
    """Breaks when the user of an external CA is not told which certificates to provide, or something is written."""
    with pytest.raises(KubewrightError) as caught:
        _plan(host, ca=_given(_authority("company", host.now), key=False))
    assert all(f"{leaf}.crt: missing" in str(caught.value) for leaf in LEAVES_OF_CA)
    assert not host.pki.exists()


def test_another_ca_on_the_host_is_never_replaced(host: t.Any) -> None:
    """Breaks a running cluster: all that trusts its CA would be cut off."""
    shutil.copytree(host.sound, host.pki)
    before = {path: path.read_bytes() for path in host.pki.rglob("*") if path.is_file()}
    with pytest.raises(
        KubewrightError, match=r"is another CA than .* Take .* out to keep the one on the host, or move"
    ):
        _plan(host, ca=_given(_authority("company", host.now)))
    assert {path: path.read_bytes() for path in host.pki.rglob("*") if path.is_file()} == before


def test_the_key_of_the_present_ca_is_given(host: t.Any) -> None:
    """Breaks when a host that has a CA without its key cannot be given the key."""
    shutil.copytree(host.sound, host.pki)
    authority = Authority((host.pki / "ca.crt").read_bytes(), (host.pki / "ca.key").read_bytes())
    (host.pki / "ca.key").unlink()
    (host.pki / "apiserver.crt").unlink()
    planned = _plan(host, ca=_given(authority))
    assert _reasons(planned) == {"ca": f"its key is given as {SOURCE}.key", "apiserver": "certificate is missing"}
    apply(host.config(), planned, host.now)
    _verify(host, "ca", "apiserver")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one, other, leaf, old: Authority(b"nonsense", one.key), r"kubernetes\.cert is not a PEM certificate"),
        (
            lambda one, other, leaf, old: Authority(one.certificate, b"nonsense"),
            r"kubernetes\.key is not an unencrypted",
        ),
        (lambda one, other, leaf, old: Authority(one.certificate, other.key), r"kubernetes\.key does not belong to"),
        (lambda one, other, leaf, old: leaf, r"kubernetes\.cert is not the certificate of a CA"),
        (lambda one, other, leaf, old: old, r"kubernetes\.cert expired at"),
    ],
)
def test_what_cannot_be_used(host: t.Any, change: t.Callable[..., Authority], message: str) -> None:
    """Breaks when a wrong file is found out only by components that trust nothing."""
    made = [
        _authority("one", host.now),
        _authority("other", host.now),
        _authority("leaf", host.now, ca=False),
        _authority("old", host.now, days=-1),
    ]
    with pytest.raises(KubewrightError, match=message):
        _plan(host, ca=_given(change(*made)))
    assert not host.pki.exists()


def test_files_of_the_user_are_left_alone(host: t.Any, tmp_path: pathlib.Path) -> None:
    """Breaks when checking a CA writes it."""
    authority = _authority("company", host.now)
    _plan(host, ca=_given(authority))
    assert not host.pki.exists()
