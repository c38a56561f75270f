# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Making and loading X.509 certificates and keys; the only file that travels and needs python3-cryptography."""

from __future__ import annotations

import concurrent.futures
import datetime
import hashlib
import inspect
import ipaddress
import os
import secrets
import typing as t
import warnings

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    CLIENT,
    SERVER,
    Certificate,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pem import blocks

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.backends import default_backend
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    _USAGES = {CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH, SERVER: ExtendedKeyUsageOID.SERVER_AUTH}
    CRYPTOGRAPHY_ERROR: str | None = None
except ImportError as import_error:
    CRYPTOGRAPHY_ERROR = str(import_error)

# OpenSSL's check of an RSA key takes up to 0.1 s each. A key that does not belong to its certificate is found by comparing
# the public halves. cryptography has had an argument for it since 39, and a setting of its backend before.
_WITHOUT_KEY_CHECK: dict[str, t.Any] = {}
if (
    CRYPTOGRAPHY_ERROR is None
    and "unsafe_skip_rsa_key_validation" in inspect.signature(serialization.load_pem_private_key).parameters
):
    _WITHOUT_KEY_CHECK["unsafe_skip_rsa_key_validation"] = True

# RFC 5280 (appendix A) bounds a common name to 64 characters. Nodes have longer ones (C(system:node:) and a name of up to 253), kubeadm
# makes certificates for them, and Go takes them. cryptography since 43 refuses to make them, and warns of them where it reads them.
_OF_ANY_LENGTH: dict[str, t.Any] = {}
if CRYPTOGRAPHY_ERROR is None and "_validate" in inspect.signature(x509.NameAttribute.__init__).parameters:
    _OF_ANY_LENGTH["_validate"] = False
    warnings.filterwarnings("ignore", "Attribute's length must be")

# RFC 7468, section 10 (PRIVATE KEY), is also the end of the labels of OpenSSL's traditional forms.
_PRIVATE_KEY = b"PRIVATE KEY"

PrivateKey = t.Any
X509Certificate = t.Any


class Profile(t.NamedTuple):
    """How a minor's kubeadm shapes certificates; from the release table and the configuration.

    not_before: when a leaf's validity begins: C(ca) (with its CA's) or C(backdated). Validity in seconds.
    """

    algorithm: str
    leaf_seconds: float
    ca_seconds: float
    ca_backdate_seconds: int
    not_before: str
    leaf_basic_constraints: bool
    ca_dns_san: bool
    key_identifiers: bool


class Pair(t.NamedTuple):
    """A certificate with its key; the key is None where it is not on the host."""

    certificate: X509Certificate
    key: PrivateKey | None


def _key_backend() -> t.Any:
    backend: t.Any = default_backend()
    if hasattr(backend, "_rsa_skip_check_key"):
        backend._rsa_skip_check_key = True
    return backend


def generate_key(algorithm: str) -> PrivateKey:
    """A new private key: C(RSA-2048), C(RSA-3072), C(RSA-4096), C(ECDSA-P256) or C(ECDSA-P384)."""
    family, _dash, size = algorithm.partition("-")
    if family == "ECDSA":
        curve = ec.SECP384R1() if size == "P384" else ec.SECP256R1()
        return ec.generate_private_key(curve, default_backend())
    # OpenSSL has just found the primes: its check of the key would look for a fault of its own.
    return rsa.generate_private_key(public_exponent=65537, key_size=int(size), backend=_key_backend())


def generate_keys(algorithm: str, count: int) -> t.Generator[PrivateKey, None, None]:
    """New private keys, made side by side as far as there are cores; each is there to be used as soon as it is made."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        yield from pool.map(generate_key, [algorithm] * count)


def key_pem(key: PrivateKey) -> bytes:
    """The key as kubeadm writes it: PKCS#1 (RSA PRIVATE KEY) or SEC 1 (EC PRIVATE KEY)."""
    return t.cast(
        bytes,
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ),
    )


def public_key_pem(key: PrivateKey) -> bytes:
    """The public half as PKIX PEM (PUBLIC KEY)."""
    return public_pem(key.public_key())


def certificate_public_key(certificate: X509Certificate) -> str:
    """The public key of a certificate as PKIX PEM (PUBLIC KEY)."""
    return public_pem(certificate.public_key()).decode("ascii")


def public_pem(public_key: t.Any) -> bytes:
    """A public key as PKIX PEM (PUBLIC KEY)."""
    return t.cast(
        bytes, public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def certificate_pem(certificate: X509Certificate) -> bytes:
    """The certificate as PEM."""
    return t.cast(bytes, certificate.public_bytes(serialization.Encoding.PEM))


def load_key(pem: bytes) -> PrivateKey:
    """Raises KubewrightError for anything but an unencrypted PEM key. The text never quotes the content."""
    # Beside a certificate, as the kubelet writes its files, not every version of cryptography finds the key.
    block = next((item.text for item in blocks(pem) if item.label.endswith(_PRIVATE_KEY)), pem)
    try:
        key = serialization.load_pem_private_key(block, None, _key_backend(), **_WITHOUT_KEY_CHECK)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KubewrightError("is not an unencrypted PEM private key") from None
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise KubewrightError("is neither an RSA nor an ECDSA key")
    return key


def load_public_key(pem: bytes) -> bytes:
    """The public key in normal form. Raises KubewrightError for anything but a PEM public key."""
    try:
        return public_pem(serialization.load_pem_public_key(pem, default_backend()))
    except (ValueError, UnsupportedAlgorithm):
        raise KubewrightError("is not a PEM public key") from None


def load_certificate(pem: bytes) -> X509Certificate:
    """The first certificate of a PEM text. Raises KubewrightError for anything else."""
    try:
        certificate = x509.load_pem_x509_certificate(pem, default_backend())
    except (ValueError, x509.InvalidVersion):
        raise KubewrightError("is not a PEM certificate") from None
    # Each part is parsed only when it is asked for, and each kind of damage raises something else.
    try:
        for part in ("subject", "issuer", "extensions", "signature_hash_algorithm"):
            getattr(certificate, part)
        public_pem(certificate.public_key())
    except Exception:
        raise KubewrightError("is a damaged certificate") from None
    return certificate


def not_before(certificate: X509Certificate) -> datetime.datetime:
    """The beginning of a certificate's validity, in UTC."""
    if hasattr(certificate, "not_valid_before_utc"):
        return t.cast(datetime.datetime, certificate.not_valid_before_utc)
    return t.cast(datetime.datetime, certificate.not_valid_before.replace(tzinfo=datetime.timezone.utc))


def not_after(certificate: X509Certificate) -> datetime.datetime:
    """The end of a certificate's validity, in UTC."""
    if hasattr(certificate, "not_valid_after_utc"):
        return t.cast(datetime.datetime, certificate.not_valid_after_utc)
    return t.cast(datetime.datetime, certificate.not_valid_after.replace(tzinfo=datetime.timezone.utc))


def ca_certificate_hash(certificate: X509Certificate) -> str:
    """C(sha256:<hex>) of the public key, as kubeadm join's --discovery-token-ca-cert-hash takes it (RFC 7469)."""
    der = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return "sha256:" + hashlib.sha256(der).hexdigest()


def _serial() -> int:
    # RFC 5280 4.1.2.2: positive. kubeadm draws 63 bits for leaves.
    return secrets.randbits(63) or 1


def _key_usage(ca: bool) -> t.Any:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(common_name: str, organizations: t.Sequence[str] = ()) -> t.Any:
    named = [(NameOID.ORGANIZATION_NAME, name) for name in organizations] + [(NameOID.COMMON_NAME, common_name)]
    return x509.Name([x509.NameAttribute(kind, name, **_OF_ANY_LENGTH) for kind, name in named])


def _hash_for(key: t.Any) -> t.Any:
    """What a key signs: a hash as long as its curve, as with the library that kubeadm uses; SHA-256 with RSA."""
    size = key.curve.key_size if isinstance(key, ec.EllipticCurvePrivateKey) else 256
    return hashes.SHA256() if size <= 256 else hashes.SHA384() if size <= 384 else hashes.SHA512()


def issue_ca(common_name: str, profile: Profile, now: datetime.datetime, key: PrivateKey) -> X509Certificate:
    """A self-signed CA certificate."""
    now = now.replace(microsecond=0)
    name = _subject(common_name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(_serial())
        .not_valid_before(now - datetime.timedelta(seconds=profile.ca_backdate_seconds))
        .not_valid_after(now + datetime.timedelta(seconds=profile.ca_seconds))
        .add_extension(_key_usage(ca=True), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if profile.key_identifiers:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    if profile.ca_dns_san:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False)
    return builder.sign(key, _hash_for(key), default_backend())


def _purposes(wanted: Certificate) -> list[tuple[t.Any, bool]]:
    """What a leaf is for, each extension with whether it is critical."""
    usages = x509.ExtendedKeyUsage([_USAGES[usage] for usage in wanted.usages])
    return [(_key_usage(ca=False), True), (usages, False)]


def _names(wanted: Certificate) -> list[tuple[t.Any, bool]]:
    """Which names it has, in the same form; none where it has none."""
    names: list[t.Any] = [x509.DNSName(name) for name in wanted.dns_names]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in wanted.ip_addresses]
    return [(x509.SubjectAlternativeName(names), False)] if names else []


def issue(
    wanted: Certificate, ca: Pair, profile: Profile, now: datetime.datetime, public_key: t.Any
) -> X509Certificate:
    """A leaf certificate for somebody's public key, signed by its CA."""
    now = now.replace(microsecond=0)
    begin = not_before(ca.certificate) if profile.not_before == "ca" else now - datetime.timedelta(minutes=5)
    validity = wanted.validity_seconds or profile.leaf_seconds
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(wanted.common_name, wanted.organizations))
        .issuer_name(ca.certificate.subject)
        .public_key(public_key)
        .serial_number(_serial())
        .not_valid_before(begin)
        .not_valid_after(now + datetime.timedelta(seconds=validity))
    )
    # In the order in which Go's library writes them, so that a certificate reads as kubeadm's does.
    extensions = _purposes(wanted)
    if profile.leaf_basic_constraints:
        extensions.append((x509.BasicConstraints(ca=False, path_length=None), True))
    identifier = extension_of(ca.certificate, x509.SubjectKeyIdentifier)
    if identifier is not None:
        extensions.append((x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False))
    for extension, critical in [*extensions, *_names(wanted)]:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(t.cast(t.Any, ca.key), _hash_for(ca.key), default_backend())


def request(wanted: Certificate, key: PrivateKey) -> bytes:
    """A certificate signing request (PKCS#10, RFC 2986) as PEM, with the names and usages that the certificate is to have."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(wanted.common_name, wanted.organizations))
    for extension, critical in [*_purposes(wanted), *_names(wanted)]:
        builder = builder.add_extension(extension, critical=critical)
    signed = builder.sign(key, _hash_for(key), default_backend())
    return signed.public_bytes(serialization.Encoding.PEM)


def requested_key(pem: bytes) -> t.Any:
    """The public key for which a request asks. Raises KubewrightError for what is no request, or not signed by that key."""
    try:
        loaded = x509.load_pem_x509_csr(pem, default_backend())
        genuine = loaded.is_signature_valid
    except Exception:  # each kind of damage raises something else
        raise KubewrightError("is not a certificate signing request") from None
    if not genuine:
        raise KubewrightError("is a certificate signing request that its own key has not signed")
    return loaded.public_key()


def extension_of(certificate: X509Certificate, kind: t.Any) -> t.Any:
    """An extension of a certificate by its class, or None where it has none."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def alternative_names(certificate: X509Certificate) -> list[str]:
    """The DNS names, IP addresses and others by which a certificate's owner is known, in their order."""
    names = extension_of(certificate, x509.SubjectAlternativeName)
    return [str(name.value) for name in names] if names is not None else []


def key_matches(certificate: X509Certificate, key: PrivateKey) -> bool:
    """Whether a key is a certificate's own."""
    return public_pem(certificate.public_key()) == public_key_pem(key)


def is_signed_by(certificate: X509Certificate, ca: X509Certificate) -> bool:
    """Whether a certificate carries a CA's name and a signature that the CA's key verifies."""
    if certificate.issuer != ca.subject:
        return False
    public_key = ca.public_key()
    try:
        if isinstance(public_key, ec.EllipticCurvePublicKey):
            public_key.verify(
                certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(certificate.signature_hash_algorithm)
            )
        else:
            public_key.verify(
                certificate.signature,
                certificate.tbs_certificate_bytes,
                padding.PKCS1v15(),
                certificate.signature_hash_algorithm,
            )
    except Exception:  # InvalidSignature, or a key that cannot have made it: both mean no
        return False
    return True


def algorithm_of(key: t.Any) -> str:
    """The algorithm name of a private or public key, as encryptionAlgorithm has it; other kinds by their class."""
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        return "RSA-%d" % key.key_size
    if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        return "ECDSA-P%d" % key.curve.key_size
    return type(key).__name__


__all__ = (
    "CRYPTOGRAPHY_ERROR",
    "Pair",
    "PrivateKey",
    "Profile",
    "X509Certificate",
    "algorithm_of",
    "alternative_names",
    "ca_certificate_hash",
    "certificate_pem",
    "certificate_public_key",
    "extension_of",
    "generate_key",
    "generate_keys",
    "is_signed_by",
    "issue",
    "issue_ca",
    "key_matches",
    "key_pem",
    "load_certificate",
    "load_key",
    "load_public_key",
    "not_after",
    "not_before",
    "public_key_pem",
    "public_pem",
    "request",
    "requested_key",
)
