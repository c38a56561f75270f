# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes plugins/plugin_utils/_release/api_types.json: the fields of the API's types that patches can change.

Source: the OpenAPI documents of Kubernetes 1.12 to 1.37 (api_schemas.py). A test proves that the file is what this makes of them.

    PYTHONPATH=.build python tests/generate_api_types.py
"""

from __future__ import annotations

import json
import typing as t

from api_schemas import PROJECT, folder

FILE = PROJECT / "plugins/plugin_utils/_release/api_types.json"
FIRST, LAST = 12, 37
ROOTS = ("core.v1.Pod", "apps.v1.Deployment", "apps.v1.DaemonSet")
# Types that are written as one value.
SCALARS = {
    "resource.Quantity": "quantity",
    "util.intstr.IntOrString": "int|string",
    "meta.v1.Time": "time",
    "meta.v1.MicroTime": "time",
    "meta.v1.Fields": "anything",
    "meta.v1.FieldsV1": "anything",
}
PREFIXES = ("io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.api.", "io.k8s.apimachinery.pkg.")
Types = dict[str, dict[str, str]]


def _short(name: str) -> str:
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def _without_null(kind: t.Any) -> t.Any:
    return next(item for item in kind if item != "null") if isinstance(kind, list) else kind


def _kind(schema: dict[str, t.Any]) -> str:
    if "$ref" in schema:
        name = _short(schema["$ref"].rpartition("/")[2])
        return SCALARS.get(name, name)
    if "oneOf" in schema:
        return "int|string"
    kind = _without_null(schema.get("type"))
    if kind == "integer":
        return str(schema.get("format", "int64"))
    if kind == "boolean":
        return "bool"
    if kind == "number":
        return "number"
    if kind == "array":
        return "list:" + _kind(schema["items"])
    if kind == "object" and "additionalProperties" in schema:
        return "map:" + _kind(schema["additionalProperties"])
    if kind == "string":
        return "time" if schema.get("format") == "date-time" else "string"
    return "anything"


def _definitions(minor: int) -> dict[str, t.Any]:
    document = json.loads((folder(minor, strict=False) / "_definitions.json").read_text(encoding="utf-8"))
    found = document.get("definitions") or document.get("$defs") or document
    return {_short(name): schema for name, schema in found.items()}


def types_of(minor: int) -> Types:
    """The types that can be reached from C(ROOTS) in a minor, each with its fields and their kinds."""
    definitions = _definitions(minor)
    found: Types = {}
    left = list(ROOTS)
    while left:
        name = left.pop()
        if name in found:
            continue
        properties = definitions[name].get("properties", {})
        found[name] = {field: _kind(schema) for field, schema in properties.items()}
        left += [kind for value in found[name].values() for kind in [value.rpartition(":")[2]] if kind in definitions]
    return found


def table() -> dict[str, dict[str, list[t.Any]]]:
    """By type and field the ranges of minors with their kinds: C([kind, first, last]); last is null where it is still there."""
    result: dict[str, dict[str, list[t.Any]]] = {}
    for minor in range(FIRST, LAST + 1):
        for name, fields in types_of(minor).items():
            for field, kind in fields.items():
                ranges = result.setdefault(name, {}).setdefault(field, [])
                if ranges and ranges[-1][0] == kind and ranges[-1][2] == minor - 1:
                    ranges[-1][2] = minor
                else:
                    ranges.append([kind, minor, minor])
    for fields in result.values():
        for ranges in fields.values():
            for item in ranges:
                item[2] = None if item[2] == LAST else item[2]
    return result


def text() -> str:
    """The file: a line for each field."""
    made = table()
    types = []
    for name in sorted(made):
        fields = [f"  {json.dumps(field)}: {json.dumps(made[name][field])}" for field in sorted(made[name])]
        types.append(f"{json.dumps(name)}: {{\n" + ",\n".join(fields) + "\n}")
    return "{\n" + ",\n".join(types) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
