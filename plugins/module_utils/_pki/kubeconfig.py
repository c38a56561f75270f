# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeconfig files: comparison, plan, writing."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    CertificateAuthority,
    Kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import (
    KUBELET_KUBECONFIG,
    host_kubeconfigs,
    kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import (
    Renewal,
    certificate_reason,
    load_ca,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    KUBECONFIG_MODE,
    Contents,
    base64_text,
    decode_data,
    holds_more,
    kubeconfig_text,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_kubeconfig import (
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.state import find

FOREIGN_CURE = "Name another path, or move the file away."

CA = CertificateAuthority("ca", "kubernetes")


class Step(t.NamedTuple):
    """A kubeconfig to write, and why. due: whether nothing but the end of its certificate being near is the reason."""

    kubeconfig: Kubeconfig
    reason: str
    due: bool = False


class Plan(t.NamedTuple):
    """The kubeconfigs to write, the files whose mode is too loose (whether they are written or not), and the CA that signs
    and is embedded.
    """

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

    rotated: the path of the certificate that the kubelet rotates; a kubelet.conf that refers to it has none of its own.
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
    if wanted.name == KUBELET_KUBECONFIG and contents.user.get("client-certificate") == rotated:
        return None
    try:
        client = client_pair(contents)
    except KubewrightError as error:
        return str(error)
    return certificate_reason(client.certificate, client.key, wanted.certificate, ca, algorithm, renew_at)


def plan(
    config: Config,
    renewal: Renewal,
    root: str = "",
    ca: _x509.Pair | None = None,
    only_existing: t.Collection[str] = (),
) -> Plan:
    """What has to be written. root: a folder that stands for the host's C(/).

    ca: the CA to sign with, by default the one on the host. only_existing: the paths of those that are not made where
    they are missing.

    Raises KubewrightError where the CA on the host cannot be used, or a file is somebody else's.
    """
    ca = ca or load_ca(root + config.certificates_dir, CA, renewal.now)
    steps: list[Step] = []
    loose: list[str] = []
    problems: list[str] = []
    own = {item.path for item in kubeconfigs(config)}
    for wanted in host_kubeconfigs(config):
        state = files.read_file(root + wanted.path)
        if state is None:
            steps += [Step(wanted, "missing")] if wanted.path not in only_existing else []
            continue
        foreign = foreign_content(state.content) if wanted.path not in own else None
        if foreign is not None:
            problems.append(f"kubewright_kubeconfigs: {wanted.path} {foreign}. {FOREIGN_CURE}")
            continue
        reason, due = kubeconfig_due(state.content, wanted, ca, config, renewal, root)
        if reason is not None:
            steps.append(Step(wanted, reason, due))
        if files.loosened(state, KUBECONFIG_MODE):
            loose.append(wanted.path)
    if problems:
        raise KubewrightError("\n".join(problems))
    return Plan(steps, loose, ca)


def foreign_content(content: bytes) -> str | None:
    """Why a file is not to be overwritten with a kubeconfig that the user declares for its path, or None.

    What was written here has one cluster, one user and one context. Anything else is somebody's own.
    """
    if not content.strip():
        return None
    try:
        more = holds_more(content.decode("utf-8", "replace"))
    except KubewrightError as error:
        return str(error)
    return "holds more than one cluster, user or context" if more else None


def kubeconfig_due(
    content: bytes, wanted: Kubeconfig, ca: _x509.Pair | None, config: Config, renewal: Renewal, root: str = ""
) -> tuple[str | None, bool]:
    """Why a kubeconfig has to be written anew, or None, and whether only the end of its certificate is the reason."""
    if ca is None:
        return "its CA is new", False
    authority, text, rotated = ca, content.decode("utf-8", "replace"), rotated_certificate(config)
    if _refers_to(text, rotated):

        def rotated_reason(at: datetime.datetime) -> str | None:
            reason = kubeconfig_reason(text, wanted, authority, "", at, rotated)
            return reason or _rotated_reason(root, rotated, wanted, authority, at)

        if config.node.get("external_ca"):
            # Nobody in the cluster signs what the kubelet asks for.
            return renewal.reason(wanted.certificate, rotated_reason)
        return rotated_reason(renewal.now), False
    return renewal.reason(
        wanted.certificate,
        lambda at: kubeconfig_reason(text, wanted, authority, config.key_algorithm, at, rotated),
    )


def _refers_to(text: str, certificate: str) -> bool:
    try:
        return read_kubeconfig(text).user.get("client-certificate") == certificate
    except KubewrightError:
        return False


def _rotated_reason(
    root: str, path: str, wanted: Kubeconfig, ca: _x509.Pair, renew_at: datetime.datetime
) -> str | None:
    """Why the kubelet cannot go on with the certificate that it rotates, or None. renew_at: one that ends before is due."""
    found = find(root + path, root + path)
    if found.problems:
        return f"it refers to {found.problems[0]}"
    if found.description is None:
        return f"it refers to {path}, which is missing"
    # The kubelet chooses the kind of its key.
    algorithm = found.description.key_algorithm
    reason = certificate_reason(found.certificate, found.key, wanted.certificate, ca, algorithm, renew_at)
    return reason and f"it refers to {path}: {reason}"


def text_of(config: Config, wanted: Kubeconfig, ca: _x509.X509Certificate, pair: _x509.Pair) -> bytes:
    """A kubeconfig with its client certificate and key embedded. ca: the certificate that clients trust."""
    credentials = {
        "client-certificate-data": base64_text(_x509.certificate_pem(pair.certificate)),
        "client-key-data": base64_text(_x509.key_pem(pair.key)),
    }
    user, ca_pem = wanted.certificate.common_name, _x509.certificate_pem(ca)
    preferences = config.release.kubeconfig_preferences
    text = kubeconfig_text(config.cluster_name, user, wanted.server, ca_pem, credentials, preferences=preferences)
    return text.encode("utf-8")


def install(
    config: Config, planned: Plan, ca: _x509.X509Certificate, clients: t.Mapping[str, _x509.Pair], root: str = ""
) -> None:
    """Writes those of the plan whose client certificates there are, and tightens modes.

    ca: the certificate that clients trust. clients: by name. root: a folder that stands for the host's C(/).
    """
    files.ensure_directory(root + KUBERNETES_DIR, 0o755)
    for step in planned.steps:
        wanted = step.kubeconfig
        if wanted.name in clients:
            if wanted.name == KUBELET_KUBECONFIG:
                # Otherwise the kubelet would go on with the one that it has, and kubelet.conf would refer to it again.
                files.remove_file(root + rotated_certificate(config))
            files.ensure_directory(os.path.dirname(root + wanted.path), 0o755)
            files.write_file(root + wanted.path, text_of(config, wanted, ca, clients[wanted.name]), KUBECONFIG_MODE)
    for path in planned.loose_files:
        files.tighten_file(root + path, KUBECONFIG_MODE)


__all__ = (
    "FOREIGN_CURE",
    "Plan",
    "Step",
    "client_pair",
    "foreign_content",
    "install",
    "kubeconfig_due",
    "kubeconfig_reason",
    "plan",
    "text_of",
)
