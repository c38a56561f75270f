# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the kubelet of a host asks the cluster for its serving certificate, and has one (the kubelet of 1.12 to 1.37)."""

from __future__ import annotations

import datetime

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pem import blocks

_CONFIGURATION, _CERTIFICATE = KUBELET_DIR + "/config.yaml", KUBELET_DIR + "/pki/kubelet-server-current.pem"


def asks_for_serving(host: Host) -> bool:
    """By its configuration."""
    try:
        document = read_yaml((host.content(_CONFIGURATION) or b"").decode("utf-8", "replace"))
    except Unreadable:
        return False
    return isinstance(document, dict) and document.get("serverTLSBootstrap") is True


def has_serving(host: Host, now: datetime.datetime) -> bool:
    """Whether it has one that has not expired."""
    try:
        found = [block.text for block in blocks(host.content(_CERTIFICATE) or b"") if block.label == b"CERTIFICATE"]
        return bool(found) and x509.not_after(x509.load_certificate(found[0])) > now
    except KubewrightError:
        return False


__all__ = ("asks_for_serving", "has_serving")
