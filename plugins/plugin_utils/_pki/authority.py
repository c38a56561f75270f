# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The CAs of a host: what is there, what the user gives, and what has to be made."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CertificateAuthority
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import X509Certificate, not_after
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import check_ca
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    CA_WARNING_DAYS,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import (
    DUE,
    EXPIRED,
    MISSING,
    OK,
    UNREADABLE,
    WRONG,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import (
    GivenCA,
    given_pair,
    given_reason,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import Found, Inspection, find

_UNFINISHED = "missing; its key is there, and nothing is signed with it yet"
# What is to be done about a CA: make it with a new key, make it with the key that is there, write the user's own.
MAKE, MAKE_CERTIFICATE, WRITE_GIVEN = "ca", "ca_certificate", "given_ca"


class Authority(t.NamedTuple):
    """A CA. signer: the one that leaves are signed with, from the host or given; its key is None where it is elsewhere.

    action: C(MAKE), C(MAKE_CERTIFICATE), C(WRITE_GIVEN), or empty where nothing is to be done.
    """

    ca: CertificateAuthority
    inspection: Inspection
    signer: Pair | None
    action: str


def certificate_path(config: Config, path: str) -> str:
    """The file of a certificate. path: below the certificates folder, without extension."""
    return f"{config.certificates_dir}/{path}.crt"


def key_path(config: Config, path: str) -> str:
    """The file of a key. path: as above."""
    return f"{config.certificates_dir}/{path}.key"


def load_ca(config: Config, facts: Facts, ca: CertificateAuthority, now: datetime.datetime) -> Pair | None:
    """The CA that is on the host, or None where there is none at all.

    Raises KubewrightError where its files are damaged, do not fit together or have expired: a CA is never replaced
    without the user's decision.
    """
    crt, key_file = certificate_path(config, ca.path), key_path(config, ca.path)
    choice = f"Put the right file there, or move {crt} and {key_file} away to have a new CA made."
    certificate, problem = facts.certificate(crt)
    key, key_problem = facts.key(key_file)
    unreadable = facts.problem(crt) or facts.problem(key_file)
    if unreadable:
        # Nobody knows what is in it: it must not be moved away for that.
        raise KubewrightError(unreadable)
    if problem or key_problem:
        raise KubewrightError(f"{(problem or key_problem).rstrip('.')}. {choice}")
    if certificate is None and key is None:
        return None
    if certificate is None:
        raise KubewrightError(f"{key_file} is there but {crt} is not. {choice}")
    try:
        check_ca(certificate, key, now, crt, key_file)
    except KubewrightError as error:
        raise KubewrightError(f"{error} {choice}") from None
    return Pair(certificate, key)


def _is_unfinished(config: Config, facts: Facts, ca: CertificateAuthority, own: GivenCA | None) -> bool:
    """Whether the making of a CA was cut off between its key and its certificate.

    Nothing that it could have signed is there. own: the CA that the user gives in its place; it has to have that key.
    """
    signed = [certificate_path(config, leaf.path) for leaf in certificates(config) if leaf.ca == ca.path]
    signed += [item.path for item in host_kubeconfigs(config) if item.certificate.ca == ca.path]
    if any(facts.exists(path) for path in [certificate_path(config, ca.path), *signed]):
        return False
    if config.data.get("caKeyLocation") == "controller":
        return False
    # A damaged key is said with its cure where the files are looked at as those of a CA.
    key, _problem = facts.key(key_path(config, ca.path))
    if key is None or own is None:
        return key is not None
    try:
        return own.key_facts == key
    except KubewrightError:
        return False


def _ca_key_problem(config: Config, path: str, pair: Pair | None) -> str | None:
    """What is wrong about a CA's key on the host that is to be kept on the controller, or None."""
    if pair is None or pair.key is None or config.data.get("caKeyLocation") != "controller":
        return None
    return (
        f"{key_path(config, path)} is on the host, but kubewright_ca_key_location says that CA keys are kept on the "
        "controller. Move it there, with a copy of its certificate, and name both in kubewright_ca_files, or leave "
        "kubewright_ca_key_location out."
    )


def _given_reason(
    config: Config, path: str, pair: Pair | None, given: GivenCA | None, now: datetime.datetime
) -> str | None:
    """Why the given CA has to be written to the host, or None. pair: the CA on the host.

    Raises KubewrightError where the host's CA is not as declared: another one, or one whose key ought to be elsewhere.
    """
    problem = _ca_key_problem(config, path, pair)
    if problem is not None:
        raise KubewrightError(problem)
    if given is None:
        return None
    return given_reason(pair, given_pair(given, now), given, certificate_path(config, path))


def inspect_authority(
    config: Config, facts: Facts, ca: CertificateAuthority, own: GivenCA | None, now: datetime.datetime
) -> Authority:
    """A CA of the host, and what is to be done about it. own: the one that the user gives."""
    path = certificate_path(config, ca.path)
    found = find(facts, path, key_path(config, ca.path))
    try:
        unfinished = _is_unfinished(config, facts, ca, own)
        pair = load_ca(config, facts, ca, now) if not unfinished else None
        reason = _given_reason(config, ca.path, pair, own, now)
        signer = pair
        if own is not None and (pair is None or pair.key is None):
            signer = given_pair(own, now)
    except KubewrightError as error:
        return Authority(ca, _refused(path, found, str(error), now), None, "")
    if reason is not None:
        status = MISSING if found.certificate is None else WRONG
        return Authority(ca, Inspection(path, found, status, reason), signer, WRITE_GIVEN)
    if signer is None:
        action, reason = (MAKE_CERTIFICATE, _UNFINISHED) if unfinished else (MAKE, "missing")
        return Authority(ca, Inspection(path, found, MISSING, reason), None, action)
    return Authority(ca, Inspection(path, found, *_state(found.certificate, now)), signer, "")


def _refused(path: str, found: Found, reason: str, now: datetime.datetime) -> Inspection:
    if found.problems:
        status = UNREADABLE
    elif found.certificate is None:
        status = MISSING
    else:
        status = EXPIRED if not_after(found.certificate) <= now else WRONG
    return Inspection(path, found, status, reason, is_problem=True)


def _state(certificate: X509Certificate | None, now: datetime.datetime) -> tuple[str, str]:
    if certificate is None or not_after(certificate) > now + datetime.timedelta(days=CA_WARNING_DAYS):
        return OK, ""
    return DUE, f"ends at {not_after(certificate).isoformat()}, and is never replaced by itself: plan its exchange"


__all__ = (
    "MAKE",
    "MAKE_CERTIFICATE",
    "WRITE_GIVEN",
    "Authority",
    "certificate_path",
    "inspect_authority",
    "key_path",
    "load_ca",
)
