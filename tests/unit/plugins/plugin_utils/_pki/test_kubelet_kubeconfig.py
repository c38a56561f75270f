# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the kubelet keeps the certificates that it rotates, and what kubelet.conf is to say of them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import (
    Reference,
    reference,
    rotated_certificate,
    serving_files,
)

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(("version", "preferences"), [("1.33.0", True), ("1.34.0", False)])
def test_the_reference(make_config: MakeConfig, version: str, preferences: bool) -> None:
    """Breaks kubelet.conf: a user of another name than the node's, or a cluster of another name, as kubeadm writes them."""
    config = make_config(version, node_name="n7", cluster_name="blue", kubelet_extra_args={"cert-dir": "/srv/k"})
    path = "/srv/k/kubelet-client-current.pem"
    assert reference(config) == Reference(path, "blue", "system:node:n7", preferences)
    assert rotated_certificate(config) == path


@pytest.mark.parametrize(
    ("rotates", "files"),
    [
        (False, ("/var/lib/kubelet/pki/kubelet.crt", "/var/lib/kubelet/pki/kubelet.key")),
        (True, ("/var/lib/kubelet/pki/kubelet-server-current.pem",) * 2),
    ],
)
def test_what_the_kubelet_serves_with(make_config: MakeConfig, rotates: bool, files: tuple[str, str]) -> None:
    """Breaks the report: the certificate that is judged is one that nobody serves."""
    assert serving_files(make_config("1.31.0", kubelet_configuration={"serverTLSBootstrap": rotates})) == files
