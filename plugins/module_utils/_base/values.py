# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Plain values: merged, compared, and marked by what they mean."""

from __future__ import annotations

import copy
import hashlib
import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml


def merged(base: t.Mapping[str, t.Any], over: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A deep copy of base with over on top: mappings merge key by key, anything else is replaced."""
    result = copy.deepcopy(dict(base))
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def with_texts(value: t.Any, change: t.Callable[[str], str]) -> t.Any:
    """A value with each text of its lists and mappings changed, the keys too; what is neither stays as it is."""
    if isinstance(value, str):
        changed = change(value)
        # A text that stays keeps what ansible-core has noted of it.
        return value if changed == value else changed
    if isinstance(value, dict):
        return {with_texts(key, change): with_texts(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [with_texts(item, change) for item in value]
    return value


def same_value(one: t.Any, other: t.Any) -> bool:
    """Whether two plain values are the same, booleans and numbers told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _canonical(value: t.Any) -> t.Any:
    """The value in lists, so that JSON writes the same for values that are the same."""
    if isinstance(value, dict):
        return ["map", sorted([json.dumps(_canonical(key)), _canonical(item)] for key, item in value.items())]
    if isinstance(value, list):
        return ["list", [_canonical(item) for item in value]]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def value_digest(value: t.Any) -> str:
    """A mark of a plain value: equal for values that are the same, whatever their keys are."""
    return digest(json.dumps(_canonical(value)).encode())


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _sorted_items(value: t.Any, key: str) -> t.Any:
    """A list by what its items are told apart by; any other value as it is."""
    if isinstance(value, list) and all(isinstance(item, dict) and isinstance(item.get(key), str) for item in value):
        return sorted(value, key=lambda item: str(item[key]))
    return value


def _without_order(document: t.Any) -> t.Any:
    """A Pod whose volumes and mounts are in one order: it has no meaning, and kubeadm until 1.12 wrote a random one."""
    spec = document.get("spec") if isinstance(document, dict) and document.get("kind") == "Pod" else None
    if not isinstance(spec, dict):
        return document
    spec = dict(spec)
    if "volumes" in spec:
        spec["volumes"] = _sorted_items(spec["volumes"], "name")
    for field in ("containers", "initContainers"):
        if isinstance(spec.get(field), list):
            spec[field] = [
                dict(item, volumeMounts=_sorted_items(item["volumeMounts"], "mountPath"))
                if isinstance(item, dict) and "volumeMounts" in item
                else item
                for item in spec[field]
            ]
    return dict(document, spec=spec)


def meaning(path: str, text: str) -> str:
    """A mark of a file's text: equal for texts that mean the same, as values where the path is that of YAML, else byte by byte.

    What C(read_yaml) cannot read with certainty is marked as text.
    """
    if path.endswith((".yaml", ".yml")):
        try:
            return "yaml:" + value_digest(_without_order(read_yaml(text)))
        except Unreadable:
            pass
    return "text:" + digest(text.encode("utf-8", "surrogatepass"))


__all__ = ("digest", "meaning", "merged", "same_value", "value_digest", "with_texts")
