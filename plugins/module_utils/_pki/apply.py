# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Carries out changes of certificates, keys and kubeconfigs. Private keys are made here and stay on the host.

A change is plain data; C(kind) says what it is. Where a file is no longer as it was read, nothing is done. What a change of
a leaf writes is either C(certificate_path) and C(key_path), or a C(kubeconfig).
"""

from __future__ import annotations

import contextlib
import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    KUBECONFIG_MODE,
    base64_text,
    decode_data,
    kubeconfig_text,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import (
    forget_pending,
    pending_path,
    save_pending,
)

Change = t.Mapping[str, t.Any]

MAKE_AUTHORITY, WRITE_AUTHORITY = "make_authority", "write_authority"
ISSUE_CERTIFICATE, INSTALL_CERTIFICATE = "issue_certificate", "install_certificate"
REQUEST_CERTIFICATE, SIGN_REQUEST = "request_certificate", "sign_request"
MAKE_SERVICE_ACCOUNT_KEY = "make_service_account_key"
TIGHTEN_FILE, FORGET_KEYS = "tighten_file", "forget_keys"
KINDS = (
    MAKE_AUTHORITY,
    WRITE_AUTHORITY,
    ISSUE_CERTIFICATE,
    INSTALL_CERTIFICATE,
    REQUEST_CERTIFICATE,
    SIGN_REQUEST,
    MAKE_SERVICE_ACCOUNT_KEY,
    TIGHTEN_FILE,
    FORGET_KEYS,
)

CERTIFICATE_MODE = 0o644
KEY_MODE = 0o600


class Applied(t.NamedTuple):
    """stale: the files that are no longer as they were read; then nothing was done.

    requests: certificate signing requests (PEM) by the names of the changes. signed: likewise C(certificate) and the one of its
    C(ca) (PEM).
    """

    stale: list[str]
    requests: dict[str, str]
    signed: dict[str, dict[str, str]]


def certificate_of(plain: t.Mapping[str, t.Any]) -> Certificate:
    """What a certificate is to be, from plain data."""
    lists = {key: tuple(plain[key]) for key in ("organizations", "usages", "dns_names", "ip_addresses")}
    return Certificate(**dict(plain, **lists))


def kubeconfig_content(settings: t.Mapping[str, t.Any], ca_pem: bytes, pair: _x509.Pair) -> bytes:
    """A kubeconfig with its client certificate and key inside it. ca_pem: the certificate that clients trust.

    settings: C(cluster_name), C(user), C(server) (URL), C(preferences) (whether the minor writes that there are none).
    """
    credentials = {
        "client-certificate-data": base64_text(_x509.certificate_pem(pair.certificate)),
        "client-key-data": base64_text(_x509.key_pem(pair.key)),
    }
    text = kubeconfig_text(
        settings["cluster_name"],
        settings["user"],
        settings["server"],
        ca_pem,
        credentials,
        preferences=settings["preferences"],
    )
    return text.encode("utf-8")


def makes_key(change: Change) -> bool:
    """Whether a change makes a new private key."""
    return bool(change["kind"] == ISSUE_CERTIFICATE or change.get("new_key"))


class _Applier:
    """keys: new private keys, as many as the changes need."""

    def __init__(
        self,
        host: Host,
        profile: _x509.Profile,
        now: datetime.datetime,
        keys: t.Iterator[_x509.PrivateKey],
        private_keys: t.Mapping[str, str],
    ) -> None:
        self.host, self.profile, self.now, self.keys = host, profile, now, keys
        self.private_keys = private_keys
        self.requests: dict[str, str] = {}
        self.signed: dict[str, dict[str, str]] = {}
        self._authorities: dict[str, _x509.Pair] = {}
        self._do: dict[str, t.Callable[[Change], None]] = {
            MAKE_AUTHORITY: self._make_authority,
            WRITE_AUTHORITY: self._write_authority,
            ISSUE_CERTIFICATE: self._issue,
            INSTALL_CERTIFICATE: self._install,
            REQUEST_CERTIFICATE: self._request,
            SIGN_REQUEST: self._sign,
            MAKE_SERVICE_ACCOUNT_KEY: self._make_service_account_key,
            TIGHTEN_FILE: lambda change: self.host.tighten(change["path"], change["mode"]),
            FORGET_KEYS: lambda change: forget_pending(self.host, change["names"]),
        }

    def carry_out(self, change: Change) -> None:
        """Does one change."""
        self._do[change["kind"]](change)

    def _content(self, path: str) -> bytes:
        state = self.host.file(path)
        if state is None:
            raise KubewrightError(f"{path} is not there any more. Run again.")
        return state.content

    def _load(self, path: str, loader: t.Callable[[bytes], t.Any]) -> t.Any:
        try:
            return loader(self._content(path))
        except KubewrightError as error:
            raise KubewrightError(f"{path} {error}" if not str(error).startswith(path) else str(error)) from None

    def _write_pair(self, change: Change, certificate: _x509.X509Certificate, key: _x509.PrivateKey) -> None:
        # The key first: a run that is cut off between the two leaves a pair that does not match, which the next run sees.
        self.host.write(change["key_path"], _x509.key_pem(key), KEY_MODE)
        self.host.write(change["certificate_path"], _x509.certificate_pem(certificate), CERTIFICATE_MODE)

    def _make_authority(self, change: Change) -> None:
        key = next(self.keys) if change["new_key"] else self._load(change["key_path"], _x509.load_key)
        certificate = _x509.issue_ca(change["common_name"], self.profile, self.now, key)
        if change["new_key"]:
            self.host.write(change["key_path"], _x509.key_pem(key), KEY_MODE)
        self.host.write(change["certificate_path"], _x509.certificate_pem(certificate), CERTIFICATE_MODE)

    def _write_authority(self, change: Change) -> None:
        # The key first, as above.
        if change["key_path"] in self.private_keys:
            self.host.write(change["key_path"], self.private_keys[change["key_path"]].encode(), KEY_MODE)
        self.host.write(change["certificate_path"], change["certificate_pem"].encode(), CERTIFICATE_MODE)

    def _authority(self, paths: t.Mapping[str, str]) -> _x509.Pair:
        path = paths["certificate_path"]
        if path not in self._authorities:
            certificate = self._load(path, _x509.load_certificate)
            self._authorities[path] = _x509.Pair(certificate, self._load(paths["key_path"], _x509.load_key))
        return self._authorities[path]

    def _signed_by(self, change: Change, public_key: t.Any) -> _x509.X509Certificate:
        ca, wanted = self._authority(change["ca"]), certificate_of(change["certificate"])
        return _x509.issue(wanted, ca, self.profile, self.now, public_key)

    def _issue(self, change: Change) -> None:
        key = next(self.keys)
        self._write_leaf(change, self._signed_by(change, key.public_key()), key)

    def _install(self, change: Change) -> None:
        certificate = _x509.load_certificate(change["certificate_pem"].encode())
        key = self._load(change["key_from"], _x509.load_key if change["key_from"].endswith(".key") else _inner_key)
        if not _x509.key_matches(certificate, key):
            raise KubewrightError("the certificate for {} is for another key. Run again.".format(change["name"]))
        self._write_leaf(change, certificate, key)

    def _write_leaf(self, change: Change, certificate: _x509.X509Certificate, key: _x509.PrivateKey) -> None:
        kubeconfig = change["kubeconfig"]
        if kubeconfig is None:
            self._write_pair(change, certificate, key)
            return
        for path in kubeconfig["removes"]:
            self.host.remove(path)
        # As kubeadm embeds it: the CA alone, whatever else is in its file.
        ca_pem = _x509.certificate_pem(self._load(kubeconfig["ca_path"], _x509.load_certificate))
        content = kubeconfig_content(kubeconfig, ca_pem, _x509.Pair(certificate, key))
        self.host.write(kubeconfig["path"], content, KUBECONFIG_MODE)

    def _request(self, change: Change) -> None:
        name = change["name"]
        if change["new_key"]:
            key = next(self.keys)
            save_pending(self.host, name, _x509.key_pem(key))
        else:
            key = self._load(pending_path(name), _x509.load_key)
        self.requests[name] = _x509.request(certificate_of(change["certificate"]), key).decode("ascii")

    def _sign(self, change: Change) -> None:
        try:
            public_key = _x509.requested_key(change["csr"].encode())
        except KubewrightError as error:
            raise KubewrightError("what is given for {} {}.".format(change["name"], error)) from None
        certificate, ca = self._signed_by(change, public_key), self._authority(change["ca"]).certificate
        self.signed[change["name"]] = {
            "certificate": _x509.certificate_pem(certificate).decode("ascii"),
            "ca": _x509.certificate_pem(ca).decode("ascii"),
        }

    def _make_service_account_key(self, change: Change) -> None:
        key_path, public_path = change["key_path"], change["public_path"]
        key = next(self.keys) if change["new_key"] else self._load(key_path, _x509.load_key)
        if change["new_key"]:
            self.host.write(key_path, _x509.key_pem(key), KEY_MODE)
        self.host.write(public_path, _x509.public_key_pem(key), change["public_mode"])


def _inner_key(content: bytes) -> _x509.PrivateKey:
    """The client key inside a kubeconfig."""
    user = read_kubeconfig(content.decode("utf-8", "replace")).user
    return _x509.load_key(decode_data(user.get("client-key-data")) or b"")


def apply(
    host: Host,
    changes: t.Sequence[Change],
    expected: t.Mapping[str, str | None],
    profile: _x509.Profile,
    now: datetime.datetime,
    private_keys: t.Mapping[str, str],
    reached: t.Callable[[int], None] = lambda _count: None,
) -> Applied:
    """Carries out the changes in their order. Raises KubewrightError.

    expected: the SHA-256 of files as they were read, by path; None for one that was absent. now: with a time zone.
    private_keys: those of the user's own CAs (PEM), by the files that they are written to. reached: told how many have been carried
    out, after each.
    """
    states = {path: host.file(path) for path in expected}
    seen = {path: digest(state.content) if state is not None else None for path, state in states.items()}
    stale = [path for path, wanted in expected.items() if seen[path] != wanted]
    if stale:
        return Applied(stale, {}, {})
    # Closed here: its threads must not be waited for wherever the garbage collector happens to find it.
    with contextlib.closing(_x509.generate_keys(profile.algorithm, sum(map(makes_key, changes)))) as keys:
        applier = _Applier(host, profile, now, keys, private_keys)
        for count, change in enumerate(changes, 1):
            applier.carry_out(change)
            reached(count)
    return Applied([], applier.requests, applier.signed)


__all__ = ("CERTIFICATE_MODE", "KEY_MODE", "KINDS", "Applied", "Change", "apply", "kubeconfig_content", "makes_key")
