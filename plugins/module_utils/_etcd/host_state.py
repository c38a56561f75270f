# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What of an external etcd is on a host, by its files: nothing, a part, or a member."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.facts import has_log
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import (
    BEGUN,
    BLANK,
    WHOLE,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import (
    API_SERVER_MANIFEST,
    ETCD_MANIFEST,
    static_pod_of,
)


def etcd_host_state(host: Host) -> str:
    """BLANK, BEGUN or WHOLE, which has a manifest and has begun to keep a log.

    Raises KubewrightError where the host has a control plane, or a manifest that cannot be read.
    """
    if host.exists(API_SERVER_MANIFEST):
        raise KubewrightError(
            f"the host has a control plane ({API_SERVER_MANIFEST}), whose etcd is its own or elsewhere. Take it out of the group etcd."
        )
    if not host.exists(ETCD_MANIFEST):
        return BLANK
    etcd = static_pod_of(host, "etcd")
    if etcd is None:
        raise KubewrightError(f"{ETCD_MANIFEST} cannot be read. Correct it, or move it away.")
    return WHOLE if has_log(host.path(etcd.flag("data-dir"))) else BEGUN


__all__ = ("etcd_host_state",)
