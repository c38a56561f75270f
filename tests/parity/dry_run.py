# SPDX-License-Identifier: GPL-3.0-or-later
"""The API objects in the output of kubeadm's dry run."""

from __future__ import annotations

import json
import re
import typing as t

import yaml

Object = dict[str, t.Any]

_ACTION = re.compile(r'\[dryrun\] Would perform action (\w+) on resource "(\w+)" in API group "([^"]*)"')
_NAME = re.compile(r'\[dryrun\] Resource name: "([^"]*)"')


def _blocks(text: str) -> t.Iterator[tuple[str, str, str, str]]:
    """(verb, resource, name, attached text) of each action."""
    verb = resource = name = ""
    attached: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("\t"):
            attached.append(line[1:])
            continue
        if verb and attached:
            yield verb, resource, name, "\n".join(attached) + "\n"
            verb = ""
        if not line.startswith(("[dryrun] Resource name", "[dryrun] Attached")):
            attached = []
        action = _ACTION.match(line)
        if action is not None:
            verb, resource, name = action.group(1), action.group(2), ""
        named = _NAME.match(line)
        if named is not None:
            name = named.group(1)


def _patched_node(node: Object, patch: Object) -> None:
    for key in ("annotations", "labels"):
        node["metadata"].setdefault(key, {}).update(patch.get("metadata", {}).get(key) or {})
    node["spec"].setdefault("taints", []).extend((patch.get("spec") or {}).get("taints") or [])


def objects_of(text: str) -> list[Object]:
    """The objects in the order of their creation; what is done to the Node is one object of kind Node."""
    found: list[Object] = []
    nodes: dict[str, Object] = {}
    for verb, resource, name, attached in _blocks(text):
        if verb == "PATCH" and resource == "nodes":
            if name not in nodes:
                nodes[name] = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {}}
                found.append(nodes[name])
            _patched_node(nodes[name], json.loads(attached))
        elif verb in ("CREATE", "UPDATE"):
            found.append(yaml.safe_load(attached))
        elif verb not in ("GET", "LIST"):
            raise ValueError(f"an action that is not known: {verb} {resource}")
    return found


__all__ = ("Object", "objects_of")
