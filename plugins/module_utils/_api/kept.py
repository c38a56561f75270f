# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What others have added to an object stays: what is declared is laid over what is there, at every level.

What was declared once and is no longer goes, where the server says that it is ours (metadata.managedFields, since 1.18).
"""

from __future__ import annotations

import copy
import json
import typing as t

Value = t.Any
# Of managedFields, those who declare what is declared here: kubeadm too, whose clusters are taken over.
MANAGER = "kubewright"
_OURS = (MANAGER, "kubeadm")
# By what the items of a list are told apart; lists that are not here are declared as a whole.
_KEYS: t.Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "env": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ports": ("containerPort", "protocol"),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
_DEFAULTS: t.Mapping[str, str] = {"protocol": "TCP"}
# Lists whose items are added up.
_ADDED_UP = ("tolerations",)
# Of these fields an object has one: the declared one takes the place of any other.
_ONE_OF = (("exec", "grpc", "httpGet", "tcpSocket"), ("value", "valueFrom"))
# Items that are declared as a whole: what a volume is made of is one of thirty fields.
_WHOLE_ITEMS = ("volumes",)


def _united(trees: t.Iterable[t.Mapping[str, Value]]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for tree in trees:
        for key, below in tree.items():
            result[key] = _united([result.get(key, {}), below if isinstance(below, dict) else {}])
    return result


def owned_fields(live: t.Mapping[str, Value]) -> dict[str, Value]:
    """The fields of an object that are ours, as the server has them (FieldsV1)."""
    entries = live["metadata"].get("managedFields") or []
    ours = [item for item in entries if item.get("manager") in _OURS and not item.get("subresource")]
    return _united(item.get("fieldsV1") or {} for item in ours)


def _identity(item: Value, keys: t.Sequence[str]) -> tuple[str, ...] | None:
    """By what an item is told apart; None where it is not what the list holds."""
    if not isinstance(item, dict):
        return None
    return tuple(json.dumps(item.get(key, _DEFAULTS.get(key)), sort_keys=True) for key in keys)


def _owned_item(owned: t.Mapping[str, Value], item: t.Mapping[str, Value]) -> dict[str, Value] | None:
    """What is ours of an item of a list; None where the item is not ours at all."""
    for key, below in owned.items():
        if not key.startswith("k:"):
            continue
        try:
            named = json.loads(key[2:])
        except ValueError:
            continue
        if all(item.get(field, _DEFAULTS.get(field)) == value for field, value in named.items()):
            return below if isinstance(below, dict) else {}
    return None


def _foreign(live: Value, owned: t.Mapping[str, Value]) -> Value | None:
    """What is left of a value that is no longer declared; None where all of it was ours."""
    if not isinstance(live, dict) or not any(key.startswith("f:") for key in owned):
        return None
    left = {key: _left(key, value, owned) for key, value in live.items()}
    return {key: value for key, value in left.items() if value is not None} or None


def _left(key: str, value: Value, owned: t.Mapping[str, Value]) -> Value | None:
    below = owned.get("f:" + key)
    if below is None:
        return copy.deepcopy(value)
    if key in _KEYS and isinstance(value, list) and any(name.startswith("k:") for name in below):
        others = [item for item in value if not isinstance(item, dict) or _owned_item(below, item) is None]
        return copy.deepcopy(others) or None
    return _foreign(value, below)


def _mapping(live: dict[str, Value], wanted: dict[str, Value], owned: t.Mapping[str, Value]) -> dict[str, Value]:
    taken = {name for group in _ONE_OF if set(group) & set(wanted) for name in group}
    result: dict[str, Value] = {}
    for key, value in live.items():
        if key in wanted:
            result[key] = laid_over(key, value, wanted[key], owned.get("f:" + key, {}))
        elif key not in taken:
            left = _left(key, value, owned)
            if left is not None:
                result[key] = left
    result.update({key: copy.deepcopy(value) for key, value in wanted.items() if key not in live})
    return result


def _items(name: str, live: list[Value], wanted: list[Value], owned: t.Mapping[str, Value]) -> list[Value]:
    keys = _KEYS[name]
    declared = {_identity(item, keys): item for item in wanted}
    identities = [_identity(item, keys) for item in live]
    if None in declared or None in identities or len(set(identities)) < len(live) or len(declared) < len(wanted):
        # No such list as the API takes.
        return copy.deepcopy(wanted)
    result, done = [], set()
    # In the order of what is there, so that nothing is moved for its own sake.
    for item, identity in zip(live, identities):
        ours = _owned_item(owned, item)
        if identity in declared:
            done.add(identity)
            new = declared[identity]
            result.append(copy.deepcopy(new) if name in _WHOLE_ITEMS else _mapping(item, new, ours or {}))
        elif ours is None:
            result.append(copy.deepcopy(item))
    return result + [copy.deepcopy(item) for item in wanted if _identity(item, keys) not in done]


def laid_over(name: str, live: Value, wanted: Value, owned: t.Mapping[str, Value]) -> Value:
    """A declared value over the one that is there. name: of the field. owned: what is ours of it."""
    if isinstance(live, dict) and isinstance(wanted, dict):
        return _mapping(live, wanted, owned)
    if isinstance(live, list) and isinstance(wanted, list):
        if name in _KEYS:
            return _items(name, live, wanted, owned)
        if name in _ADDED_UP:
            return copy.deepcopy(live) + [copy.deepcopy(item) for item in wanted if item not in live]
    return copy.deepcopy(wanted)


__all__ = ("MANAGER", "laid_over", "owned_fields")
