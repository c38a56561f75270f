# SPDX-License-Identifier: GPL-3.0-or-later
"""A rendered text with what is made at random, or of the clock, in words: two runs write the same."""

from __future__ import annotations

import base64
import re

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from parity.x509_fields import key_type

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\n.*?-----END \1-----\n?", re.DOTALL)
_DATA = re.compile(r"(-data: )(LS0tLS1[A-Za-z0-9+/=]+)")
# When a bootstrap token ends, as the data of its Secret has it.
_EXPIRATION = re.compile(r"(\bexpiration: )([A-Za-z0-9+/=]+)$", re.MULTILINE)
_TOKEN = re.compile(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
# Extensions that are made of keys.
_IDENTIFIERS = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)


def _certificate(pem: bytes) -> str:
    certificate = x509.load_pem_x509_certificate(pem)
    length = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    extensions = [
        (type(item.value).__name__, item.critical, None if isinstance(item.value, _IDENTIFIERS) else repr(item.value))
        for item in certificate.extensions
    ]
    return "certificate {} of {}, {}, {}, {}, {}, {}".format(
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        certificate.signature_algorithm_oid._name,
        key_type(certificate.public_key()),
        "serial 0" if certificate.serial_number == 0 else "a serial",
        f"{round(length.total_seconds() / 3600)} h",
        extensions,
    )


def _described(match: re.Match[str]) -> str:
    label, pem = match.group(1), match.group(0).encode("ascii")
    if label == "CERTIFICATE":
        return _certificate(pem) + "\n"
    if label == "PUBLIC KEY":
        return f"{label} {key_type(serialization.load_pem_public_key(pem))}\n"
    if label.endswith("PRIVATE KEY"):
        key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
        return f"{label} {key_type(key)}\n"
    return match.group(0)


def _decoded(match: re.Match[str]) -> str:
    return match.group(1) + _PEM.sub(_described, base64.b64decode(match.group(2)).decode("ascii"))


def _moment(match: re.Match[str]) -> str:
    return match.group(1) + _TIME.sub("(time)", base64.b64decode(match.group(2)).decode("ascii"))


def content(text: str) -> str:
    """The text with certificates, keys, tokens and times in words."""
    text = _PEM.sub(_described, _DATA.sub(_decoded, text))
    text = _EXPIRATION.sub(_moment, text)
    return _TIME.sub("(time)", _TOKEN.sub("(token)", text))


__all__ = ("content",)
