# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The one inspection of a certificate or kubeconfig: what is there, in which state it is, and why. Plan, report and preflight
read it. Nothing here raises for damaged files.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import X509Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import (
    Description,
    certificate_reason,
    describe,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import (
    DUE,
    EXPIRED,
    MISSING,
    OK,
    UNREADABLE,
    WRONG,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Key, Pair

# Why a certificate has to be issued anew when those that end before a moment are due, or None.
ReasonAt = t.Callable[[datetime.datetime], str | None]


class Found(t.NamedTuple):
    """A certificate and its key. Each is None where it is absent or damaged; the problems say which is damaged and how."""

    certificate: X509Certificate | None = None
    description: Description | None = None
    key: Key | None = None
    problems: tuple[str, ...] = ()

    @property
    def pair(self) -> Pair | None:
        """Both, where both can be read."""
        return Pair(self.certificate, self.key) if self.certificate is not None and self.key is not None else None


class Inspection(t.NamedTuple):
    """path: of the certificate or kubeconfig. status: one of C(entry.STATUSES). reason: why it is not C(ok), else empty.

    is_problem: whether it must not be mended without the user; the reason says what to do. by_kubelet: whether the kubelet
    renews the certificate by itself. certificate_path: where the certificate lies, unless in C(path). server: the URL in a
    kubeconfig.
    """

    path: str
    found: Found
    status: str
    reason: str
    is_problem: bool = False
    by_kubelet: bool = False
    certificate_path: str | None = None
    server: str | None = None

    @property
    def due(self) -> bool:
        """Whether nothing but its end being near is the reason."""
        return self.status == DUE


class Dates(t.NamedTuple):
    """now: the moment by which it is judged. renew_at: certificates that end before are due."""

    now: datetime.datetime
    renew_at: datetime.datetime


def find(facts: Facts, certificate_path: str, key_path: str) -> Found:
    """What lies in the two files, which may be one and the same."""
    certificate, problem = facts.certificate(certificate_path)
    key, key_problem = facts.key(key_path)
    found = _described(certificate, certificate_path)
    problems = (problem, *found.problems, key_problem)
    return found._replace(key=key, problems=tuple(text for text in problems if text))


def _described(certificate: X509Certificate | None, path: str) -> Found:
    try:
        return Found(certificate, describe(certificate)) if certificate is not None else Found()
    except KubewrightError as error:
        return Found(problems=(f"{path} {error}",))


def found_pair(pair: Pair) -> Found:
    """The same for a certificate and key that are inside a kubeconfig."""
    found = _described(pair.certificate, "its client certificate")
    return found._replace(key=pair.key)


def judge(found: Found, dates: Dates, reason_at: ReasonAt) -> tuple[str, str]:
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
    return "{} is missing".format("certificate" if found.description is None else "key")


class Issuer(t.NamedTuple):
    """The CA that a leaf is compared with. certificate: None where there is none. problem: why."""

    certificate: X509Certificate | None
    problem: str = ""


def inspect_leaf(
    facts: Facts,
    directory: str,
    wanted: Certificate,
    issuer: Issuer,
    algorithm: str,
    dates: Dates,
    exact_names: bool,
) -> Inspection:
    """A leaf of the certificates folder (C(directory)). algorithm: that of its key. exact_names: see C(certificate_reason)."""
    path = f"{directory}/{wanted.path}.crt"
    found = find(facts, path, f"{directory}/{wanted.path}.key")

    def reason_at(renew_at: datetime.datetime) -> str | None:
        if issuer.certificate is None:
            return issuer.problem
        certificate, key = t.cast(Pair, found.pair)
        return certificate_reason(
            certificate, t.cast(Key, key), wanted, issuer.certificate, algorithm, renew_at, exact_names
        )

    return Inspection(path, found, *judge(found, dates, reason_at))


__all__ = ("Dates", "Found", "Inspection", "Issuer", "ReasonAt", "find", "found_pair", "inspect_leaf", "judge")
