# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What an earlier install may have left: files, pods and interfaces."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.interfaces import is_leftover

_FILES = (
    KUBELET_DIR + "/config.yaml",
    KUBELET_DIR + "/kubeadm-flags.env",
    KUBELET_DIR + "/pki/kubelet-client-current.pem",
    "/etc/kubernetes/bootstrap-kubelet.conf",
    "/etc/kubernetes/kubelet.conf",
    "/etc/kubernetes/admin.conf",
)


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(files): those of a kubelet that had a cluster. C(pods): how many pods the kubelet knows. C(interfaces): of network plugins."""
    return {
        "files": [path for path in _FILES if host.exists(path)],
        "pods": len(host.names(KUBELET_DIR + "/pods") or []),
        "interfaces": sorted(line(name) for name in host.interfaces() if is_leftover(name)),
    }


__all__ = ("gather",)
