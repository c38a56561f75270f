# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster says of itself to nodes that join it."""

from __future__ import annotations

import base64
import typing as t

import pytest
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.emptied_nodes import SINCE
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.joined_cluster import joined_cluster
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

KUBECONFIG = """apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {ca}
    server: https://api.example.com:6443
  name: ""
contexts: []
current-context: ""
kind: Config
users: []
"""
INFO = KUBECONFIG.format(ca=base64.b64encode(b"-----BEGIN CERTIFICATE-----\\n").decode())


def _map(namespace: str, name: str, **data: str) -> dict[str, t.Any]:
    return {"kind": "ConfigMap", "metadata": {"namespace": namespace, "name": name}, "data": data}


CONFIGURATION = _map("kube-system", "kubeadm-config", ClusterConfiguration="kind: ClusterConfiguration\n")
KUBELET = _map("kube-system", "kubelet-config-1.20", kubelet="kind: KubeletConfiguration\n")
CLUSTER_INFO = _map("kube-public", "cluster-info", kubeconfig=INFO)


def test_what_is_read() -> None:
    """Breaks every join: another server, CA or configuration than the cluster's."""
    annotations = {"kubeadm.alpha.kubernetes.io/cri-socket": "unix:///run/x.sock"}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "cp1", "annotations": annotations}}
    bare = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "cp2", "annotations": {SINCE: "2026-01-01"}}}
    other = _map("kube-system", "other", kubelet="x")
    found = joined_cluster(Server(CONFIGURATION, KUBELET, CLUSTER_INFO, other, bare, node))
    assert found == {
        "configuration": "kind: ClusterConfiguration\n",
        "kubelet": {"kubelet-config-1.20": "kind: KubeletConfiguration\n"},
        "server": "https://api.example.com:6443",
        "ca": "-----BEGIN CERTIFICATE-----\\n",
        "nodes": {"cp1": "unix:///run/x.sock", "cp2": ""},
        "emptied": ["cp2"],
    }


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ([KUBELET, CLUSTER_INFO], "no ClusterConfiguration in its ConfigMap kube-system/kubeadm-config"),
        ([CONFIGURATION, KUBELET], "no kubeconfig in its ConfigMap kube-public/cluster-info"),
        ([CONFIGURATION, _map("kube-public", "cluster-info", kubeconfig="[]")], "names no server with a CA"),
        ([CONFIGURATION, _map("kube-public", "cluster-info", kubeconfig="clusters: []")], "names no server with a CA"),
        (
            [CONFIGURATION, _map("kube-public", "cluster-info", kubeconfig=KUBECONFIG.format(ca="?"))],
            "names no server with a CA",
        ),
    ],
)
def test_what_is_missing(objects: list[dict[str, t.Any]], words: str) -> None:
    """Breaks with a traceback on a cluster that was made otherwise."""
    with pytest.raises(KubewrightError, match=words):
        joined_cluster(Server(*objects))
