# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whom connections to the cluster's own servers trust."""

from __future__ import annotations

import ssl

# OpenSSL's X509_V_FLAG_PARTIAL_CHAIN and X509_V_FLAG_X509_STRICT: the older ssl modules have no name for the first.
_PARTIAL_CHAIN, _STRICT = 0x80000, 0x20


def as_kubernetes_trusts(context: ssl.SSLContext) -> ssl.SSLContext:
    """Makes a context trust what Kubernetes' own clients do.

    A trusted intermediate CA is trusted without those above it. Python 3.13 and later would refuse the certificates of
    older kubeadm, which have no key identifiers.
    """
    context.verify_flags = ssl.VerifyFlags((int(context.verify_flags) | _PARTIAL_CHAIN) & ~_STRICT)
    return context


def trusting(ca_pem: bytes) -> ssl.SSLContext:
    """A client context that trusts the certificates of a PEM text alone. Raises ssl.SSLError and UnicodeDecodeError."""
    return as_kubernetes_trusts(ssl.create_default_context(cadata=ca_pem.decode("ascii")))


def unverified() -> ssl.SSLContext:
    """A client context that takes every certificate: for those that only answer, or whose certificate is what is asked for."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


__all__ = ("as_kubernetes_trusts", "trusting", "unverified")
