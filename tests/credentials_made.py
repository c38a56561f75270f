# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and kubeconfigs of a folder, planned and made in one line; for the tests."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import credentials
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import Renewal

CERTIFICATES, KUBECONFIGS = (credentials.CERTIFICATES,), (credentials.KUBECONFIGS,)


def plan(
    config: Config,
    now: datetime.datetime,
    parts: t.Collection[str] = CERTIFICATES + KUBECONFIGS,
    before: float = 0,
    root: str = "",
    everything: bool = False,
    **task: t.Any,
) -> credentials.Plan:
    """What has to be done. before: seconds before its end at which a leaf is due. task: further fields of the task."""
    return credentials.plan(config, Renewal(now, before, everything), credentials.Task(parts, **task), root)


def make(
    config: Config, now: datetime.datetime, parts: t.Collection[str] = CERTIFICATES + KUBECONFIGS, root: str = ""
) -> None:
    """Does it."""
    credentials.apply(config, plan(config, now, parts, root=root), now, root)


# The CAs of a cluster whose etcd is local.
CAS = ("ca", "front-proxy-ca", "etcd/ca")


def move_keys_away(pki: pathlib.Path, elsewhere: pathlib.Path) -> None:
    """Leaves the certificates of the CAs where they are and moves their keys; the certificates are copied."""
    for name in CAS:
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (pki / f"{name}.key").replace(elsewhere / f"{name}.key")
        (elsewhere / f"{name}.crt").write_bytes((pki / f"{name}.crt").read_bytes())


def authority(folder: pathlib.Path, name: str) -> _x509.Pair:
    """A CA of a folder."""
    certificate = _x509.load_certificate((folder / f"{name}.crt").read_bytes())
    return _x509.Pair(certificate, _x509.load_key((folder / f"{name}.key").read_bytes()))


def sign(csr: str, ca: _x509.Pair, begin: datetime.datetime, days: float = 365) -> bytes:
    """What a CA of somebody else makes of a request: subject, key and extensions as they are asked for."""
    asked = x509.load_pem_x509_csr(csr.encode())
    assert ca.key is not None
    builder = (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(ca.certificate.subject)
        .public_key(asked.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=days))
    )
    for extension in asked.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return _x509.certificate_pem(builder.sign(ca.key, hashes.SHA256()))


def sign_all(
    requests: t.Iterable[credentials.Request], elsewhere: pathlib.Path, begin: datetime.datetime, days: float = 365
) -> dict[str, bytes]:
    """The certificates for requests, by name. elsewhere: the folder of the CAs."""
    return {item.name: sign(item.csr, authority(elsewhere, item.ca), begin, days) for item in requests}
