# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A certificate that somebody else has signed: for which key it is, and whether it is taken."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import folder as pki
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig, pending
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import host_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import read_kubeconfig

# How far apart the clocks of those who sign and of the host may be; kubeadm's own leaves begin as long before now.
_CLOCKS_APART = datetime.timedelta(minutes=5)


class Leaf(t.NamedTuple):
    """A certificate to issue. name: its path below the certificates folder, or the name of its kubeconfig.

    due: whether nothing but its end being near is the reason.
    """

    name: str
    certificate: Certificate
    reason: str
    due: bool


def _own_pair(config: Config, name: str, root: str) -> _x509.Pair | None:
    """What the host has in place of a leaf, as far as it can be read. name: of the leaf."""
    path = {item.name: item.path for item in host_kubeconfigs(config)}.get(name)
    try:
        if path is None:
            base = f"{root}{config.certificates_dir}/{name}"
            certificate = pki.load(base + ".crt", _x509.load_certificate)
            key = pki.load(base + ".key", _x509.load_key)
            return _x509.Pair(certificate, key) if certificate is not None and key is not None else None
        contents = pki.load(root + path, lambda data: read_kubeconfig(data.decode("utf-8", "replace")))
        return kubeconfig.client_pair(contents) if contents is not None else None
    except KubewrightError:
        return None


def signed_pair(
    config: Config,
    leaf: Leaf,
    pem: bytes,
    waiting: _x509.PrivateKey | None,
    ca: _x509.Pair,
    now: datetime.datetime,
    root: str,
) -> _x509.Pair | None:
    """What has come back, with the key that it is for; None where it is what the host has already.

    waiting: the key that waits for it, if any. Raises KubewrightError where it cannot be taken.
    """
    certificate = _x509.load_certificate(pem)
    own = _own_pair(config, leaf.name, root)
    there = own is not None and _x509.certificate_pem(own.certificate) == _x509.certificate_pem(certificate)
    if there and own is not None and _x509.key_matches(certificate, own.key):
        return None
    keys = [key for key in (waiting, own.key if own is not None else None) if key is not None]
    key = next((key for key in keys if _x509.key_matches(certificate, key)), None)
    if key is None:
        raise KubewrightError(
            "is for another key than that of the request; of several certificates in it, the first one counts"
        )
    exact_names = bool(config.data.get("certStrictSans")) and bool(leaf.certificate.path)
    reason = pki.certificate_reason(certificate, key, leaf.certificate, ca, config.key_algorithm, now, exact_names)
    if reason is not None:
        raise KubewrightError(reason)
    begin, end = _x509.not_before(certificate), _x509.not_after(certificate)
    if begin > now + _CLOCKS_APART:
        raise KubewrightError(f"begins at {begin.isoformat()}, and it is {now.isoformat()} on the host")
    if leaf.due and own is not None and end <= _x509.not_after(own.certificate):
        raise KubewrightError(f"ends at {end.isoformat()}, no later than the one that it is to replace")
    return _x509.Pair(certificate, key)


def is_in_use(config: Config, name: str, root: str) -> bool:
    """Whether the key that waits for a leaf's certificate is that of the certificate on the host. name: of the leaf."""
    key = pending.load_pending(root, name, config.key_algorithm)
    own = _own_pair(config, name, root)
    if key is None or own is None or own.key is None:
        return False
    return _x509.key_matches(own.certificate, key) and _x509.key_matches(own.certificate, own.key)


__all__ = ("Leaf", "is_in_use", "signed_pair")
