# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""How a component's configuration is put together from defaults and the user's fields, and what of it is written.

The rules are those of Go's types: a zero value that is no pointer counts as not set, and whether a field that is not set
is written all the same is the field's own matter.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField

Values = dict[str, t.Any]
Fields = t.Mapping[str, ComponentField]

_ZEROS: t.Mapping[str, t.Any] = {
    "bool": False,
    "int": 0,
    "int64": 0,
    "uint32": 0,
    "number": 0,
    "string": "",
    "duration": "0s",
    "quantity": "0",
    "int|duration": 0,
}


def zero(field: ComponentField) -> t.Any:
    """What is written for a field that is not set."""
    if field.kind == "object":
        return {}
    if field.is_pointer or field.kind.startswith(("list:", "map:")):
        return None
    return _ZEROS.get(field.kind, "")


def is_zero(field: ComponentField, value: t.Any) -> bool:
    """Whether a value counts as not set."""
    if value is None:
        return True
    if field.is_pointer or field.kind == "object":
        return False
    if field.kind.startswith(("list:", "map:")):
        return not value
    return type(value) is type(zero(field)) and bool(value == zero(field))


def set_path(values: Values, path: str, value: t.Any) -> None:
    """Sets a value by its dotted path, making the mappings on the way."""
    *folders, name = path.split(".")
    for folder in folders:
        values = values.setdefault(folder, {})
    values[name] = value


def skeleton(fields: Fields, defaults: t.Mapping[str, t.Any]) -> Values:
    """The fields that are written although nobody sets them. defaults: values by path, which take the place of zeros."""
    result: Values = {}
    for path, field in fields.items():
        if "[]" not in path and path in defaults:
            set_path(result, path, copy.deepcopy(defaults[path]))
        elif "[]" not in path and field.written and not (field.kind == "object" and path in result):
            set_path(result, path, zero(field))
    return result


def overlaid(fields: Fields, base: t.Mapping[str, t.Any], user: t.Mapping[str, t.Any], prefix: str = "") -> Values:
    """A copy of base with the user's fields over it: objects field by field, everything else as a whole.

    An empty list or map is a value of the user's; a zero of another kind that is no pointer is none.
    """
    result = copy.deepcopy(dict(base))
    for key, value in user.items():
        field = fields[prefix + key]
        if value is None:
            continue
        if field.plain_kind == "object":
            inner = result.get(key)
            result[key] = overlaid(fields, inner if isinstance(inner, dict) else {}, value, f"{prefix}{key}.")
        elif field.kind.startswith(("list:", "map:")) or not is_zero(field, value):
            result[key] = copy.deepcopy(value)
    return result


def written(fields: Fields, values: t.Mapping[str, t.Any], prefix: str = "") -> Values:
    """What of a configuration is written: without fields that are not set, but for those that are always written."""
    result: Values = {}
    for key, value in values.items():
        field = fields[prefix + key]
        if field.plain_kind == "object" and isinstance(value, dict):
            result[key] = written(fields, value, f"{prefix}{key}.")
        elif field.written or not is_zero(field, value):
            result[key] = zero(field) if is_zero(field, value) else value
    return result


__all__ = ("is_zero", "overlaid", "set_path", "skeleton", "written", "zero")
