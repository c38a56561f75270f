# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a cluster says of itself to nodes that join it, as kubeadm join reads it (1.12 to 1.37)."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    collection_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.emptied_nodes import is_emptied
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import CRI_SOCKET
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import decode_data

_SYSTEM, _PUBLIC = "kube-system", "kube-public"
# With the minor behind it in the minors whose name has it.
_KUBELET = "kubelet-config"


def _text(client: Client, namespace: str, name: str, key: str) -> str:
    try:
        found = client.request("GET", f"{collection_path('ConfigMap', namespace)}/{name}")
    except ApiError as error:
        if error.status != 404:
            raise
        found = {}
    text = (found.get("data") or {}).get(key)
    if not isinstance(text, str) or not text:
        raise KubewrightError(
            f"the cluster has no {key} in its ConfigMap {namespace}/{name}, which nodes need to join. Run role init, or "
            "'kubeadm init phase upload-config' and 'bootstrap-token', on the control plane."
        )
    return text


def _discovered(text: str) -> tuple[str, str]:
    """The server and the CA (PEM) of the kubeconfig in cluster-info, which has no user and no context."""
    try:
        cluster = read_yaml(text)["clusters"][0]["cluster"]
        ca, server = decode_data(cluster["certificate-authority-data"]), str(cluster["server"])
    except (Unreadable, KeyError, IndexError, TypeError):
        ca, server = None, ""
    if not ca or not server:
        raise KubewrightError(
            f"the ConfigMap {_PUBLIC}/cluster-info names no server with a CA. Run role init on the control plane, which writes it."
        )
    return server, ca.decode("utf-8", "replace")


def joined_cluster(client: Client) -> dict[str, t.Any]:
    """configuration: the text of ClusterConfiguration. kubelet: the text of KubeletConfiguration by the ConfigMap's name. server: the
    URL under which nodes reach it. ca: PEM. nodes: by their names what they are annotated with as the socket of their runtime, or empty.
    emptied: the names of those that a run has emptied of their pods, and not had take pods again.

    Raises KubewrightError for what is not there, ApiError, Unreachable.
    """
    configuration = _text(client, _SYSTEM, "kubeadm-config", "ClusterConfiguration")
    server, ca = _discovered(_text(client, _PUBLIC, "cluster-info", "kubeconfig"))
    items = client.request("GET", collection_path("ConfigMap", _SYSTEM)).get("items") or []
    kubelet = {
        str(item["metadata"]["name"]): str(item["data"]["kubelet"])
        for item in items
        if str(item["metadata"]["name"]).startswith(_KUBELET) and (item.get("data") or {}).get("kubelet")
    }
    nodes = client.request("GET", collection_path("Node", None)).get("items") or []
    sockets = {
        str(item["metadata"]["name"]): str((item["metadata"].get("annotations") or {}).get(CRI_SOCKET, ""))
        for item in sorted(nodes, key=lambda item: str(item["metadata"]["name"]))
    }
    emptied = [str(item["metadata"]["name"]) for item in nodes if is_emptied(item)]
    found = {"configuration": configuration, "kubelet": kubelet, "server": server, "ca": ca}
    return dict(found, nodes=sockets, emptied=emptied)


__all__ = ("joined_cluster",)
