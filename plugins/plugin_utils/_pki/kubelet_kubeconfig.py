# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubelet.conf, and the certificates that the kubelet makes or requests itself."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import Reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config


def kubelet_certificates_dir(config: Config) -> str:
    """The folder in which the kubelet keeps the certificates that it makes or requests itself."""
    return dict(config.kubelet_extra_args).get("cert-dir", KUBELET_DIR + "/pki")


def rotated_certificate(config: Config) -> str:
    """The path of the client certificate that the kubelet rotates itself."""
    return kubelet_certificates_dir(config) + "/kubelet-client-current.pem"


def serving_files(config: Config) -> tuple[str, str]:
    """The files of the certificate with which the kubelet serves, and of its key."""
    folder = kubelet_certificates_dir(config)
    if config.kubelet.get("serverTLSBootstrap"):
        rotated = folder + "/kubelet-server-current.pem"
        return rotated, rotated
    return folder + "/kubelet.crt", folder + "/kubelet.key"


def reference(config: Config) -> Reference:
    """What kubelet.conf is to say."""
    return Reference(
        rotated_certificate(config),
        config.cluster_name,
        "system:node:" + config.node_name,
        config.release.kubeconfig_preferences,
    )


__all__ = ("reference", "rotated_certificate", "serving_files")
