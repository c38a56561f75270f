# SPDX-License-Identifier: GPL-3.0-or-later
"""The API objects in the output of kubeadm's dry run.

Until 1.31 an action is followed by what is attached to it, indented by a tab. Since 1.32 kubeadm works on an API in its
memory: what is attached is not indented, and for a patch it is what that API returns and not what was sent, so that what
is done to the Node has to be read from what kubeadm says of it. One object is not printed, and added here.
"""

from __future__ import annotations

import json
import re
import typing as t

from parity.values import load

Object = dict[str, t.Any]

_ACTION = re.compile(r'\[dryrun\] Would perform action (\w+) on resource "(\w+)" in API group "([^"]*)"')
_NAME = re.compile(r'\[dryrun\] Resource name:? "([^"]*)"')
_ATTACHED = re.compile(r"\[dryrun\] Attached (object|patch):")
# The beginning of a line that is not part of an object: kubeadm's own, or one of its log.
_OUTPUT = re.compile(r"\[|[IWEF]\d{4} ")
_LABELS = re.compile(r"\[mark-control-plane\] Marking the node (\S+) as control-plane by adding the labels: \[(.*)\]")
_TAINTS = re.compile(r"\[mark-control-plane\] Marking the node (\S+) as control-plane by adding the taints \[(.*)\]")
_CRI_SOCKET = re.compile(r'\[patchnode\] Uploading the CRI socket "([^"]*)" to Node "([^"]*)" as an annotation')
# What init does with a kubeconfig of its own, before it takes the API in its memory: in kubeadm's source since 1.29.
_CLUSTER_ADMINS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "kubeadm:cluster-admins"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "kubeadm:cluster-admins"}]
"""
_CRI_SOCKET_ANNOTATION = "kubeadm.alpha.kubernetes.io/cri-socket"


class _Nodes:
    """What is done to each Node, as one object."""

    def __init__(self, found: list[Object]) -> None:
        self._found = found
        self._nodes: dict[str, Object] = {}

    def patch(self, name: str, patch: Object) -> None:
        if name not in self._nodes:
            self._nodes[name] = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {}}
            self._found.append(self._nodes[name])
        node = self._nodes[name]
        for key in ("annotations", "labels"):
            node["metadata"].setdefault(key, {}).update(patch.get("metadata", {}).get(key) or {})
        node["spec"].setdefault("taints", []).extend((patch.get("spec") or {}).get("taints") or [])

    def said(self, line: str) -> None:
        """What kubeadm says that it does to the Node."""
        labels, taints, socket = _LABELS.search(line), _TAINTS.search(line), _CRI_SOCKET.search(line)
        if labels is not None:
            self.patch(labels.group(1), {"metadata": {"labels": dict.fromkeys(labels.group(2).split(), "")}})
        if taints is not None:
            self.patch(taints.group(1), {"spec": {"taints": [_taint(text) for text in taints.group(2).split()]}})
        if socket is not None:
            self.patch(socket.group(2), {"metadata": {"annotations": {_CRI_SOCKET_ANNOTATION: socket.group(1)}}})


def _taint(text: str) -> Object:
    """C(key=value:effect) or C(key:effect)."""
    taint, _colon, effect = text.rpartition(":")
    key, equals, value = taint.partition("=")
    return {"key": key, "effect": effect, **({"value": value} if equals else {})}


def _attached(lines: t.Sequence[str]) -> tuple[str, bool]:
    """What is attached, and whether it is indented. lines: those after the heading."""
    indented = bool(lines) and lines[0].startswith("\t")
    found = []
    for line in lines:
        if line.startswith("\t") if indented else not _OUTPUT.match(line):
            found.append(line[1:] if indented else line)
        else:
            break
    return "\n".join(found) + "\n", indented


def objects_of(text: str) -> list[Object]:
    """The objects in the order of their creation; what is done to the Node is one object of kind Node."""
    found: list[Object] = []
    nodes = _Nodes(found)
    verb = resource = name = ""
    lines = text.splitlines()
    told = '[dryrun] Resource name: "' not in text
    for index, line in enumerate(lines):
        action, named = _ACTION.match(line), _NAME.match(line)
        if action is not None:
            verb, resource, name = action.group(1), action.group(2), ""
        elif named is not None:
            name = named.group(1)
        elif _ATTACHED.match(line):
            attached, indented = _attached(lines[index + 1 :])
            if verb == "PATCH" and resource == "nodes":
                if indented:
                    nodes.patch(name, json.loads(attached))
            elif verb in ("CREATE", "UPDATE"):
                found.append(load(attached))
            elif verb not in ("GET", "LIST"):
                raise ValueError(f"an action that is not known: {verb} {resource}")
        elif told:
            nodes.said(line)
    return [*found, load(_CLUSTER_ADMINS)] if told else found


__all__ = ("Object", "objects_of")
