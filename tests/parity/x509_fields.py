# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys as the fields that mean something, so that two of them can be compared."""

from __future__ import annotations

import re
import typing as t
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

# kubeadm's CAs until 1.26 have the serial number 0, which the library warns of each time.
warnings.filterwarnings("ignore", message="Parsed a serial number which wasn't positive")
_HOUR = 3600
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


def key_type(key: t.Any) -> str:
    """The type and size of a private or public key."""
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        return f"RSA-{key.key_size}"
    if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        return f"ECDSA-{key.curve.name}"
    return type(key).__name__


def _extension(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> x509.Extension[t.Any] | None:
    try:
        return certificate.extensions.get_extension_for_oid(oid)
    except x509.ExtensionNotFound:
        return None


def certificate_fields(pem: bytes, ca_pem: bytes) -> dict[str, t.Any]:
    """The fields of a certificate. ca_pem: that of its issuer, with which its validity and key identifier are compared."""
    certificate, ca = x509.load_pem_x509_certificate(pem), x509.load_pem_x509_certificate(ca_pem)
    names = _extension(certificate, ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    usage = _extension(certificate, ExtensionOID.KEY_USAGE)
    extended = _extension(certificate, ExtensionOID.EXTENDED_KEY_USAGE)
    constraints = _extension(certificate, ExtensionOID.BASIC_CONSTRAINTS)
    authority = _extension(certificate, ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    ca_identifier = _extension(ca, ExtensionOID.SUBJECT_KEY_IDENTIFIER)
    certificate.verify_directly_issued_by(ca)
    # When a leaf is made, its CA is a few seconds old.
    length = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "version": certificate.version.name,
        "signature": certificate.signature_algorithm_oid._name,
        "key": key_type(certificate.public_key()),
        "serial": "0" if certificate.serial_number == 0 else "random",
        "names": [str(getattr(name, "value", name)) for name in names.value] if names else None,
        "name kinds": [type(name).__name__ for name in names.value] if names else None,
        "key usage": [name for name in _KEY_USAGES if getattr(usage.value, name)] if usage else None,
        "extended key usage": [str(item._name) for item in extended.value] if extended else None,
        "basic constraints": [constraints.value.ca, constraints.value.path_length] if constraints else None,
        "critical": sorted(extension.oid._name for extension in certificate.extensions if extension.critical),
        "extensions": sorted(extension.oid._name for extension in certificate.extensions),
        "authority key identifier": "that of the CA"
        if authority and ca_identifier and authority.value.key_identifier == ca_identifier.value.digest
        else None
        if authority is None
        else "another",
        "begins with its CA": certificate.not_valid_before_utc == ca.not_valid_before_utc,
        "hours": round(length.total_seconds() / _HOUR),
    }


def _private_key(pem: bytes) -> t.Any:
    # Whether the numbers of a key are sound is for the libraries that made them; the check takes most of the time.
    return serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)


def key_fields(pem: bytes, certificate_pem: bytes | None) -> dict[str, t.Any]:
    """The fields of a private key. certificate_pem: the certificate that it is to belong to; None where it has none."""
    key = _private_key(pem)
    label = re.match(rb"-----BEGIN ([A-Z ]+)-----", pem)
    fields: dict[str, t.Any] = {"key": key_type(key), "PEM": label.group(1).decode("ascii") if label else None}
    if certificate_pem is not None:
        own = x509.load_pem_x509_certificate(certificate_pem).public_key()
        fields["belongs to its certificate"] = own == key.public_key()
    return fields


def public_key_fields(pem: bytes, private_pem: bytes) -> dict[str, t.Any]:
    """The fields of a public key beside its private half."""
    key = serialization.load_pem_public_key(pem)
    label = re.match(rb"-----BEGIN ([A-Z ]+)-----", pem)
    private = _private_key(private_pem)
    return {
        "key": key_type(key),
        "PEM": label.group(1).decode("ascii") if label else None,
        "belongs to its private half": key == private.public_key(),
    }


__all__ = ("certificate_fields", "key_fields", "key_type", "public_key_fields")
