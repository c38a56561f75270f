# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubeconfig files of a host: what is there, and why it has to be written anew."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import X509Certificate, certificate_pem
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import certificate_reason
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import KUBELET_KUBECONFIG
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import (
    MISSING,
    UNREADABLE,
    WRONG,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Key, Pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Kubeconfig as Present
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import (
    Dates,
    Found,
    Inspection,
    Issuer,
    find,
    found_pair,
    judge,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import (
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal

FOREIGN_CURE = "Name another path, or move the file away."
# The kubelet requests a new certificate when 70 to 90 % of the validity are over (client-go, util/certificate).
_ROTATED_REMAINDER = 0.1


def foreign_content(present: Present) -> str | None:
    """Why a file is not to be overwritten with a kubeconfig that the user declares for its path, or None.

    What was written here has one cluster, one user and one context. Anything else is somebody's own.
    """
    if present.blank:
        return None
    return present.problem or ("holds more than one cluster, user or context" if present.more else None)


def _difference(present: Present, wanted: Kubeconfig, ca: X509Certificate) -> str | None:
    """How a kubeconfig differs from what is declared, but for its client certificate."""
    if present.server != wanted.server:
        return f"server is {present.server}"
    if present.ca is None:
        return "its CA is unreadable"
    if certificate_pem(present.ca) != certificate_pem(ca):
        return "its CA is not the present one"
    return None


def rotated_dates(found: Found, dates: Dates) -> Dates:
    """When a certificate that the kubelet rotates is due: it should have been replaced long ago."""
    if found.description is None:
        return dates
    validity = found.description.not_after - found.description.not_before
    remainder = max(validity * _ROTATED_REMAINDER, datetime.timedelta(0))
    return dates._replace(renew_at=min(dates.renew_at, dates.now + remainder))


def inspect_present(
    present: Present,
    path: str,
    wanted: Kubeconfig,
    issuer: Issuer,
    algorithm: str,
    dates: Dates,
) -> Inspection:
    """A kubeconfig with its client certificate inside it. algorithm: that of its key."""
    if present.problem:
        return Inspection(path, Found(), UNREADABLE, present.problem)
    if present.client is None:
        # What differs as well makes it no better; but a kubeconfig without a certificate may be for another server.
        reason = issuer.certificate and _difference(present, wanted, issuer.certificate)
        status, text = (WRONG, reason) if reason else (UNREADABLE, present.client_problem)
        return Inspection(path, Found(), status, text, server=present.server)
    found = found_pair(present.client)

    def reason_at(renew_at: datetime.datetime) -> str | None:
        if issuer.certificate is None:
            return issuer.problem
        certificate, key = t.cast(Pair, found.pair)
        return _difference(present, wanted, issuer.certificate) or certificate_reason(
            certificate, t.cast(Key, key), wanted.certificate, issuer.certificate, algorithm, renew_at
        )

    return Inspection(path, found, *judge(found, dates, reason_at), server=present.server)


def _inspect_referring(
    config: Config, facts: Facts, present: Present, wanted: Kubeconfig, issuer: Issuer, dates: Dates
) -> Inspection:
    """A kubelet.conf that refers to the certificate which the kubelet rotates."""
    rotated = rotated_certificate(config)
    found = find(facts, rotated, rotated)
    # Where the CA's key is elsewhere, nobody signs what the kubelet asks for, and a run renews it.
    by_kubelet = not config.node.get("external_ca")
    differs = issuer.certificate and _difference(present, wanted, issuer.certificate)

    def reason_at(renew_at: datetime.datetime) -> str | None:
        if issuer.certificate is None:
            return issuer.problem
        certificate, key = t.cast(Pair, found.pair)
        # The kubelet chooses the kind of its key.
        algorithm = found.description.key_algorithm if found.description is not None else ""
        return certificate_reason(
            certificate, t.cast(Key, key), wanted.certificate, issuer.certificate, algorithm, renew_at
        )

    status, reason = judge(found, rotated_dates(found, dates) if by_kubelet else dates, reason_at)
    if differs:
        status, reason = WRONG, differs
    elif status == MISSING:
        reason = (
            f"it refers to {rotated}, which is missing" if found == Found() else f"it refers to {rotated}: {reason}"
        )
    elif status == UNREADABLE:
        reason = f"it refers to {reason}"
    elif reason and issuer.certificate is not None:
        reason = f"it refers to {rotated}: {reason}"
    return Inspection(
        wanted.path, found, status, reason, by_kubelet=by_kubelet, certificate_path=rotated, server=present.server
    )


def inspect_kubeconfig(
    config: Config, facts: Facts, wanted: Kubeconfig, issuer: Issuer, renewal: Renewal
) -> Inspection:
    """A kubeconfig of the host."""
    present, problem = facts.kubeconfig(wanted.path)
    if problem:
        return Inspection(wanted.path, Found(), UNREADABLE, problem)
    if present is None:
        return Inspection(wanted.path, Found(), MISSING, "missing")
    dates = Dates(renewal.now, renewal.due_at(wanted.certificate))
    if wanted.name == KUBELET_KUBECONFIG and present.refers == rotated_certificate(config):
        return _inspect_referring(config, facts, present, wanted, issuer, dates)
    return inspect_present(present, wanted.path, wanted, issuer, config.key_algorithm, dates)


__all__ = (
    "FOREIGN_CURE",
    "foreign_content",
    "inspect_kubeconfig",
    "inspect_present",
    "rotated_dates",
)
