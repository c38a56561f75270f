# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeconfig files: text, comparison, plan."""

from __future__ import annotations

import base64
import datetime
import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _files as files
from ansible_collections.kubewright.control_plane.plugins.module_utils import _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._certificates import (
    CertificateAuthority,
    Kubeconfig,
    kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import (
    KUBELET_DIR,
    KUBERNETES_DIR,
    Config,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import (
    certificate_reason,
    load_ca,
    profile_of,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._yaml_reader import Unreadable, read_yaml

KUBECONFIG_MODE = 0o600
CA = CertificateAuthority("ca", "kubernetes")


class Contents(t.NamedTuple):
    """What a kubeconfig's current context holds. The user's fields are base64 data or file paths."""

    server: str
    ca_data: str | None
    user: dict[str, t.Any]


class Step(t.NamedTuple):
    """A kubeconfig to write, and why."""

    kubeconfig: Kubeconfig
    reason: str


class Plan(t.NamedTuple):
    """The kubeconfigs to write, the files whose mode is too loose, and the CA that signs and is embedded."""

    steps: list[Step]
    loose_files: list[str]
    ca: _x509.Pair | None


# Plain text that no version of YAML takes for anything but a string.
_PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9@/._=+-]|:(?!$))*\Z")
_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")


def _quoted(text: str) -> str:
    # JSON strings are YAML strings (YAML 1.2, 1.3).
    return text if _PLAIN.match(text) and text.lower() not in _WORDS else json.dumps(text)


def base64_text(data: bytes) -> str:
    """Base64 on one line, as kubeconfigs carry it."""
    return base64.b64encode(data).decode("ascii")


def kubeconfig_text(cluster: str, user: str, server: str, ca_pem: bytes, credentials: t.Mapping[str, str]) -> str:
    """The text of a kubeconfig with one cluster, one user and one context. credentials: the user's fields."""
    fields = "".join(f"    {key}: {_quoted(credentials[key])}\n" for key in sorted(credentials))
    return (
        "apiVersion: v1\n"
        "clusters:\n"
        "- cluster:\n"
        "    certificate-authority-data: {ca}\n"
        "    server: {server}\n"
        "  name: {cluster}\n"
        "contexts:\n"
        "- context:\n"
        "    cluster: {cluster}\n"
        "    user: {user}\n"
        "  name: {context}\n"
        "current-context: {context}\n"
        "kind: Config\n"
        "preferences: {{}}\n"
        "users:\n"
        "- name: {user}\n"
        "  user:\n"
        "{fields}"
    ).format(
        ca=base64_text(ca_pem),
        server=_quoted(server),
        cluster=_quoted(cluster),
        user=_quoted(user),
        context=_quoted(f"{user}@{cluster}"),
        fields=fields,
    )


def cluster_info_text(server: str, ca_pem: bytes) -> str:
    """The kubeconfig inside the ConfigMap cluster-info: a cluster without name, no user."""
    return (
        "apiVersion: v1\n"
        "clusters:\n"
        "- cluster:\n"
        f"    certificate-authority-data: {base64_text(ca_pem)}\n"
        f"    server: {_quoted(server)}\n"
        '  name: ""\n'
        "contexts: null\n"
        'current-context: ""\n'
        "kind: Config\n"
        "preferences: {}\n"
        "users: null\n"
    )


def read_kubeconfig(text: str) -> Contents:
    """The cluster and user of the current context. Raises KubewrightError where they cannot be read."""
    try:
        document = read_yaml(text)
        current = document["current-context"]
        context = next(item["context"] for item in document["contexts"] if item["name"] == current)
        cluster = next(item["cluster"] for item in document["clusters"] if item["name"] == context["cluster"])
        user = next(item["user"] for item in document["users"] if item["name"] == context["user"])
        return Contents(str(cluster["server"]), cluster.get("certificate-authority-data"), dict(user))
    except (Unreadable, KeyError, TypeError, StopIteration, AttributeError, ValueError):
        raise KubewrightError("is not a kubeconfig with a usable current context") from None


def rotated_certificate(config: Config) -> str:
    """The path of the client certificate that the kubelet rotates itself."""
    folder = dict(config.kubelet_extra_args).get("cert-dir", KUBELET_DIR + "/pki")
    return folder + "/kubelet-client-current.pem"


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
    if _x509.decode_data(contents.ca_data) != _x509.certificate_pem(ca.certificate):
        try:
            embedded = _x509.load_certificate(_x509.decode_data(contents.ca_data) or b"")
        except KubewrightError:
            return "its CA is unreadable"
        if _x509.certificate_pem(embedded) != _x509.certificate_pem(ca.certificate):
            return "its CA is not the present one"
    if contents.user.get("client-certificate") == rotated:
        return None
    try:
        certificate = _x509.load_certificate(_x509.decode_data(contents.user.get("client-certificate-data")) or b"")
        key = _x509.load_key(_x509.decode_data(contents.user.get("client-key-data")) or b"")
    except KubewrightError:
        return "its client certificate or key is unreadable"
    return certificate_reason(certificate, key, wanted.certificate, ca, algorithm, renew_at)


def finalized_text(text: str, config: Config) -> str | None:
    """A kubelet.conf that refers to the rotated certificate, or None where it does so already or names its CA by a file.

    Raises KubewrightError where the text is no kubeconfig.
    """
    try:
        contents = read_kubeconfig(text)
    except KubewrightError as error:
        raise KubewrightError(f"{KUBERNETES_DIR}/kubelet.conf {error}. Run the kubeconfig phase first.") from None
    rotated = rotated_certificate(config)
    ca_pem = _x509.decode_data(contents.ca_data)
    if contents.user.get("client-certificate") == rotated or ca_pem is None:
        return None
    credentials = {"client-certificate": rotated, "client-key": rotated}
    return kubeconfig_text(config.cluster_name, "system:node:" + config.node_name, contents.server, ca_pem, credentials)


def plan(config: Config, now: datetime.datetime, renew_before: float) -> Plan:
    """What has to be written. Raises KubewrightError where a CA key that is not there would be needed."""
    ca = load_ca(config.certificates_dir, CA, now)
    algorithm = config.cluster["encryptionAlgorithm"]
    renew_at = now + datetime.timedelta(seconds=renew_before)
    steps: list[Step] = []
    loose: list[str] = []
    for wanted in kubeconfigs(config):
        state = files.read_file(wanted.path)
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
            loose.append(wanted.path)
    if steps and ca is not None and ca.key is None:
        raise KubewrightError(
            "{}/ca.key is not on the host, so these kubeconfigs cannot be made: {}. Put the key there, or provide the files.".format(
                config.certificates_dir, ", ".join(f"{step.kubeconfig.path} ({step.reason})" for step in steps)
            )
        )
    return Plan(steps, loose, ca)


def apply(config: Config, planned: Plan, now: datetime.datetime) -> None:
    """Writes what the plan names. Raises KubewrightError where there is no CA to sign with."""
    if planned.steps and planned.ca is None:
        raise KubewrightError(f"{config.certificates_dir}/ca.crt is not there: run the certs phase first.")
    files.ensure_directory(KUBERNETES_DIR, 0o755)
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
        files.write_file(wanted.path, text.encode("utf-8"), KUBECONFIG_MODE)
    for path in planned.loose_files:
        files.tighten_file(path, KUBECONFIG_MODE)


__all__ = (
    "KUBECONFIG_MODE",
    "Contents",
    "Plan",
    "Step",
    "apply",
    "base64_text",
    "cluster_info_text",
    "finalized_text",
    "kubeconfig_reason",
    "kubeconfig_text",
    "plan",
    "read_kubeconfig",
    "rotated_certificate",
)
