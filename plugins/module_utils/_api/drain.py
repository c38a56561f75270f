# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Empties a node of its pods before it is stopped, as kubectl drain does: by evictions, which respect disruption budgets."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    Object,
    Unreachable,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import node_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

_PAUSE = 1.0
# Of the kubelet, for a pod that a file of the host describes.
_MIRROR = "kubernetes.io/config.mirror"
_OVER = ("Succeeded", "Failed")
# A budget does not allow it now, or is being written by somebody else; and pods are being made that would be counted.
_LATER = (429, 500, 504)
# A namespace that is being removed takes no evictions, and its pods end by themselves.
_ENDING = (403, "being terminated")


def cordon(client: Client, name: str) -> bool:
    """Has no more pods placed on a node; whether that was possible before. Raises ApiError, Unreachable."""
    found = client.request("GET", node_path(name))
    if (found.get("spec") or {}).get("unschedulable"):
        return False
    version = found["metadata"]["resourceVersion"]
    client.request(
        "PATCH", node_path(name), {"metadata": {"resourceVersion": version}, "spec": {"unschedulable": True}}
    )
    return True


def _stays(pod: Object) -> bool:
    """Whether a pod goes with its node, or comes back to it at once."""
    metadata = pod["metadata"]
    is_of_daemon_set = any(
        owner.get("kind") == "DaemonSet" and owner.get("controller") for owner in metadata.get("ownerReferences") or []
    )
    return is_of_daemon_set or _MIRROR in (metadata.get("annotations") or {})


def _pods(client: Client, node: str) -> list[Object]:
    items = client.request("GET", "/api/v1/pods", query={"fieldSelector": f"spec.nodeName={node}"}).get("items") or []
    return [pod for pod in items if not _stays(pod) and (pod.get("status") or {}).get("phase") not in _OVER]


def _eviction_version(client: Client) -> str:
    """The version of the API's evictions: policy/v1 since 1.22."""
    for item in client.request("GET", "/api/v1").get("resources") or []:
        if item.get("name") == "pods/eviction" and item.get("version"):
            return f"{item['group']}/{item['version']}"
    return "policy/v1beta1"


def _evict(client: Client, pod: Object, version: str) -> str:
    """Why a pod cannot be evicted now; empty where it is. One that is being ended already is left to it."""
    metadata = pod["metadata"]
    if metadata.get("deletionTimestamp"):
        return ""
    name, namespace = metadata["name"], metadata["namespace"]
    body = {"apiVersion": version, "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    try:
        client.request("POST", f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", body)
    except Unreachable as error:
        return str(error)
    except ApiError as error:
        if error.status in _LATER or (error.status == _ENDING[0] and _ENDING[1] in error.message):
            return error.message
        if error.status != 404:
            raise
    return ""


def unmanaged_pods(client: Client, node: str) -> list[str]:
    """The pods of a node that nobody makes anew elsewhere, each with its namespace. Raises ApiError, Unreachable."""
    return [
        f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        for pod in _pods(client, node)
        if not any(owner.get("controller") for owner in pod["metadata"].get("ownerReferences") or [])
    ]


def drain(
    client: Client,
    evicting: Client,
    node: str,
    timeout: float,
    sleep: t.Callable[[float], None],
    monotonic: t.Callable[[], float],
) -> list[str]:
    """Evicts all pods of a node and waits until they are gone; their names. timeout: seconds.

    evicting: a client that does not try again by itself: who waits for one pod would keep the others.

    Raises KubewrightError where some are left, with the reason; ApiError, Unreachable.
    """
    deadline, version = monotonic() + timeout, _eviction_version(client)
    evicted: dict[str, None] = {}
    refused: dict[str, str] = {}
    while True:
        left = {f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod for pod in _pods(client, node)}
        if not left:
            return list(evicted)
        for name, pod in left.items():
            if monotonic() < deadline:
                refused[name] = _evict(evicting, pod, version)
        evicted.update(dict.fromkeys(name for name in left if not refused.get(name)))
        if monotonic() >= deadline:
            shown = "; ".join(f"{name}: {refused.get(name) or 'it has not ended'}" for name in left)
            raise KubewrightError(
                f"the node {node} is not empty after {timeout:.0f} s: {shown}. Give its pods another place or their disruption budgets "
                "more room, or delete them, and run again. The node takes no new pods meanwhile (kubectl uncordon lets it)."
            )
        sleep(_PAUSE)


__all__ = ("cordon", "drain", "unmanaged_pods")
