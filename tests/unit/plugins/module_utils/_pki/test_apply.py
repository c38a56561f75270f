# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of certificates as they are carried out: what is signed for whom, and a host that is no longer as it was read."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import Applied, apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CLIENT, Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    Files,
    ForgetKeys,
    IssueCertificate,
    MakeAuthority,
    SignRequest,
    TightenFile,
    arguments,
)

NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)
PROFILE = _x509.Profile("ECDSA-P256", 86400.0, 864000.0, 300, "ca", True, True, True)
CA = Files("/pki/ca.crt", "/pki/ca.key")
JANE = Certificate("", "ca", "jane", ("dev", "ops"), (CLIENT,), validity_seconds=3600.0)
MAKE_CA = MakeAuthority(*CA, "kubernetes", new_key=True)


class Folder(t.NamedTuple):
    """A folder that stands for a host's C(/)."""

    root: pathlib.Path

    def apply(self, *changes: Change, expected: t.Mapping[str, str | None] | None = None) -> Applied:
        """Carries changes out."""
        host = Host(lambda _argv: Result(127, "", ""), str(self.root))
        return apply(host, arguments(changes), expected or {}, PROFILE, NOW, {})

    def read(self, path: str) -> bytes:
        """A file."""
        return (self.root / path[1:]).read_bytes()

    def contents(self) -> dict[str, bytes]:
        """All files."""
        return {str(path): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> Folder:
    """With a CA."""
    made = Folder(tmp_path)
    made.apply(MAKE_CA)
    return made


def _csr(common_name: str, groups: tuple[str, ...]) -> tuple[str, _x509.PrivateKey]:
    key = _x509.generate_key("ECDSA-P256")
    return _x509.request(Certificate("", "ca", common_name, groups, (CLIENT,)), key).decode("ascii"), key


def test_what_is_declared_is_signed_whatever_the_request_says(folder: Folder) -> None:
    """Breaks the rights of people: a request that names system:masters must not get more than what is declared."""
    csr, key = _csr("kubernetes-admin", ("system:masters",))
    signed = folder.apply(SignRequest("users/jane", csr, JANE, CA)).signed["users/jane"]
    certificate = _x509.load_certificate(signed["certificate"].encode())
    assert certificate.subject.rfc4514_string() == "CN=jane,O=ops,O=dev"
    assert _x509.key_matches(certificate, key)
    assert _x509.not_after(certificate) == NOW + datetime.timedelta(hours=1)
    assert signed["ca"].encode() == folder.read("/pki/ca.crt")


def test_what_is_no_request_is_refused(folder: Folder) -> None:
    """Breaks with a traceback in the midst of a run."""
    with pytest.raises(KubewrightError, match="what is given for users/jane is not a certificate signing request"):
        folder.apply(SignRequest("users/jane", "nonsense", JANE, CA))


@pytest.mark.parametrize("expected", [{"/pki/ca.crt": None}, {"/pki/ca.crt": "0" * 64}, {"/pki/other.crt": "0" * 64}])
def test_nothing_is_done_where_the_host_is_another_one(folder: Folder, expected: dict[str, str | None]) -> None:
    """Breaks what somebody else has written between the plan and its execution."""
    before = folder.contents()
    leaf = IssueCertificate(JANE, CA, "/pki/jane.crt", "/pki/jane.key", None)
    assert folder.apply(leaf, expected=expected) == Applied(list(expected), {}, {})
    assert folder.contents() == before


def test_a_ca_that_is_gone_is_named(folder: Folder) -> None:
    """Breaks with a traceback where a CA is moved away while a run signs with it."""
    (folder.root / "pki/ca.key").unlink()
    with pytest.raises(KubewrightError, match=r"/pki/ca\.key is not there any more\. Run again\."):
        folder.apply(IssueCertificate(JANE, CA, "/pki/jane.crt", "/pki/jane.key", None))


def test_changes_travel_without_private_keys() -> None:
    """Breaks the secrecy of CAs that the user gives: with -vvv the changes are shown."""
    changes: list[Change] = [TightenFile("/pki/ca.key", 0o600), ForgetKeys(("a",)), MAKE_CA]
    assert arguments(changes) == [
        {"path": "/pki/ca.key", "mode": 0o600, "kind": "tighten_file"},
        {"names": ["a"], "kind": "forget_keys"},
        {
            "certificate_path": CA.certificate_path,
            "key_path": CA.key_path,
            "common_name": "kubernetes",
            "new_key": True,
            "kind": "make_authority",
        },
    ]
