# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of kubelets for serving certificates, as the API has them."""

from __future__ import annotations

import base64
import ipaddress
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USAGES = ("digital signature", "server auth")


def request(
    common_name: str = "system:node:worker1",
    organization: str = "system:nodes",
    names: t.Sequence[str] = ("worker1",),
    addresses: t.Sequence[str] = ("192.0.2.11",),
    mail: str = "",
) -> bytes:
    """A request (PKCS#10) as PEM."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    alternatives += [x509.RFC822Name(mail)] if mail else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    signed = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def csr(name: str, pem: bytes, username: str = "system:node:worker1", **more: t.Any) -> dict[str, t.Any]:
    """A CertificateSigningRequest. more: fields of its spec."""
    spec = {
        "request": base64.b64encode(pem).decode(),
        "signerName": "kubernetes.io/kubelet-serving",
        "usages": list(USAGES),
        "username": username,
        "groups": ["system:nodes", "system:authenticated"],
        **more,
    }
    return {"metadata": {"name": name, "resourceVersion": "7"}, "spec": spec, "status": {}}


__all__ = ("USAGES", "csr", "request")
