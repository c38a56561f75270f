# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A certificate and its key as they lie on the host, and what their state is. Nothing here raises for damaged files."""

from __future__ import annotations

import datetime
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.entry import (
    DUE,
    EXPIRED,
    MISSING,
    OK,
    UNREADABLE,
    WRONG,
    Entry,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import load

# RFC 7468, section 10 (PRIVATE KEY) and the labels of OpenSSL's traditional forms.
_PRIVATE_KEY = re.compile(rb"-----BEGIN (?P<label>[A-Z ]*PRIVATE KEY)-----.*?-----END (?P=label)-----", re.DOTALL)

# Why a certificate has to be issued anew when leaves that end before a moment are due, or None.
ReasonAt = t.Callable[[datetime.datetime], t.Optional[str]]
Verdict = t.Tuple[str, str]


class Found(t.NamedTuple):
    """A certificate and its key. Each is None where it is absent or damaged; the problems say which is damaged and how."""

    certificate: _x509.X509Certificate | None
    description: _x509.Description | None
    key: _x509.PrivateKey | None
    problems: tuple[str, ...]


class Dates(t.NamedTuple):
    """now: the moment of the report. renew_at: leaves that end before are due."""

    now: datetime.datetime
    renew_at: datetime.datetime


def attempt(path: str, loader: t.Callable[[bytes], t.Any]) -> tuple[t.Any, tuple[str, ...]]:
    """What the loader makes of a file, or None where it is absent or damaged, and what is wrong with it."""
    try:
        return load(path, loader), ()
    except KubewrightError as error:
        return None, (str(error),)


def _described(pem: bytes) -> tuple[_x509.X509Certificate, _x509.Description]:
    certificate = _x509.load_certificate(pem)
    return certificate, _x509.describe(certificate)


def _only_key(pem: bytes) -> _x509.PrivateKey:
    # Beside a certificate, as the kubelet writes its files, not every version of cryptography finds the key.
    block = _PRIVATE_KEY.search(pem)
    return _x509.load_key(block.group() if block else b"")


def find(certificate_path: str, key_path: str) -> Found:
    """What lies in the two files, which may be one and the same."""
    loaded, problems = attempt(certificate_path, _described)
    key, key_problems = attempt(key_path, _only_key)
    certificate, description = loaded or (None, None)
    return Found(certificate, description, key, (*problems, *key_problems))


def found_pair(pair: _x509.Pair) -> Found:
    """The same for a certificate and key that are loaded already."""
    try:
        return Found(pair.certificate, _x509.describe(pair.certificate), pair.key, ())
    except KubewrightError as error:
        return Found(None, None, pair.key, (f"its client certificate {error}",))


def judge(found: Found, dates: Dates, reason_at: ReasonAt) -> Verdict:
    """The status and the reason of a certificate with its key."""
    if found.problems:
        return UNREADABLE, "; ".join(found.problems)
    if found.description is None or found.key is None:
        return MISSING, _absent(found)
    reason = reason_at(dates.renew_at)
    if reason is None:
        return OK, ""
    if found.description.not_after <= dates.now:
        return EXPIRED, f"ended at {found.description.not_after.isoformat()}"
    wrong = reason_at(dates.now)
    return (WRONG, wrong) if wrong is not None else (DUE, reason)


def _absent(found: Found) -> str:
    if found.description is None and found.key is None:
        return "missing"
    return "%s is missing" % ("certificate" if found.description is None else "key")


def entry(
    path: str,
    kind: str,
    found: Found,
    now: datetime.datetime,
    verdict: Verdict,
    certificate_path: str | None = None,
    server: str | None = None,
) -> Entry:
    """The entry of a certificate with its key. certificate_path: where the certificate lies, unless in C(path)."""
    description = found.description
    if description is None:
        algorithm = _x509.algorithm_of(found.key) if found.key is not None else None
        return Entry(
            path,
            kind,
            certificate_path,
            None,
            [],
            None,
            None,
            None,
            None,
            algorithm,
            found.key is not None,
            server,
            *verdict,
        )
    return Entry(
        path,
        kind,
        certificate_path or path,
        description.subject,
        list(description.sans),
        description.issuer,
        _iso(description.not_before),
        _iso(description.not_after),
        round((description.not_after - now).total_seconds() / 86400.0, 2),
        description.key_algorithm,
        found.key is not None,
        server,
        *verdict,
    )


def _iso(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ("Dates", "Found", "ReasonAt", "Verdict", "attempt", "entry", "find", "found_pair", "judge")
