# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeconfig files: comparison, plan, writing."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _files as files
from ansible_collections.kubewright.control_plane.plugins.module_utils import _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._certificates import (
    CertificateAuthority,
    Kubeconfig,
    kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import (
    KUBERNETES_DIR,
    Config,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._kubeconfig_text import (
    KUBECONFIG_MODE,
    Contents,
    base64_text,
    decode_data,
    kubeconfig_text,
    read_kubeconfig,
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import (
    certificate_reason,
    load_ca,
    profile_of,
)

CA = CertificateAuthority("ca", "kubernetes")


class Step(t.NamedTuple):
    """A kubeconfig to write, and why."""

    kubeconfig: Kubeconfig
    reason: str


class Plan(t.NamedTuple):
    """The kubeconfigs to write, the files whose mode is too loose, and the CA that signs and is embedded."""

    steps: list[Step]
    loose_files: list[str]
    ca: _x509.Pair | None


def client_pair(contents: Contents) -> _x509.Pair:
    """The client certificate and key inside a kubeconfig. Raises KubewrightError where one of them is not there or damaged."""
    try:
        certificate = _x509.load_certificate(decode_data(contents.user.get("client-certificate-data")) or b"")
        key = _x509.load_key(decode_data(contents.user.get("client-key-data")) or b"")
    except KubewrightError:
        raise KubewrightError("its client certificate or key is unreadable") from None
    return _x509.Pair(certificate, key)


def kubeconfig_reason(
    text: str, wanted: Kubeconfig, ca: _x509.Pair, algorithm: str, renew_at: datetime.datetime, rotated: str
) -> str | None:
    """Why a kubeconfig has to be written anew, or None where it is as declared.

    rotated: the path of the certificate that the kubelet rotates; a kubeconfig that refers to it has none of its own.
    """
    try:
        contents = read_kubeconfig(text)
    except KubewrightError as error:
        return str(error)
    if contents.server != wanted.server:
        return f"server is {contents.server}"
    if decode_data(contents.ca_data) != _x509.certificate_pem(ca.certificate):
        try:
            embedded = _x509.load_certificate(decode_data(contents.ca_data) or b"")
        except KubewrightError:
            return "its CA is unreadable"
        if _x509.certificate_pem(embedded) != _x509.certificate_pem(ca.certificate):
            return "its CA is not the present one"
    if contents.user.get("client-certificate") == rotated:
        return None
    try:
        client = client_pair(contents)
    except KubewrightError as error:
        return str(error)
    return certificate_reason(client.certificate, client.key, wanted.certificate, ca, algorithm, renew_at)


def plan(config: Config, now: datetime.datetime, renew_before: float, root: str = "") -> Plan:
    """What has to be written. root: a folder that stands for the host's C(/).

    Raises KubewrightError where a CA key that is not there would be needed.
    """
    ca = load_ca(root + config.certificates_dir, CA, now)
    algorithm = config.key_algorithm
    renew_at = now + datetime.timedelta(seconds=renew_before)
    steps: list[Step] = []
    loose: list[str] = []
    for wanted in kubeconfigs(config):
        state = files.read_file(root + wanted.path)
        if state is None:
            steps.append(Step(wanted, "missing"))
            continue
        reason = (
            "its CA is new"
            if ca is None
            else kubeconfig_reason(
                state.content.decode("utf-8", "replace"), wanted, ca, algorithm, renew_at, rotated_certificate(config)
            )
        )
        if reason is not None:
            steps.append(Step(wanted, reason))
        elif files.loosened(state, KUBECONFIG_MODE):
            loose.append(root + wanted.path)
    if steps and ca is not None and ca.key is None:
        raise KubewrightError(
            "{}/ca.key is not on the host, so these kubeconfigs cannot be made: {}. Put the key there, or provide the files.".format(
                config.certificates_dir, ", ".join(f"{step.kubeconfig.path} ({step.reason})" for step in steps)
            )
        )
    return Plan(steps, loose, ca)


def apply(config: Config, planned: Plan, now: datetime.datetime, root: str = "") -> None:
    """Writes what the plan names. root: a folder that stands for the host's C(/).

    Raises KubewrightError where there is no CA to sign with.
    """
    if planned.steps and planned.ca is None:
        raise KubewrightError(f"{config.certificates_dir}/ca.crt is not there: run the certs phase first.")
    files.ensure_directory(root + KUBERNETES_DIR, 0o755)
    profile = profile_of(config)
    for step, key in zip(planned.steps, _x509.generate_keys(profile.algorithm, len(planned.steps))):
        ca = t.cast(_x509.Pair, planned.ca)
        wanted = step.kubeconfig
        certificate = _x509.issue(wanted.certificate, ca, profile, now, key)
        credentials = {
            "client-certificate-data": base64_text(_x509.certificate_pem(certificate)),
            "client-key-data": base64_text(_x509.key_pem(key)),
        }
        text = kubeconfig_text(
            config.cluster_name,
            wanted.certificate.common_name,
            wanted.server,
            _x509.certificate_pem(ca.certificate),
            credentials,
        )
        files.write_file(root + wanted.path, text.encode("utf-8"), KUBECONFIG_MODE)
    for path in planned.loose_files:
        files.tighten_file(path, KUBECONFIG_MODE)


__all__ = ("Plan", "Step", "apply", "client_pair", "kubeconfig_reason", "plan")
