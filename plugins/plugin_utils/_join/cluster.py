# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What nodes of both kinds go by when they join: what the cluster says of itself, and what the kubelet logs in with."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import load_documents
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_objects
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.version import parse_version


def document_of(cluster: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """ClusterConfiguration as the cluster has it. Raises KubewrightError."""
    documents = load_documents(str(cluster["configuration"]))
    found = documents[0] if documents else None
    return found if isinstance(found, dict) else {}


def version_of(cluster: t.Mapping[str, t.Any]) -> str:
    """The Kubernetes version of the cluster. Raises KubewrightError."""
    version = document_of(cluster).get("kubernetesVersion")
    if not isinstance(version, str):
        raise KubewrightError("the ConfigMap kube-system/kubeadm-config of the cluster names no kubernetesVersion.")
    parse_version(version)
    return version


def problem_of(identity: t.Mapping[str, t.Any], node: str, servers: t.Collection[str], nodes: t.Collection[str]) -> str:
    """Why the kubelet has to ask for a certificate; empty where it need not.

    identity: C(problem), C(node) and C(server) of C(_pki.kubelet_identity). node: the name of the node. servers: the URLs by which it may
    reach an API server. nodes: the names of those that the cluster has: a kubelet registers its node once, when it starts.
    """
    if identity["server"] and identity["server"] not in servers:
        return f"it names another API server ({identity['server']})"
    if identity["problem"] is None and identity["node"] != node:
        return f"its certificate is of the node {identity['node']}"
    if identity["problem"] is None and node not in nodes:
        return "the cluster has no node of its name any more"
    return str(identity["problem"] or "")


def as_declared(cluster: t.Mapping[str, t.Any], config: Config) -> dict[str, t.Any]:
    """The cluster as a run leaves it, for check mode: with the documents that its control plane is about to store in it.

    config: of that control plane.
    """
    manifests = [item.manifest for item in phase_objects("upload_config", config)]
    maps = {str(item["metadata"]["name"]): item.get("data") or {} for item in manifests if item["kind"] == "ConfigMap"}
    kubelet = {name: data["kubelet"] for name, data in maps.items() if "kubelet" in data}
    configuration = maps["kubeadm-config"]["ClusterConfiguration"]
    return dict(cluster, configuration=configuration, kubelet={**cluster["kubelet"], **kubelet})


def declared(config: Config) -> dict[str, t.Any]:
    """The cluster that a run is going to make, as far as its nodes can know it before it is there: without CA and URL.

    config: of its control plane.
    """
    nothing = {
        "server": "",
        "ca": "",
        "kubelet": {},
        "nodes": {},
        "emptied": [],
        "shared_certs": {},
        "etcd_members": [],
    }
    return as_declared(nothing, config)


__all__ = ("as_declared", "declared", "document_of", "problem_of", "version_of")
