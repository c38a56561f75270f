# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The user's KubeletConfiguration and KubeProxyConfiguration: unknown fields, wrong types, and the form Go would write."""

from __future__ import annotations

import functools
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import normal_form
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.components import Fields, is_zero
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds, quantity
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField

Values = dict[str, t.Any]
Checked = tuple[t.Any, list[Fault]]

_MOST = 2**63 - 1
_LONG = kinds.integer(-_MOST - 1, _MOST)


def _string(path: str, value: t.Any) -> Checked:
    if isinstance(value, str):
        return str(value), []
    return None, [kinds.fault(path, value, "a string", "Quote the value.")]


def _number(path: str, value: t.Any) -> Checked:
    if isinstance(value, str) and re.match(r"-?[0-9]+(\.[0-9]+)?\Z", value):
        value = float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -_MOST <= value <= _MOST:
        return (int(value) if value == int(value) else float(value)), []
    return None, [kinds.fault(path, value, "a number", "Give a number.")]


def _duration(path: str, value: t.Any) -> Checked:
    try:
        if isinstance(value, str):
            return normal_form(value), []
    except KubewrightError:
        pass
    return None, [kinds.fault(path, value, "a duration like 30s or 4m0s", "Give a number with its unit.")]


def _int_or_duration(path: str, value: t.Any) -> Checked:
    checked, faults = _LONG(path, value)
    if not faults:
        return checked, []
    return (str(value), []) if not _duration(path, value)[1] else (None, _duration(path, value)[1])


def _quantity(path: str, value: t.Any) -> Checked:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    try:
        if isinstance(value, str):
            quantity.parse(value)
            return str(value), []
    except KubewrightError:
        pass
    return None, [kinds.fault(path, value, "a quantity like 500m or 2Gi", "Give such a quantity.")]


_SCALARS: t.Mapping[str, t.Callable[[str, t.Any], Checked]] = {
    "bool": kinds.boolean,
    "int": kinds.integer(-(2**31), 2**31 - 1),
    "int64": _LONG,
    "uint32": kinds.integer(0, 2**32 - 1),
    "number": _number,
    "string": _string,
    "duration": _duration,
    "quantity": _quantity,
    "int|duration": _int_or_duration,
}


def _enum(path: str, words: t.Sequence[str], value: t.Any) -> Checked:
    # An empty word stands for the default, which kubeadm takes for a field that is not set.
    if isinstance(value, str) and (value in words or value == ""):
        return str(value), []
    allowed = [word for word in words if word]
    cure = "Give one of them." + did_you_mean(str(value), allowed)
    return None, [kinds.fault(path, value, " or ".join(allowed), cure)]


def _list(item: str, path: str, value: t.Any) -> Checked:
    if not isinstance(value, list):
        return None, [kinds.fault(path, value, "a list", "Give a list.")]
    return _each(_SCALARS[item], {"%s[%d]" % (path, index): element for index, element in enumerate(value)})


def _map(path: str, item: str, value: t.Any) -> Checked:
    checked, faults = kinds.mapping(path, value)
    if faults:
        return None, faults
    if item.startswith("list:"):
        check: t.Callable[[str, t.Any], Checked] = functools.partial(_list, item[5:])
    elif item == "string":
        # Numbers are taken for the texts that they are in a file: kubeReserved's cpu: 1, for example.
        check = kinds.text
    else:
        check = _SCALARS[item]
    values, faults = _each(check, {f"{path}.{key}": element for key, element in checked.items()})
    return dict(zip(checked, values, strict=True)), faults


def _each(check: t.Callable[[str, t.Any], Checked], values: t.Mapping[str, t.Any]) -> Checked:
    result, faults = [], []
    for path, value in values.items():
        checked, found = check(path, value)
        result.append(checked)
        faults += found
    return result, faults


def _objects(fields: Fields, path: str, prefix: str, value: t.Any) -> Checked:
    if not isinstance(value, list):
        return None, [kinds.fault(path, value, "a list", "Give a list.")]
    result, faults = [], []
    for index, element in enumerate(value):
        checked, found = _object(fields, "%s[%d]" % (path, index), prefix + "[].", element)
        result.append(checked)
        faults += found
    return result, faults


def _value(fields: Fields, field: ComponentField, path: str, value: t.Any) -> Checked:
    kind = field.plain_kind
    if kind == "object":
        return _object(fields, path, field.path + ".", value)
    if kind == "list:object":
        return _objects(fields, path, field.path, value)
    family, _colon, item = kind.partition(":")
    if family == "enum":
        return _enum(path, item.split("|"), value)
    if family == "list":
        return _list(item, path, value)
    if family == "map":
        return _map(path, item, value)
    return _SCALARS[kind](path, value)


def _object(fields: Fields, path: str, prefix: str, value: t.Any) -> Checked:
    if not isinstance(value, dict):
        return None, [kinds.fault(path, value, "a mapping", "Give the fields below it.")]
    known = sorted({below[len(prefix) :].split(".")[0] for below in fields if below.startswith(prefix)})
    known = [name for name in known if "[]" not in name]
    result: Values = {}
    faults: list[Fault] = []
    for key, element in value.items():
        field = fields.get(f"{prefix}{key}")
        if field is None:
            cure = "Take it out." + did_you_mean(str(key), known)
            faults.append(Fault(f"{path}.{key}", "a field unknown to this minor", "the fields of its type", cure))
        elif element is not None:
            result[key], found = _value(fields, field, f"{path}.{key}", element)
            faults += found
    return result, faults


def checked_document(fields: Fields, path: str, document: t.Any) -> tuple[Values, list[Fault]]:
    """A document in the form in which Go would hold it, and every fault.

    fields: those of the minor. path: how messages call the document.
    """
    body = {key: value for key, value in document.items() if key not in ("apiVersion", "kind")}
    checked, faults = _object(fields, path, "", body)
    return (checked or {}), faults


def ignored_values(fields: Fields, path: str, document: t.Mapping[str, t.Any], prefix: str = "") -> list[str]:
    """Fields that the user has set to what Go takes for not set: kubeadm does not write them, so they have no effect."""
    found = []
    for key, value in document.items():
        field = fields[prefix + key]
        if field.plain_kind == "object":
            found += ignored_values(fields, f"{path}.{key}", value, f"{prefix}{key}.")
        elif is_zero(field, value) and field.kind.startswith(("list:", "map:")):
            found.append(f"{path}.{key}")
    return found


__all__ = ("checked_document", "ignored_values")
