# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Files that a component reads once when it starts although no flag of its own names them."""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml

# Where Go looks for the CAs that a system trusts, in this order (crypto/x509, root_linux.go); it reads them once.
_TRUSTED = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_TRUSTED_BY_ENVIRONMENT = "SSL_CERT_FILE"
# Those that call others by the CAs of the system: webhooks, token issuers, clouds.
_TRUSTING = ("kube-apiserver", "kube-controller-manager")
# Of the kubelet's flags, those that name a file or a folder that it reads when it starts.
_KUBELET_FLAGS = ("config", "config-dir", "cloud-config", "image-credential-provider-config")
# Where its service takes its flags from: kubeadm's file, and the one that is left to the user.
_KUBELET_ENVIRONMENT = (KUBELET_DIR + "/kubeadm-flags.env", "/etc/default/kubelet", "/etc/sysconfig/kubelet")


def trusted_cas(
    component: str,
    environment: t.Mapping[str, str],
    is_mounted: t.Callable[[str], bool],
    exists: t.Callable[[str], bool],
) -> list[str]:
    """The bundle of the CAs that a component trusts beside those of its flags, where the host gives it that.

    is_mounted: whether the component has a path from the host; its image has a bundle of its own. exists: whether the file is there.
    """
    if component not in _TRUSTING:
        return []
    paths = [environment[_TRUSTED_BY_ENVIRONMENT]] if environment.get(_TRUSTED_BY_ENVIRONMENT) else _TRUSTED
    return [path for path in paths if is_mounted(path) and exists(path)][:1]


def admission_files(path: str, text: str) -> list[str]:
    """The files that an AdmissionConfiguration names for its plugins, relative to its own folder (k8s.io/apiserver, pkg/admission).

    path, text: of the configuration. None where it cannot be read with certainty.
    """
    try:
        document = read_yaml(text)
    except Unreadable:
        return []
    plugins = document.get("plugins") if isinstance(document, dict) else None
    named = [item.get("path") for item in plugins if isinstance(item, dict)] if isinstance(plugins, list) else []
    return [
        posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        for name in named
        if isinstance(name, str) and name
    ]


def kubelet_settings(given: t.Mapping[str, t.Sequence[str]]) -> list[str]:
    """What the kubelet is set up by. given: the values of its flags."""
    named = [given[flag][-1] for flag in _KUBELET_FLAGS if given.get(flag)]
    return [path for path in (*named, *_KUBELET_ENVIRONMENT) if path]


__all__ = ("admission_files", "kubelet_settings", "trusted_cas")
