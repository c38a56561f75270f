# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The ConfigMap by which joining nodes find the cluster."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Object
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import cluster_info_text


def cluster_info(endpoint: str, ca_pem: bytes, *, empty_list: str, preferences: bool) -> Object:
    """The ConfigMap kube-public/cluster-info. endpoint: the URL of the control plane. ca_pem: empty where there is no CA yet.

    empty_list, preferences: how its kubeconfig writes empty fields; see C(cluster_info_text).
    """
    text = cluster_info_text(endpoint, ca_pem, empty_list, preferences=preferences)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cluster-info", "namespace": "kube-public"},
        "data": {"kubeconfig": text},
    }


__all__ = ("cluster_info",)
