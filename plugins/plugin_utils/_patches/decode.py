# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reads a value into a type of the API, as kubeadm and the kubelet do: strictly, with every fault, in the form that Go writes."""

from __future__ import annotations

import datetime
import functools
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds, quantity
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import WrittenNumber
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import Types

Checked = tuple[t.Any, list[Fault]]
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})\Z")


def _wrong(path: str, value: t.Any, wanted: str, cure: str) -> Checked:
    return None, [kinds.fault(path, value, wanted, cure)]


def _string(path: str, value: t.Any) -> Checked:
    if isinstance(value, str) and not isinstance(value, WrittenNumber):
        return str(value), []
    return _wrong(path, value, "a string", "Quote it.")


def _bool(path: str, value: t.Any) -> Checked:
    return (value, []) if isinstance(value, bool) else _wrong(path, value, "true or false", "Write it without quotes.")


def _integer(bits: int, path: str, value: t.Any) -> Checked:
    if isinstance(value, WrittenNumber):
        value = value.number
    most = 2 ** (bits - 1)
    if isinstance(value, float) and value == int(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -most <= value < most:
        return int(value), []
    return _wrong(path, value, f"an integer of {bits} bits", "Write such a number without quotes.")


def _number(path: str, value: t.Any) -> Checked:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value, []
    return _wrong(path, value, "a number", "Write it without quotes.")


def _int_or_string(path: str, value: t.Any) -> Checked:
    if isinstance(value, str) and not isinstance(value, WrittenNumber):
        return str(value), []
    checked, faults = _integer(32, path, value)
    return (checked, []) if not faults else _wrong(path, value, "an integer or a string", "Give one of them.")


def _quantity(path: str, value: t.Any) -> Checked:
    try:
        return quantity.from_json(value).text, []
    except KubewrightError:
        return _wrong(path, value, "a quantity like 500m or 2Gi", "Give such a quantity.")


def _time(path: str, value: t.Any) -> Checked:
    try:
        if isinstance(value, str) and _TIME.match(value):
            datetime.datetime.strptime(value[:19], "%Y-%m-%dT%H:%M:%S")
            return str(value), []
    except ValueError:
        pass
    return _wrong(path, value, "a time like 2030-01-31T12:00:00Z (RFC 3339)", "Give such a time.")


def _anything(_path: str, value: t.Any) -> Checked:
    return value, []


_SCALARS: t.Mapping[str, t.Callable[[str, t.Any], Checked]] = {
    "anything": _anything,
    "bool": _bool,
    "int32": functools.partial(_integer, 32),
    "int64": functools.partial(_integer, 64),
    "int|string": _int_or_string,
    "number": _number,
    "quantity": _quantity,
    "string": _string,
    "time": _time,
}


def _list(types: Types, item: str, path: str, value: t.Any) -> Checked:
    if not isinstance(value, list):
        return _wrong(path, value, "a list", "Give a list.")
    result, faults = [], []
    for index, element in enumerate(value):
        checked, found = decoded(types, item, "%s[%d]" % (path, index), element)
        result.append(checked)
        faults += found
    return result, faults


def _map(types: Types, item: str, path: str, value: t.Any) -> Checked:
    if not isinstance(value, dict):
        return _wrong(path, value, "a mapping", "Give a mapping.")
    result: dict[str, t.Any] = {}
    faults: list[Fault] = []
    for key, element in value.items():
        result[str(key)], found = decoded(types, item, f"{path}.{key}", element)
        faults += found
    return result, faults


def _object(types: Types, name: str, path: str, value: t.Any) -> Checked:
    if not isinstance(value, dict):
        return _wrong(path, value, "a mapping", "Give the fields below it.")
    fields = types[name]
    result: dict[str, t.Any] = {}
    faults: list[Fault] = []
    for key, element in value.items():
        if key not in fields:
            cure = "Take it out." + did_you_mean(str(key), sorted(fields))
            wanted = f"the fields of {name.rpartition('.')[2]} in this minor"
            faults.append(Fault(f"{path}.{key}".lstrip("."), f"the unknown field {key}", wanted, cure))
        elif element is None:
            # As Go takes it: the field is not set. What kubeadm writes so keeps its place.
            result[key] = None
        else:
            result[key], found = decoded(types, fields[key], f"{path}.{key}".lstrip("."), element)
            faults += found
    return result, faults


def decoded(types: Types, kind: str, path: str, value: t.Any) -> Checked:
    """A value in the form in which Go would write it, and every fault. kind: of a field; see C(Types)."""
    family, colon, item = kind.partition(":")
    if colon:
        return (_list if family == "list" else _map)(types, item, path, value)
    if kind in _SCALARS:
        return _SCALARS[kind](path, value)
    if not types.get(kind):
        # A type without fields, or one that is declared nowhere.
        return (value, []) if isinstance(value, dict) else _wrong(path, value, "a mapping", "Give a mapping.")
    return _object(types, kind, path, value)


__all__ = ("decoded",)
