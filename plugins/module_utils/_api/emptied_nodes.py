# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Nodes that are emptied of their pods for a change, only so many at a time, and take pods again after it.

A node that is being emptied is marked with an annotation. It stays where a run is cut off, so that the next one knows which nodes it has to
have take pods again.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    Object,
    collection_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import node_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

# Since when; and that nobody else had kept pods away from the node before.
SINCE, CORDONED = "kubewright.io/emptied-since", "kubewright.io/cordoned"
_CONFLICT = 409
_MOST_CONFLICTS = 20


def _annotations(node: Object) -> dict[str, str]:
    return node["metadata"].get("annotations") or {}


def _change(client: Client, name: str, change: t.Callable[[Object], Object | None]) -> bool:
    """Changes a node as it is at that moment. change: what of it is to be patched, or None. Whether there was anything."""
    for attempt in range(_MOST_CONFLICTS):
        node = client.request("GET", node_path(name))
        patch = change(node)
        if patch is None:
            return False
        patch["metadata"]["resourceVersion"] = node["metadata"]["resourceVersion"]
        try:
            client.request("PATCH", node_path(name), patch)
        except ApiError as error:
            # The kubelet tells of itself all the time.
            if error.status != _CONFLICT or attempt == _MOST_CONFLICTS - 1:
                raise
        else:
            return True
    return False


def begin(client: Client, name: str, at_once: int, now: str) -> None:
    """Marks a node that is to be emptied. at_once: how many may be at a time. now: in ISO 8601, UTC.

    Who looks after its own mark is there sees all that have been let through before: so never more are. Two that begin in the same moment
    may both be refused. Raises KubewrightError where others are being emptied, without the mark then; ApiError, Unreachable.
    """
    is_new = _change(
        client, name, lambda node: None if SINCE in _annotations(node) else {"metadata": {"annotations": {SINCE: now}}}
    )
    nodes = client.request("GET", collection_path("Node", None)).get("items") or []
    marked = (str(node["metadata"]["name"]) for node in nodes if SINCE in _annotations(node))
    others = sorted(other for other in marked if other != name)
    if len(others) < at_once:
        return
    if is_new:
        restore(client, name)
    shown = " ".join(others)
    raise KubewrightError(
        f"the node {name} is not emptied of its pods, because {len(others)} other nodes of the cluster are, or were and do not take pods "
        f"again yet: {', '.join(others)}. Bring these in line first, and run for one host after the other (serial: 1), as "
        f"playbooks/cluster.yml does. For nodes that are not managed any more, run 'kubectl uncordon {shown}' and 'kubectl annotate node "
        f"{shown} {SINCE}- {CORDONED}-'."
    )


def keep_pods_away(client: Client, name: str) -> None:
    """Has no more pods placed on a node. Raises ApiError, Unreachable."""

    def cordon(node: Object) -> Object | None:
        if (node.get("spec") or {}).get("unschedulable"):
            return None
        return {"metadata": {"annotations": {CORDONED: "true"}}, "spec": {"unschedulable": True}}

    _change(client, name, cordon)


def restore(client: Client, name: str) -> bool:
    """Has pods placed on a node again that was emptied here, and takes its mark; whether there was anything to do.

    One that somebody else has cordoned before stays so. Raises ApiError, Unreachable.
    """

    def uncordon(node: Object) -> Object | None:
        found = _annotations(node)
        if SINCE not in found and CORDONED not in found:
            return None
        patch: Object = {"metadata": {"annotations": {SINCE: None, CORDONED: None}}}
        return dict(patch, spec={"unschedulable": None}) if CORDONED in found else patch

    return _change(client, name, uncordon)


def is_emptied(node: Object) -> bool:
    """Whether a node is marked, or was cordoned here."""
    return bool({SINCE, CORDONED} & _annotations(node).keys())


__all__ = ("CORDONED", "SINCE", "begin", "is_emptied", "keep_pods_away", "restore")
