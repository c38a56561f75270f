# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What of a control plane is on a host, by its files: nothing, a part, or all."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.facts import has_log
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import (
    API_SERVER_MANIFEST,
    ETCD_MANIFEST,
    static_pod_of,
)

BLANK, BEGUN, WHOLE = "blank", "begun", "whole"
_LOOPBACK = ("https://127.0.0.1:", "https://[::1]:", "https://localhost:")


def control_plane_state(host: Host) -> str:
    """BLANK, BEGUN or WHOLE. Raises KubewrightError for what cannot be read.

    Whole is one whose API server has a manifest, and whose etcd is external or has begun to keep a log.
    """
    api_server, etcd = static_pod_of(host, "kube-apiserver"), static_pod_of(host, "etcd")
    if api_server is not None:
        if etcd is not None and has_log(host.path(etcd.flag("data-dir"))):
            return WHOLE
        if etcd is None and not api_server.flag("etcd-servers").startswith(_LOOPBACK):
            return WHOLE
    there = (ADMIN_CONF, API_SERVER_MANIFEST, ETCD_MANIFEST)
    return BEGUN if any(map(host.exists, there)) else BLANK


__all__ = ("BEGUN", "BLANK", "WHOLE", "control_plane_state")
