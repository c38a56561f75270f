# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a certificate, a CA and a kubeconfig are to be, as values."""

from __future__ import annotations

import typing as t

CLIENT = "clientAuth"
SERVER = "serverAuth"


class CertificateAuthority(t.NamedTuple):
    """A CA. path: below the certificates folder, without extension."""

    path: str
    common_name: str


class Certificate(t.NamedTuple):
    """A leaf certificate. usages: extended key usages. ca: the path of its CA. path: empty inside a kubeconfig.

    validity_seconds: None for that of all leaves.
    """

    path: str
    ca: str
    common_name: str
    organizations: tuple[str, ...]
    usages: tuple[str, ...]
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    validity_seconds: float | None = None


class Kubeconfig(t.NamedTuple):
    """A kubeconfig file. path: absolute. server: URL. name: what it is called in requests, a relative path."""

    path: str
    server: str
    certificate: Certificate
    name: str


__all__ = ("CLIENT", "SERVER", "Certificate", "CertificateAuthority", "Kubeconfig")
