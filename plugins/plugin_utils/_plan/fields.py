# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What differs between two texts, field by field, as a person says it: C(--audit-log-maxage: 30 -> 60)."""

from __future__ import annotations

import json
import re
import typing as t

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST = 80
# By which the items of a list are told from each other, in Kubernetes' own lists.
_NAMES = ("name", "key", "ip", "path", "mountPath")
_FLAG = re.compile(r"--[A-Za-z0-9-]+(?==|\Z)")
Fields = dict[str, t.Any]


def _document(text: str) -> t.Any:
    """What a text says as YAML; None where it is no document of one mapping."""
    try:
        found = yaml.load(text, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _named(items: t.Sequence[t.Any]) -> str | None:
    """The field by which the items of a list are told from each other; None where there is no such field."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    for name in _NAMES:
        values = [item.get(name) for item in items]
        if all(isinstance(value, str) for value in values) and len(set(values)) == len(values):
            return name
    return None


def _flags(items: t.Sequence[t.Any]) -> Fields:
    """Those of a command, by their own names; of one that is repeated all values."""
    found: Fields = {}
    for item in items:
        match = _FLAG.match(str(item))
        if match is not None:
            found.setdefault(match.group(), []).append(str(item)[match.end() + 1 :])
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _fields(value: t.Any, path: str) -> Fields:
    if isinstance(value, dict) and value:
        found: Fields = {}
        for name, inner in value.items():
            found.update(_fields(inner, _below(path, str(name))))
        return found
    if isinstance(value, list) and any(_FLAG.match(str(item)) for item in value):
        return _flags(value)
    if isinstance(value, list):
        name = _named(value)
        if name is not None:
            found = {}
            for item in value:
                found.update(_fields(item, f"{path}[{item[name]}]"))
            return found
    if isinstance(value, str) and "\n" in value:
        document = _document(value)
        if document is not None:
            return _fields(document, str(document.get("kind") or path))
    return {path: value}


def _shown(value: t.Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def differences(before: str, after: str) -> list[str]:
    """What differs, field by field in the order of the texts; none where one of them is no document of YAML.

    Items of lists are named by their names, flags by their own, and documents inside of one by their kinds.
    """
    old, new = _document(before), _document(after)
    if old is None or new is None:
        return []
    one, other = _fields(old, ""), _fields(new, "")
    found = []
    for name in dict.fromkeys([*one, *other]):
        if name not in other:
            found.append(f"- {name}: {_shown(one[name])}")
        elif name not in one:
            found.append(f"+ {name}: {_shown(other[name])}")
        elif one[name] != other[name]:
            found.append(f"{name}: {_shown(one[name])} -> {_shown(other[name])}")
    return found


__all__ = ("differences",)
