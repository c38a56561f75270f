# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The changes that a plan of certificates and kubeconfigs comes to."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Kubeconfig as Wanted
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.authority import (
    MAKE,
    MAKE_CERTIFICATE,
    WRITE_GIVEN,
    certificate_path,
    key_path,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    Files,
    ForgetKeys,
    InstallCertificate,
    IssueCertificate,
    Kubeconfig,
    MakeAuthority,
    MakeServiceAccountKey,
    RequestCertificate,
    SignRequest,
    TightenFile,
    WriteAuthority,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    KUBELET_KUBECONFIG,
    authorities,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import (
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import (
    CredentialsPlan,
    makes_key,
    written_files,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.signed_leaf import Ready
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.steps import SERVICE_ACCOUNT, Step


def _files(config: Config, path: str) -> Files:
    return Files(certificate_path(config, path), key_path(config, path))


def kubeconfig_settings(config: Config, wanted: Wanted) -> Kubeconfig:
    """A kubeconfig as it is to be written."""
    # Otherwise the kubelet would go on with the one that it has, and kubelet.conf would refer to it again.
    removes = (rotated_certificate(config),) if wanted.name == KUBELET_KUBECONFIG else ()
    return Kubeconfig(
        wanted.path,
        config.cluster_name,
        wanted.certificate.common_name,
        wanted.server,
        config.release.kubeconfig_preferences,
        certificate_path(config, wanted.certificate.ca),
        removes,
    )


def _targets(config: Config, step: Step) -> tuple[str | None, str | None, Kubeconfig | None]:
    """Where a leaf is written: its two files, or its kubeconfig."""
    if step.kubeconfig is not None:
        return None, None, kubeconfig_settings(config, step.kubeconfig)
    files = _files(config, step.name)
    return files.certificate_path, files.key_path, None


def install(config: Config, step: Step, ready: Ready) -> InstallCertificate:
    """The change that writes what somebody else has signed."""
    return InstallCertificate(step.name, ready.certificate_pem, ready.key_from, *_targets(config, step))


def sign(config: Config, name: str, certificate: Certificate, csr: str) -> SignRequest:
    """The change by which a CA of the host signs a request (PEM) of the controller."""
    return SignRequest(name, csr, certificate, _files(config, certificate.ca))


def _authority(config: Config, step: Step, given: t.Mapping[str, GivenCA]) -> Change:
    files = _files(config, step.name)
    if step.kind == WRITE_GIVEN:
        own = given[step.name]
        key = own.key.decode() if own.key is not None and own.brings_key else None
        return WriteAuthority(*files, own.own_certificate.decode("ascii"), key)
    names = {ca.path: ca.common_name for ca in authorities(config)}
    return MakeAuthority(*files, names[step.name], step.kind == MAKE)


def _leaf(config: Config, planned: CredentialsPlan, step: Step) -> Change:
    if step.name in planned.ready:
        return install(config, step, planned.ready[step.name])
    if step.name in planned.elsewhere:
        return RequestCertificate(step.name, step.leaf, step.name not in planned.waiting)
    return IssueCertificate(step.leaf, _files(config, step.leaf.ca), *_targets(config, step))


def changes_of(config: Config, facts: Facts, planned: CredentialsPlan) -> list[Change]:
    """The changes, in their order: CAs first. Raises KubewrightError where there is no CA to sign with."""
    actions = (MAKE, MAKE_CERTIFICATE, WRITE_GIVEN)
    found: list[Change] = [_authority(config, step, planned.given) for step in planned.steps if step.kind in actions]
    if planned.leaves and not planned.signers and not found:
        raise KubewrightError(f"{certificate_path(config, 'ca')} is not there: run the certs phase first.")
    found += [_leaf(config, planned, step) for step in planned.leaves]
    for step in planned.steps:
        if step.kind == SERVICE_ACCOUNT:
            public_path = f"{config.certificates_dir}/sa.pub"
            mode = config.release.public_key_mode
            found.append(MakeServiceAccountKey(key_path(config, "sa"), public_path, mode, makes_key(step)))
    found += [TightenFile(path, mode) for path, mode in planned.loose]
    made = {step.name for step in planned.leaves} - planned.elsewhere.keys()
    forgotten = tuple(name for name in facts.pending() if name in planned.stale or name in made)
    return found + ([ForgetKeys(forgotten)] if forgotten else [])


def _asked(requests: t.Sequence[SignRequest]) -> list[Certificate]:
    return [request.certificate for request in requests]


def expected(
    config: Config, facts: Facts, planned: CredentialsPlan, asked: t.Sequence[SignRequest] = ()
) -> dict[str, str | None]:
    """The digests of what is written and of the CAs that sign, as they were read; None for what was absent.

    asked: requests of the controller.
    """
    paths = written_files(config, planned)
    for path in dict.fromkeys(wanted.ca for wanted in [*(step.leaf for step in planned.leaves), *_asked(asked)]):
        paths += [file for file in _files(config, path) if file not in paths]
    return {path: facts.digest(path) for path in paths}


__all__ = ("changes_of", "expected", "install", "kubeconfig_settings", "sign")
