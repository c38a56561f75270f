# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a report says of one certificate, key pair or kubeconfig, and the states that there are. No cryptography here."""

from __future__ import annotations

import typing as t

OK, DUE, EXPIRED, WRONG = "ok", "due", "expired", "wrong"
MISSING, UNREADABLE = "missing", "unreadable"
STATUSES = (OK, DUE, EXPIRED, WRONG, MISSING, UNREADABLE)

CA, LEAF, SERVICE_ACCOUNT_KEY, KUBECONFIG, KUBELET = "ca", "leaf", "service account key", "kubeconfig", "kubelet"


class Entry(t.NamedTuple):
    """One file, or one certificate with its key. No key material is in it.

    path: the file on the host; of a pair the certificate, of the service account keys C(sa.key).
    kind: one of the kinds above. server: the URL in a kubeconfig.
    certificate_path: where the certificate lies; another file than C(path) only for a kubeconfig that refers to one, and
    None where there is none.
    subject, sans, issuer, not_before, not_after (UTC in ISO 8601), days_left: of the certificate; None and empty where
    there is none or it cannot be read. days_left is negative after the end.
    key_algorithm: as C(encryptionAlgorithm) names it, or None where nobody knows.
    has_key: whether the private key is on the host and can be read.
    status: one of C(STATUSES). reason: why it is not C(ok), else empty.
    """

    path: str
    kind: str
    certificate_path: str | None
    subject: str | None
    sans: list[str]
    issuer: str | None
    not_before: str | None
    not_after: str | None
    days_left: float | None
    key_algorithm: str | None
    has_key: bool
    server: str | None
    status: str
    reason: str


__all__ = (
    "CA",
    "DUE",
    "EXPIRED",
    "KUBECONFIG",
    "KUBELET",
    "LEAF",
    "MISSING",
    "OK",
    "SERVICE_ACCOUNT_KEY",
    "STATUSES",
    "UNREADABLE",
    "WRONG",
    "Entry",
)
