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

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import referring
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import plan as _plan
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import (
    apply_in_folder,
    folder_facts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Request, carry_out

CERTIFICATES, KUBECONFIGS = (_plan.CERTIFICATES,), (_plan.KUBECONFIGS,)


def plan(
    config: Config,
    now: datetime.datetime,
    parts: t.Collection[str] = CERTIFICATES + KUBECONFIGS,
    before: float = 0,
    root: str = "",
    everything: bool = False,
    **task: t.Any,
) -> _plan.CredentialsPlan:
    """What has to be done. before: seconds before its end at which a leaf is due. task: further fields of the task."""
    facts = folder_facts(config, root, now)
    return _plan.plan(config, Renewal(now, before, everything), _plan.Task(parts, **task), facts)


def apply(config: Config, planned: _plan.CredentialsPlan, now: datetime.datetime, root: str = "") -> list[Request]:
    """Does what is planned, and returns what somebody else has to sign."""
    facts = folder_facts(config, root, now)
    return carry_out(config, facts, planned, {}, [], apply_in_folder(root, now), now).requests


def make(
    config: Config, now: datetime.datetime, parts: t.Collection[str] = CERTIFICATES + KUBECONFIGS, root: str = ""
) -> None:
    """Plans and does it."""
    apply(config, plan(config, now, parts, root=root), now, root)


def written(config: Config, planned: _plan.CredentialsPlan) -> list[str]:
    """The files that are written below the certificates folder."""
    folder = config.certificates_dir + "/"
    return [path.removeprefix(folder) for path in _plan.written_files(config, planned) if path.startswith(folder)]


def finalized_text(text: str, config: Config) -> str:
    """A kubeconfig that refers to the certificate that the kubelet rotates; the same where it does so already."""
    present = kubeconfig_of(kubeconfig_facts(text.encode()))
    found = referring(present.server, present.ca_data, present.refers, reference(config))
    return text if found is None else found.text


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
    requests: t.Iterable[Request], elsewhere: pathlib.Path, begin: datetime.datetime, days: float = 365
) -> dict[str, bytes]:
    """The certificates for requests, by name. elsewhere: the folder of the CAs."""
    return {item.name: sign(item.csr, authority(elsewhere, item.ca), begin, days) for item in requests}
