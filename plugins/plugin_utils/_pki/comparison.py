# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a certificate says of itself, and how it differs from what is declared."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    CLIENT,
    SERVER,
    Certificate,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import (
    X509Certificate,
    algorithm_of,
    certificate_public_key,
    extension_of,
    is_signed_by,
    not_after,
    not_before,
    public_pem,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Key

try:
    from cryptography import x509
    from cryptography.hazmat.backends import default_backend
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    _USAGES = {CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH, SERVER: ExtendedKeyUsageOID.SERVER_AUTH}
except ImportError:
    # ansible-core itself needs it on the controller; but what only imports this file must come through without.
    pass


class Description(t.NamedTuple):
    """What a certificate says of itself.

    subject, issuer: the attributes in their order, each as RFC 4514 writes it (C(O=system:masters, CN=kubernetes-admin)).
    sans: the alternative names in their order; kinds other than DNS names and IP addresses with the name of the kind.
    not_before, not_after: UTC. key_algorithm: see C(algorithm_of).
    """

    subject: str
    issuer: str
    sans: tuple[str, ...]
    not_before: datetime.datetime
    not_after: datetime.datetime
    key_algorithm: str


def is_key_of(key: Key, certificate: X509Certificate) -> bool:
    """Whether a key is a certificate's own."""
    return certificate_public_key(certificate) == key.public


def same_request(left: bytes, right: bytes) -> bool:
    """Whether two requests ask for the same, for the same key; the signatures of ECDSA differ each time."""
    try:
        one, other = (x509.load_pem_x509_csr(pem, default_backend()) for pem in (left, right))
        return bool(
            one.subject == other.subject
            and list(one.extensions) == list(other.extensions)
            and public_pem(one.public_key()) == public_pem(other.public_key())
        )
    except Exception:  # as above
        return False


def is_ca(certificate: X509Certificate) -> bool:
    """Whether a certificate may sign others."""
    constraints = extension_of(certificate, x509.BasicConstraints)
    return constraints is not None and bool(constraints.ca)


def describe(certificate: X509Certificate) -> Description:
    """What a certificate says of itself. Raises KubewrightError where a part of it is damaged."""
    try:
        names = extension_of(certificate, x509.SubjectAlternativeName) or ()
        return Description(
            ", ".join(attribute.rfc4514_string() for attribute in certificate.subject),
            ", ".join(attribute.rfc4514_string() for attribute in certificate.issuer),
            tuple(_name_text(name) for name in names),
            not_before(certificate),
            not_after(certificate),
            algorithm_of(certificate.public_key()),
        )
    except Exception:  # each part is parsed only when it is asked for, and each kind of damage raises something else
        raise KubewrightError("is a damaged certificate") from None


def _name_text(name: t.Any) -> str:
    if isinstance(name, (x509.DNSName, x509.IPAddress)):
        return str(name.value)
    return f"{type(name).__name__}: {name.value}"


def check_ca(
    certificate: X509Certificate, key: Key | None, now: datetime.datetime, certificate_name: str, key_name: str
) -> None:
    """Whether a CA can sign. The names are those of its files, for the message.

    Raises KubewrightError for what is no CA, has expired, or has another's key.
    """
    if not is_ca(certificate):
        raise KubewrightError(f"{certificate_name} is not the certificate of a CA (basic constraints).")
    if not_after(certificate) <= now:
        raise KubewrightError(f"{certificate_name} expired at {not_after(certificate).isoformat()}.")
    if key is not None and not is_key_of(key, certificate):
        raise KubewrightError(f"{key_name} does not belong to {certificate_name}.")


def certificate_reason(
    certificate: X509Certificate,
    key: Key,
    wanted: Certificate,
    ca: X509Certificate,
    algorithm: str,
    renew_at: datetime.datetime,
    exact_names: bool = False,
) -> str | None:
    """Why a leaf has to be issued anew, or None where it is as declared. renew_at: leaves that end before are due.

    exact_names: names that nobody declared are a reason as well.
    """
    if not is_key_of(key, certificate):
        return "its key belongs to another certificate"
    if not is_signed_by(certificate, ca):
        return "not signed by the present CA"
    if not_after(certificate) <= renew_at:
        return f"ends at {not_after(certificate).isoformat()}"
    return "; ".join(differences(certificate, wanted, algorithm, exact_names)) or None


def differences(
    certificate: X509Certificate, wanted: Certificate, algorithm: str, exact_names: bool = False
) -> list[str]:
    """What a certificate lacks of what is declared, as short texts. exact_names: names that nobody declared count as well."""
    found: list[str] = []
    common_names = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if common_names != [wanted.common_name]:
        found.append("common name is %s" % (", ".join(map(str, common_names)) or "absent"))
    organizations = [
        attribute.value for attribute in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    ]
    if sorted(map(str, organizations)) != sorted(wanted.organizations):
        found.append("organization is %s" % (", ".join(map(str, organizations)) or "absent"))
    names = extension_of(certificate, x509.SubjectAlternativeName)
    dns_names = set(names.get_values_for_type(x509.DNSName)) if names else set()
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)} if names else set()
    found += [f"SAN {name} missing" for name in wanted.dns_names if name not in dns_names]
    found += [f"SAN {address} missing" for address in wanted.ip_addresses if address not in addresses]
    if exact_names:
        undeclared = (dns_names - set(wanted.dns_names)) | (addresses - set(wanted.ip_addresses))
        found += [f"SAN {name} is not declared" for name in sorted(undeclared)]
    usages = extension_of(certificate, x509.ExtendedKeyUsage)
    present = list(usages) if usages else []
    found += [f"usage {usage} missing" for usage in wanted.usages if _USAGES[usage] not in present]
    if algorithm_of(certificate.public_key()) != algorithm:
        found.append(f"key is {algorithm_of(certificate.public_key())}")
    return found


__all__ = (
    "Description",
    "certificate_reason",
    "check_ca",
    "describe",
    "differences",
    "is_ca",
    "is_key_of",
    "is_signed_by",
    "same_request",
)
