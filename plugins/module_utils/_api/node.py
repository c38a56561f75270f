# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A node in the API: where it is, what it says of itself, and the annotations that kubeadm join gives it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    Object,
    collection_path,
)

# Until 1.33; see the feature cri_socket_annotation.
CRI_SOCKET = "kubeadm.alpha.kubernetes.io/cri-socket"


def node_path(name: str) -> str:
    """The path of a node."""
    return f"{collection_path('Node', None)}/{name}"


def find_node(client: Client, name: str) -> Object | None:
    """A node, or None where there is none. Raises ApiError, Unreachable."""
    try:
        return client.request("GET", node_path(name))
    except ApiError as error:
        if error.status != 404:
            raise
        return None


def addresses(node: t.Mapping[str, t.Any]) -> list[str]:
    """The addresses at which the others of its cluster reach it."""
    found = (node.get("status") or {}).get("addresses") or []
    return [str(item["address"]) for item in found if item.get("type") == "InternalIP"]


def is_ready(node: t.Mapping[str, t.Any]) -> bool:
    """Whether a node says so, and somebody has heard it lately."""
    conditions = (node.get("status") or {}).get("conditions") or []
    return any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions)


def annotate(client: Client, name: str, annotations: t.Mapping[str, str], is_check: bool) -> bool:
    """Gives a node annotations beside those that it has; whether it lacks one. Raises ApiError, Unreachable."""
    found = client.request("GET", node_path(name))
    has = found["metadata"].get("annotations") or {}
    if all(has.get(key) == value for key, value in annotations.items()):
        return False
    if not is_check:
        version = found["metadata"]["resourceVersion"]
        patch = {"metadata": {"resourceVersion": version, "annotations": dict(annotations)}}
        client.request("PATCH", node_path(name), patch)
    return True


__all__ = ("CRI_SOCKET", "addresses", "annotate", "find_node", "is_ready", "node_path")
