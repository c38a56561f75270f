# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The changes of certificates, keys and kubeconfigs as values; C(_pki.apply) on the host carries them out."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import (
    FORGET_KEYS,
    INSTALL_CERTIFICATE,
    ISSUE_CERTIFICATE,
    MAKE_AUTHORITY,
    MAKE_SERVICE_ACCOUNT_KEY,
    REQUEST_CERTIFICATE,
    SIGN_REQUEST,
    TIGHTEN_FILE,
    WRITE_AUTHORITY,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate


class Files(t.NamedTuple):
    """The files of a certificate and its key on the host."""

    certificate_path: str
    key_path: str


class Kubeconfig(t.NamedTuple):
    """A kubeconfig to write. ca_path: the file of the CA that clients trust. removes: files that go before it is written.

    preferences: whether the minor writes that there are none. server: URL.
    """

    path: str
    cluster_name: str
    user: str
    server: str
    preferences: bool
    ca_path: str
    removes: tuple[str, ...]


class MakeAuthority(t.NamedTuple):
    """A self-signed CA is made. new_key: whether its key is made as well."""

    certificate_path: str
    key_path: str
    common_name: str
    new_key: bool
    kind: str = MAKE_AUTHORITY


class WriteAuthority(t.NamedTuple):
    """A CA of the user's is written. key: PEM, or None where it is kept elsewhere."""

    certificate_path: str
    key_path: str
    certificate_pem: str
    key: str | None
    kind: str = WRITE_AUTHORITY


class IssueCertificate(t.NamedTuple):
    """A leaf is issued for a new key by a CA of the host, into two files or a kubeconfig."""

    certificate: Certificate
    ca: Files
    certificate_path: str | None
    key_path: str | None
    kubeconfig: Kubeconfig | None
    kind: str = ISSUE_CERTIFICATE


class InstallCertificate(t.NamedTuple):
    """A leaf that somebody else has signed is written. key_from: the file with its key, which may be a kubeconfig."""

    name: str
    certificate_pem: str
    key_from: str
    certificate_path: str | None
    key_path: str | None
    kubeconfig: Kubeconfig | None
    kind: str = INSTALL_CERTIFICATE


class RequestCertificate(t.NamedTuple):
    """A request is made for somebody else to sign. new_key: whether a key is made for it, which then waits."""

    name: str
    certificate: Certificate
    new_key: bool
    kind: str = REQUEST_CERTIFICATE


class SignRequest(t.NamedTuple):
    """A request (PEM) of the controller is signed by a CA of the host."""

    name: str
    csr: str
    certificate: Certificate
    ca: Files
    kind: str = SIGN_REQUEST


class MakeServiceAccountKey(t.NamedTuple):
    """The service account keys are made. new_key: whether the private one is; the public one always is."""

    key_path: str
    public_path: str
    public_mode: int
    new_key: bool
    kind: str = MAKE_SERVICE_ACCOUNT_KEY


class TightenFile(t.NamedTuple):
    """A file that grants more than it should, or is not root's."""

    path: str
    mode: int
    kind: str = TIGHTEN_FILE


class ForgetKeys(t.NamedTuple):
    """Keys that wait for no certificate any more are removed. names: of their requests."""

    names: tuple[str, ...]
    kind: str = FORGET_KEYS


Change = (
    MakeAuthority
    | WriteAuthority
    | IssueCertificate
    | InstallCertificate
    | RequestCertificate
    | SignRequest
    | MakeServiceAccountKey
    | TightenFile
    | ForgetKeys
)


def _plain(value: t.Any) -> t.Any:
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def arguments(changes: t.Sequence[Change]) -> list[dict[str, t.Any]]:
    """The changes as credentials_apply takes them, without private keys."""
    return [_plain(change._replace(key=None) if isinstance(change, WriteAuthority) else change) for change in changes]


def written_paths(changes: t.Sequence[Change]) -> list[str]:
    """The files of the host that the changes write or remove, but for keys that wait for a certificate; in their order."""
    found: list[str] = []
    for change in changes:
        if isinstance(change, (MakeAuthority, WriteAuthority)):
            found += [change.key_path, change.certificate_path]
        elif isinstance(change, MakeServiceAccountKey):
            found += [change.key_path, change.public_path]
        elif isinstance(change, (IssueCertificate, InstallCertificate)):
            kubeconfig = change.kubeconfig
            paths = [change.key_path, change.certificate_path]
            found += [*kubeconfig.removes, kubeconfig.path] if kubeconfig is not None else filter(None, paths)
    return list(dict.fromkeys(found))


def private_keys(changes: t.Sequence[Change]) -> dict[str, str]:
    """The private keys (PEM) of the user's own CAs among the changes, by the files that they are written to."""
    given = [change for change in changes if isinstance(change, WriteAuthority)]
    return {change.key_path: change.key for change in given if change.key is not None}


__all__ = (
    "Change",
    "Files",
    "ForgetKeys",
    "InstallCertificate",
    "IssueCertificate",
    "Kubeconfig",
    "MakeAuthority",
    "MakeServiceAccountKey",
    "RequestCertificate",
    "SignRequest",
    "TightenFile",
    "WriteAuthority",
    "arguments",
    "private_keys",
    "written_paths",
)
