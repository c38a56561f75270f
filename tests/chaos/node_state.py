# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run may change on a node, without what the cluster itself moves: to be compared before and after."""

from __future__ import annotations

import json
import typing as t

# What the kubelet writes while it runs.
_KUBELETS_OWN = (
    "pods",
    "plugins",
    "plugins_registry",
    "device-plugins",
    "checkpoints",
    "actuated_pods_state",
    "allocated_pods_state",
)
FILES = (
    "find /etc /srv /var/lib/kubelet -xdev \\( "
    + " -o ".join(f"-path /var/lib/kubelet/{name}" for name in _KUBELETS_OWN)
    # What a kubelet leaves that is ended while it writes.
    + " -o -path '/var/lib/kubelet/.[0-9]*'"
    # Docker's.
    + " -o -path /etc/resolv.conf -o -path /etc/hosts -o -path '/var/lib/kubelet/*_state' \\) -prune -o"
    " -printf '%p %y %m %u %g %l ' \\( -type f -printf '%T@ ' -exec sha256sum {} \\; -o -printf '\\n' \\) | sort"
)
KINDS = "clusterroles,clusterrolebindings,roles,rolebindings,configmaps,secrets,serviceaccounts,services,daemonsets,deployments,nodes"
OBJECTS = f"kubectl --kubeconfig /etc/kubernetes/super-admin.conf get {KINDS} -A -o json"
_MOVING = ("managedFields", "resourceVersion")
# In cluster-info, what a controller adds for each token some time after it was made.
_SIGNATURE = "jws-kubeconfig-"
# Of a Node, what its kubelet and the controllers write.
_MOVING_ANNOTATIONS = ("volumes.kubernetes.io/controller-managed-attach-detach", "deployment.kubernetes.io/revision")


def _still(found: dict[str, t.Any]) -> str:
    """An object without what moves by itself."""
    found = {key: value for key, value in found.items() if key != "status"}
    metadata = {key: value for key, value in found["metadata"].items() if key not in _MOVING}
    annotations = metadata.get("annotations") or {}
    metadata["annotations"] = {key: value for key, value in annotations.items() if key not in _MOVING_ANNOTATIONS}
    if isinstance(found.get("data"), dict):
        found["data"] = {key: value for key, value in found["data"].items() if not key.startswith(_SIGNATURE)}
    return json.dumps(dict(found, metadata=metadata), sort_keys=True)


def objects(answer: str) -> dict[str, str]:
    """The objects of an answer of kubectl, by kind and name."""
    items = json.loads(answer)["items"]
    return {
        "{} {}/{}".format(item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): _still(item)
        for item in items
    }


def files(answer: str) -> dict[str, str]:
    """The files of an answer of find, by path."""
    return dict(line.partition(" ")[::2] for line in answer.splitlines() if line)


def node_state(on_node: t.Callable[[str], str]) -> dict[str, str]:
    """All of it. on_node: the output of a command on the node."""
    return {**files(on_node(FILES)), **objects(on_node(OBJECTS))}


def differences(before: t.Mapping[str, str], after: t.Mapping[str, str]) -> list[str]:
    """What is not as it was."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


__all__ = ("differences", "files", "node_state", "objects")
