# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""CAs that the user gives: what they are held to before anything is signed with them."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import check_ca
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Key, Pair


class GivenCA(t.NamedTuple):
    """A CA that the user gives.

    source: for messages, the variable, or the file of its certificate. certificate: PEM; the CA's own certificate first, then
    those above it, if any. key: PEM, or None where somebody else signs. key_on_host: whether the host gets the key.
    """

    source: str
    certificate: bytes
    key: bytes | None
    key_on_host: bool = True

    @property
    def certificate_name(self) -> str:
        """How messages call the certificate."""
        return self.source if self.source.endswith(".crt") else self.source + ".cert"

    @property
    def key_name(self) -> str:
        """How messages call the key."""
        return (self.source[: -len(".crt")] if self.source.endswith(".crt") else self.source) + ".key"

    @property
    def signs_here(self) -> bool:
        """Whether the controller signs with it: it has the key, and the host has not."""
        return self.key is not None and not self.key_on_host

    def for_host(self) -> GivenCA:
        """The same as the host is to know it: without a key that is kept elsewhere."""
        return self if self.brings_key else self._replace(key=None)

    @property
    def brings_key(self) -> bool:
        """Whether there is a key to write on the host."""
        return self.key is not None and self.key_on_host

    @property
    def key_facts(self) -> Key | None:
        """What is to be known of the key. Raises KubewrightError where it cannot be read."""
        return _key_facts(self.key) if self.key is not None else None

    @property
    def own_certificate(self) -> bytes:
        """The CA's own certificate, which alone is written: kube-controller-manager does not start with more than one."""
        return _x509.certificate_pem(_x509.load_certificate(self.certificate))


def _key_facts(pem: bytes) -> Key:
    key = _x509.load_key(pem)
    return Key(_x509.public_key_pem(key).decode("ascii"), _x509.algorithm_of(key))


def signing_pair(given: GivenCA) -> _x509.Pair:
    """The given CA with its key, to sign with. Raises KubewrightError for files that cannot be read."""
    key = _x509.load_key(given.key) if given.key is not None else None
    return _x509.Pair(_x509.load_certificate(given.certificate), key)


def given_pair(given: GivenCA, now: datetime.datetime) -> Pair:
    """The given CA. Raises KubewrightError where its files cannot be read, do not fit together or have expired."""
    try:
        certificate = _x509.load_certificate(given.certificate)
    except KubewrightError as error:
        raise KubewrightError(f"{given.certificate_name} {error}") from None
    try:
        key = given.key_facts
    except KubewrightError as error:
        raise KubewrightError(f"{given.key_name} {error}") from None
    check_ca(certificate, key, now, given.certificate_name, given.key_name)
    return Pair(certificate, key)


def given_reason(present: Pair | None, wanted: Pair, given: GivenCA, path: str) -> str | None:
    """Why the given CA has to be written, or None where the host has it.

    present: the CA on the host. path: the file of its certificate, for messages.
    Raises KubewrightError where the host has another CA: it is never replaced without the user's decision.
    """
    if present is None:
        return f"given as {given.source}"
    if _x509.certificate_pem(present.certificate) != _x509.certificate_pem(wanted.certificate):
        raise KubewrightError(
            f"{path} is another CA than {given.certificate_name}, and all that trusts it would be cut off. "
            f"Take {given.source} out to keep the one on the host, or move {path} and its key away to exchange it."
        )
    if present.key is None and given.brings_key:
        return f"its key is given as {given.key_name}"
    return None


__all__ = ("GivenCA", "given_pair", "given_reason", "signing_pair")
