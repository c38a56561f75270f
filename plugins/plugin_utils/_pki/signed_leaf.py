# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A certificate that somebody else has signed: for which key it is, and whether it is taken."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import pending_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import (
    X509Certificate,
    certificate_pem,
    load_certificate,
    not_after,
    not_before,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.authority import certificate_path, key_path
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import (
    certificate_reason,
    is_key_of,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import host_kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Key, Pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import find
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.steps import KUBECONFIG, Step

# How far apart the clocks of those who sign and of the host may be; kubeadm's own leaves begin as long before now.
_CLOCKS_APART = datetime.timedelta(minutes=5)


class Ready(t.NamedTuple):
    """A certificate (PEM) that is taken. key_from: the file with its key, which may be a kubeconfig."""

    certificate_pem: str
    key_from: str


def _own(config: Config, facts: Facts, name: str) -> tuple[Pair | None, str]:
    """What the host has in place of a leaf, as far as it can be read, and the file of its key. name: of the leaf."""
    path = {item.name: item.path for item in host_kubeconfigs(config)}.get(name)
    if path is None:
        key = key_path(config, name)
        return find(facts, certificate_path(config, name), key).pair, key
    present, _problem = facts.kubeconfig(path)
    return (present.client if present is not None else None), path


def taken(
    config: Config, facts: Facts, step: Step, pem: bytes, waiting: Key | None, ca: X509Certificate
) -> Ready | None:
    """What has come back, with the key that it is for; None where it is what the host has already.

    waiting: the key that waits for it, if any. Raises KubewrightError where it cannot be taken.
    """
    certificate, now = load_certificate(pem), facts.now
    own, own_file = _own(config, facts, step.name)
    own_key = own.key if own is not None else None
    there = own is not None and certificate_pem(own.certificate) == certificate_pem(certificate)
    if there and own_key is not None and is_key_of(own_key, certificate):
        return None
    keys = [(waiting, pending_path(step.name)), (own_key, own_file)]
    found = next(((key, path) for key, path in keys if key is not None and is_key_of(key, certificate)), None)
    if found is None:
        raise KubewrightError(
            "is for another key than that of the request; of several certificates in it, the first one counts"
        )
    key, path = found
    exact_names = bool(config.data.get("certStrictSans")) and step.kind != KUBECONFIG
    reason = certificate_reason(certificate, key, step.leaf, ca, config.key_algorithm, now, exact_names)
    if reason is not None:
        raise KubewrightError(reason)
    begin, end = not_before(certificate), not_after(certificate)
    if begin > now + _CLOCKS_APART:
        raise KubewrightError(f"begins at {begin.isoformat()}, and it is {now.isoformat()} on the host")
    if step.due and own is not None and end <= not_after(own.certificate):
        raise KubewrightError(f"ends at {end.isoformat()}, no later than the one that it is to replace")
    return Ready(certificate_pem(certificate).decode("ascii"), path)


def is_in_use(config: Config, facts: Facts, name: str) -> bool:
    """Whether the key that waits for a leaf's certificate is that of the certificate on the host. name: of the leaf."""
    key = waiting_key(config, facts, name)
    own, _file = _own(config, facts, name)
    if key is None or own is None or own.key is None:
        return False
    return is_key_of(key, own.certificate) and is_key_of(own.key, own.certificate)


def waiting_key(config: Config, facts: Facts, name: str) -> Key | None:
    """The key that waits for a certificate; None where there is none, or none of the declared algorithm that can be read."""
    key = facts.pending().get(name)
    return key if key is not None and key.algorithm == config.key_algorithm else None


__all__ = ("Ready", "is_in_use", "taken", "waiting_key")
