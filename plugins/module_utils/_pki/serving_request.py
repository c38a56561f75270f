# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a kubelet asks for when it asks for a serving certificate, and whether that is its own node's.

The rules of the signer kubernetes.io/kubelet-serving (kubernetes.io, Certificate Signing Requests; since 1.18), and the names and addresses
besides, which the signer leaves to whoever approves.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

try:
    from cryptography import x509
    from cryptography.hazmat.backends import default_backend
    from cryptography.x509.oid import NameOID
except ImportError:
    pass

_ORGANIZATIONS = ["system:nodes"]
_USAGES = {"server auth"}
_OTHER_USAGES = {"digital signature", "key encipherment"}


class Requested(t.NamedTuple):
    """What a request (PKCS#10) asks for. others: names of other kinds than DNS names and addresses."""

    common_names: t.Sequence[str]
    organizations: t.Sequence[str]
    dns_names: t.Sequence[str]
    addresses: t.Sequence[str]
    others: t.Sequence[str]


def read(pem: bytes) -> Requested:
    """Raises KubewrightError for what is no request that its key has signed."""
    names: list[t.Any] = []
    try:
        found = x509.load_pem_x509_csr(pem, default_backend())
        if not found.is_signature_valid:
            raise KubewrightError("it is not signed by its own key")
        names += found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        pass
    except ValueError:
        raise KubewrightError("it cannot be read") from None
    return Requested(
        [str(item.value) for item in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)],
        [str(item.value) for item in found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)],
        [str(name.value) for name in names if isinstance(name, x509.DNSName)],
        [str(name.value) for name in names if isinstance(name, x509.IPAddress)],
        [str(name.value) for name in names if not isinstance(name, (x509.DNSName, x509.IPAddress))],
    )


def _same(address: str, addresses: t.Collection[str]) -> bool:
    return network.parse_ip(address) in [network.parse_ip(other) for other in addresses]


def foreign(requested: Requested, usages: t.Collection[str], node: str, addresses: t.Collection[str]) -> str:
    """Why a request does not fit a node; empty where it does.

    usages: that it asks for. node: its name, the only one that it may ask for. addresses: of its host. A kubelet asks for all that its node
    has.
    """
    wanted = f"system:node:{node}"
    if list(requested.common_names) != [wanted] or list(requested.organizations) != _ORGANIZATIONS:
        return (
            f"its subject is {', '.join([*requested.organizations, *requested.common_names]) or 'empty'}, not {wanted}"
        )
    if not set(usages) >= _USAGES or set(usages) - _USAGES - _OTHER_USAGES:
        return f"it is for {', '.join(usages) or 'nothing'}, not for serving alone"
    odd = [name for name in requested.dns_names if name != node]
    odd += [address for address in requested.addresses if not _same(address, addresses)]
    odd += list(requested.others)
    if odd:
        return f"it asks for {', '.join(odd)}, which the host of the node has not"
    return "" if requested.dns_names or requested.addresses else "it asks for no name"


__all__ = ("Requested", "foreign", "read")
