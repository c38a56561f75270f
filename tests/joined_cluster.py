# SPDX-License-Identifier: GPL-3.0-or-later
"""What join_info reads of a cluster that was made of a configuration."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_objects

CLUSTER_SERVER = "https://192.0.2.1:6443"


def cluster_of(config: Config) -> dict[str, t.Any]:
    """As join_info returns it, without members of etcd."""
    manifests = [item.manifest for item in phase_objects("upload_config", config)]
    maps = {item["metadata"]["name"]: item["data"] for item in manifests if item["kind"] == "ConfigMap"}
    return {
        "configuration": maps["kubeadm-config"]["ClusterConfiguration"],
        "kubelet": {name: data["kubelet"] for name, data in maps.items() if "kubelet" in data},
        "server": CLUSTER_SERVER,
        "ca": "CA\n",
        "nodes": {config.node_name: config.cri_socket},
        "shared_certs": {"ca.crt": "x", "ca.key": "x"},
    }


__all__ = ("CLUSTER_SERVER", "cluster_of")
