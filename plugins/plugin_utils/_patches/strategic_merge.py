# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""Kubernetes' strategic merge patch, for the objects that kubeadm lets users patch.

It differs from a JSON merge patch (RFC 7386) in its lists: those whose items have a key are merged item by item, and
directives in the patch replace, delete or order things. Source of the rules: the API machinery of 1.20.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

Values = dict[str, t.Any]

_PATCH, _RETAIN_KEYS = "$patch", "$retainKeys"
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"
# Lists of plain values that are merged; all other lists of plain values are replaced.
_MERGED_SCALARS = ("finalizers",)

# The merge key of each list of objects, by the name of the field that holds it, in pods and workloads. A list that is
# not here is replaced.
_POD_KEYS: t.Mapping[str, str] = {
    "containers": "name",
    "env": "name",
    "ephemeralContainers": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ownerReferences": "uid",
    "ports": "containerPort",
    "resourceClaims": "name",
    "schedulingGates": "name",
    "topologySpreadConstraints": "topologyKey",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
MERGE_KEYS: t.Mapping[str, t.Mapping[str, str]] = {
    "Pod": _POD_KEYS,
    "Deployment": _POD_KEYS,
    "DaemonSet": _POD_KEYS,
    "KubeletConfiguration": {},
}


def _items_of(name: str, value: t.Any) -> list[t.Any]:
    if not isinstance(value, list):
        raise KubewrightError(f"{name} is to be a list")
    return value


def _find(items: t.Sequence[Values], key: str, value: t.Any) -> int:
    return next((index for index, item in enumerate(items) if item.get(key) == value), -1)


def _keyed(name: str, items: t.Sequence[t.Any], key: str) -> None:
    for item in items:
        if not isinstance(item, dict) or key not in item:
            raise KubewrightError(f"an item of {name} has no {key}, by which the items are told apart")


def _in_order(changed: list[t.Any], kept: list[t.Any], before: list[t.Any], same: t.Callable[..., bool]) -> list[t.Any]:
    """Items of the patch among those that it does not touch: before the first that stood behind it, new ones first."""

    def place(item: t.Any) -> int:
        return next((index for index, other in enumerate(before) if same(item, other)), -1)

    result = []
    changed, kept = list(changed), list(kept)
    while changed and kept:
        first = place(kept[0])
        result.append(kept.pop(0) if 0 <= first < place(changed[0]) else changed.pop(0))
    return result + changed + kept


def _merge_objects(
    name: str, before: list[Values], patch: list[t.Any], key: str, keys: t.Mapping[str, str], order: list[t.Any] | None
) -> list[t.Any]:
    _keyed(name, [item for item in patch if not (isinstance(item, dict) and item.get(_PATCH) == "replace")], key)
    result = list(before)
    wanted = []
    for item in patch:
        directive = item.get(_PATCH)
        if directive == "delete":
            result = [other for other in result if other.get(key) != item[key]]
        elif directive not in (None, "replace"):
            raise KubewrightError(f"{name} has the directive {_PATCH}: {directive}, allowed are replace and delete")
        elif directive is None:
            wanted.append(item)
    if any(item.get(_PATCH) == "replace" for item in patch):
        return [_plain(item) for item in wanted]
    server = list(result)
    for item in wanted:
        index = _find(result, key, item[key])
        if index >= 0:
            result[index] = merge(result[index], item, keys)
        else:
            result.append(_plain(item))
    sequence = order if order is not None else wanted
    _keyed(f"{_ORDER}{name}", sequence, key)
    changed = [result[index] for item in sequence for index in [_find(result, key, item[key])] if index >= 0]
    kept = [item for item in result if _find(sequence, key, item.get(key)) < 0]
    return _in_order(changed, kept, server, lambda one, other: bool(one.get(key) == other.get(key)))


def _plain(value: t.Any) -> t.Any:
    """A value of a patch that lands where nothing was: without directives and without what it was to delete."""
    if isinstance(value, dict):
        return merge({}, value, {}) if _PATCH not in value else {}
    return copy.deepcopy(value)


def _merge_list(name: str, before: t.Any, patch: list[t.Any], keys: t.Mapping[str, str], order: t.Any) -> list[t.Any]:
    before = before if isinstance(before, list) else []
    key = keys.get(name)
    if key is not None:
        return _merge_objects(name, before, patch, key, keys, order)
    if name in _MERGED_SCALARS:
        return [*before, *(item for item in patch if item not in before)]
    return copy.deepcopy(patch)


def _retain(result: Values, patch: Values) -> None:
    retained = _items_of(_RETAIN_KEYS, patch[_RETAIN_KEYS])
    for key in [key for key in result if key not in retained]:
        del result[key]


def merge(before: Values, patch: Values, keys: t.Mapping[str, str]) -> Values:
    """A copy of an object with a patch applied.

    keys: the merge keys of its lists by field name, one of C(MERGE_KEYS).
    Raises KubewrightError for a patch that cannot be applied; the text never quotes values.
    """
    directive = patch.get(_PATCH)
    if directive == "replace":
        return t.cast(Values, _plain({key: value for key, value in patch.items() if key != _PATCH}))
    if directive == "delete":
        return {}
    if directive is not None:
        raise KubewrightError(f"the directive {_PATCH}: {directive} is not known, allowed are replace and delete")
    result = copy.deepcopy(before)
    if _RETAIN_KEYS in patch:
        _retain(result, patch)
    for key, value in patch.items():
        if key == _RETAIN_KEYS:
            continue
        if key.startswith(_DELETE):
            name, unwanted = key[len(_DELETE) :], _items_of(key, value)
            if isinstance(result.get(name), list):
                result[name] = [item for item in result[name] if item not in unwanted]
        elif key.startswith(_ORDER):
            name = key[len(_ORDER) :]
            if name not in patch and isinstance(result.get(name), list):
                result[name] = _merge_list(name, result[name], [], keys, _items_of(key, value))
        elif value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            inner = result.get(key)
            result[key] = merge(inner if isinstance(inner, dict) else {}, value, keys)
        elif isinstance(value, list):
            order = patch.get(_ORDER + key)
            result[key] = _merge_list(key, result.get(key), value, keys, order)
        else:
            result[key] = value
    return result


__all__ = ("MERGE_KEYS", "merge")
