# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Making and reading X.509 certificates and keys; the only file that needs python3-cryptography."""

from __future__ import annotations

import concurrent.futures
import datetime
import hashlib
import inspect
import ipaddress
import os
import secrets
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    CLIENT,
    SERVER,
    Certificate,
)

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


def generate_keys(algorithm: str, count: int) -> t.Iterator[PrivateKey]:
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
    return _public_pem(key.public_key())


def _public_pem(public_key: t.Any) -> bytes:
    return t.cast(
        bytes, public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def certificate_pem(certificate: X509Certificate) -> bytes:
    """The certificate as PEM."""
    return t.cast(bytes, certificate.public_bytes(serialization.Encoding.PEM))


def load_key(pem: bytes) -> PrivateKey:
    """Raises KubewrightError for anything but an unencrypted PEM key. The text never quotes the content."""
    try:
        key = serialization.load_pem_private_key(pem, None, _key_backend(), **_WITHOUT_KEY_CHECK)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KubewrightError("is not an unencrypted PEM private key") from None
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise KubewrightError("is neither an RSA nor an ECDSA key")
    return key


def load_public_key(pem: bytes) -> bytes:
    """The public key in normal form. Raises KubewrightError for anything but a PEM public key."""
    try:
        return _public_pem(serialization.load_pem_public_key(pem, default_backend()))
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
        _public_pem(certificate.public_key())
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
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in organizations]
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def subject_problem(wanted: Certificate) -> str | None:
    """Why a certificate cannot have the subject that is declared, or None.

    RFC 5280 (appendix A) bounds a common name, and newer versions of python3-cryptography keep to it; kubeadm does not.
    """
    try:
        _subject(wanted.common_name, wanted.organizations)
    except ValueError:
        return (
            f"python3-cryptography on this host makes no certificate for a name as long as {wanted.common_name}: 64 bytes at most "
            "(RFC 5280). Set a shorter name: kubewright_node_name, where the name of the node is in it."
        )
    return None


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


def _leaf_extensions(wanted: Certificate) -> list[tuple[t.Any, bool]]:
    """What a leaf is for and which names it has, each extension with whether it is critical."""
    usages = x509.ExtendedKeyUsage([_USAGES[usage] for usage in wanted.usages])
    found: list[tuple[t.Any, bool]] = [(_key_usage(ca=False), True), (usages, False)]
    names: list[t.Any] = [x509.DNSName(name) for name in wanted.dns_names]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in wanted.ip_addresses]
    return [*found, (x509.SubjectAlternativeName(names), False)] if names else found


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
    for extension, critical in _leaf_extensions(wanted):
        builder = builder.add_extension(extension, critical=critical)
    if profile.leaf_basic_constraints:
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    identifier = _extension(ca.certificate, x509.SubjectKeyIdentifier)
    if identifier is not None:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
    return builder.sign(t.cast(t.Any, ca.key), _hash_for(ca.key), default_backend())


def request(wanted: Certificate, key: PrivateKey) -> bytes:
    """A certificate signing request (PKCS#10, RFC 2986) as PEM, with the names and usages that the certificate is to have."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(wanted.common_name, wanted.organizations))
    for extension, critical in _leaf_extensions(wanted):
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


def same_request(left: bytes, right: bytes) -> bool:
    """Whether two requests ask for the same, for the same key; the signatures of ECDSA differ each time."""
    try:
        one, other = (x509.load_pem_x509_csr(pem, default_backend()) for pem in (left, right))
        return bool(
            one.subject == other.subject
            and list(one.extensions) == list(other.extensions)
            and _public_pem(one.public_key()) == _public_pem(other.public_key())
        )
    except Exception:  # as above
        return False


def _extension(certificate: X509Certificate, kind: t.Any) -> t.Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_ca(certificate: X509Certificate) -> bool:
    """Whether a certificate may sign others."""
    constraints = _extension(certificate, x509.BasicConstraints)
    return constraints is not None and bool(constraints.ca)


def describe(certificate: X509Certificate) -> Description:
    """What a certificate says of itself. Raises KubewrightError where a part of it is damaged."""
    try:
        names = _extension(certificate, x509.SubjectAlternativeName) or ()
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


def key_matches(certificate: X509Certificate, key: PrivateKey) -> bool:
    """Whether a key is a certificate's own."""
    return _public_pem(certificate.public_key()) == public_key_pem(key)


def check_ca(
    certificate: X509Certificate, key: PrivateKey | None, now: datetime.datetime, certificate_name: str, key_name: str
) -> None:
    """Whether a CA can sign. The names are those of its files, for the message.

    Raises KubewrightError for what is no CA, has expired, or has another's key.
    """
    if not is_ca(certificate):
        raise KubewrightError(f"{certificate_name} is not the certificate of a CA (basic constraints).")
    if not_after(certificate) <= now:
        raise KubewrightError(f"{certificate_name} expired at {not_after(certificate).isoformat()}.")
    if key is not None and not key_matches(certificate, key):
        raise KubewrightError(f"{key_name} does not belong to {certificate_name}.")


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
    names = _extension(certificate, x509.SubjectAlternativeName)
    dns_names = set(names.get_values_for_type(x509.DNSName)) if names else set()
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)} if names else set()
    found += [f"SAN {name} missing" for name in wanted.dns_names if name not in dns_names]
    found += [f"SAN {address} missing" for address in wanted.ip_addresses if address not in addresses]
    if exact_names:
        undeclared = (dns_names - set(wanted.dns_names)) | (addresses - set(wanted.ip_addresses))
        found += [f"SAN {name} is not declared" for name in sorted(undeclared)]
    usages = _extension(certificate, x509.ExtendedKeyUsage)
    present = list(usages) if usages else []
    found += [f"usage {usage} missing" for usage in wanted.usages if _USAGES[usage] not in present]
    if algorithm_of(certificate.public_key()) != algorithm:
        found.append(f"key is {algorithm_of(certificate.public_key())}")
    return found


__all__ = (
    "CRYPTOGRAPHY_ERROR",
    "Description",
    "Pair",
    "PrivateKey",
    "Profile",
    "X509Certificate",
    "algorithm_of",
    "ca_certificate_hash",
    "certificate_pem",
    "check_ca",
    "describe",
    "differences",
    "generate_key",
    "generate_keys",
    "is_ca",
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
    "request",
    "requested_key",
    "same_request",
    "subject_problem",
)
