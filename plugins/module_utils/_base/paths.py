# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Where kubeadm and the kubelet keep their files, in all minors."""

from __future__ import annotations

import posixpath

KUBERNETES_DIR = "/etc/kubernetes"
MANIFESTS_DIR = "/etc/kubernetes/manifests"
KUBELET_DIR = "/var/lib/kubelet"
ADMIN_CONF = "/etc/kubernetes/admin.conf"


def static_pod(path: str) -> str | None:
    """The static pod that a manifest is of, by its path; None where that is none of a manifest."""
    folder, name = posixpath.split(path)
    return posixpath.splitext(name)[0] if folder == MANIFESTS_DIR else None


__all__ = ("ADMIN_CONF", "KUBELET_DIR", "KUBERNETES_DIR", "MANIFESTS_DIR", "static_pod")
