# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whom connections to the cluster's own servers trust."""

from __future__ import annotations

import ssl

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

_PARTIAL_CHAIN, _STRICT = 0x80000, 0x20


def as_kubernetes_trusts(context: ssl.SSLContext) -> ssl.SSLContext:
    """Makes a context trust what Kubernetes' own clients do.

    A trusted intermediate CA is trusted without those above it. Python 3.13 and later would refuse the certificates of
    older kubeadm, which have no key identifiers.
    """
    context.verify_flags = ssl.VerifyFlags((int(context.verify_flags) | _PARTIAL_CHAIN) & ~_STRICT)
    return context


def trusting(ca_pem: bytes) -> ssl.SSLContext:
    """A client context that trusts the certificates of a PEM text alone. Raises KubewrightError where there is none in it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        # Not by create_default_context: with an empty text that trusts the authorities of the system.
        context.load_verify_locations(cadata=ca_pem.decode("ascii"))
    except (ssl.SSLError, ValueError):
        raise KubewrightError("holds no certificate of a CA in PEM form") from None
    # Early patch releases of Python 3.8 and 3.9 take a text without a certificate; later ones raise.
    if not context.cert_store_stats()["x509"]:
        raise KubewrightError("holds no certificate of a CA in PEM form")
    return as_kubernetes_trusts(context)


def unverified() -> ssl.SSLContext:
    """A client context that takes every certificate: for those that only answer, or whose certificate is what is asked for."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def add_client(context: ssl.SSLContext, certificate: str, key: str | None = None) -> None:
    """Has a context show a client's certificate. certificate, key: paths; without a key it is in the certificate's file.

    Raises KubewrightError where they cannot be used together.
    """
    try:
        # Without a password an encrypted key would be asked for on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ValueError):
        raise KubewrightError(
            "the client's certificate and key are not a pair in PEM form without a password"
        ) from None


__all__ = ("add_client", "as_kubernetes_trusts", "trusting", "unverified")
