# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubelet.conf, and the certificates that the kubelet makes or requests itself."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import referring_text


def kubelet_certificates_dir(config: Config) -> str:
    """The folder in which the kubelet keeps the certificates that it makes or requests itself."""
    return dict(config.kubelet_extra_args).get("cert-dir", KUBELET_DIR + "/pki")


def rotated_certificate(config: Config) -> str:
    """The path of the client certificate that the kubelet rotates itself."""
    return kubelet_certificates_dir(config) + "/kubelet-client-current.pem"


class Reference(t.NamedTuple):
    """What kubelet.conf says once it refers to the rotated certificate."""

    certificate: str
    cluster_name: str
    user: str
    preferences: bool


def reference(config: Config) -> Reference:
    """What kubelet.conf is to say."""
    return Reference(
        rotated_certificate(config),
        config.cluster_name,
        "system:node:" + config.node_name,
        config.release.kubeconfig_preferences,
    )


def finalized_text(text: str, config: Config) -> str | None:
    """A kubelet.conf that refers to the rotated certificate; see C(referring_text)."""
    return referring_text(text, **reference(config)._asdict())


__all__ = ("Reference", "finalized_text", "kubelet_certificates_dir", "reference", "rotated_certificate")
