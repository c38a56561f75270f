# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What differs between two values, field by field.

Items of lists are named by their names, flags by their own, and documents inside of one by their kinds.
"""

from __future__ import annotations

import difflib
import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import same_value
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.arguments import flags, is_flag
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import (
    ABSENT,
    SECRET_NAME,
    Absence,
    Field,
    fingerprint,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.lines import line_fields
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.secret_settings import (
    is_secret_setting,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.yaml_loader import load_documents

# By which the items of a list are told from each other, in Kubernetes' own lists.
_NAMES = ("name", "key", "ip", "path", "mountPath")
# What a person reads as one value.
_SHORT = 60
# A comparison of longer lists takes longer than anybody waits for it.
_MOST_ITEMS = 1000
# In whatever document they stand: a kubeconfig, a user's own file that is part of one.
# The last name of a path counts, also of a flag or of an environment variable, but for those of files and of periods of time.
_SECRET = re.compile(
    rf"(?:^|\.)staticPodURLHeader(?:[.\[]|\Z)|(?:client-key-data|{SECRET_NAME})\]?(?:\[[^\]]*\])?\Z", re.IGNORECASE
)

Value = t.Any


def _plain(value: Value) -> Value:
    """A value of the reader in types of JSON alone, as results of tasks have to be. Numbers that are not decimal are as written."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, str) else value


def document(text: str) -> dict[str, t.Any] | None:
    """What a text says as YAML; None where it is no document of one mapping."""
    try:
        documents = load_documents(text)
    except KubewrightError:
        return None
    found = documents[0] if len(documents) == 1 else None
    return _plain(found) if isinstance(found, dict) else None


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _field(path: str, one: Value, other: Value) -> Field:
    return Field(path or "text", one, other)


def _name_of(items: t.Sequence[Value]) -> str | None:
    """The field by which the items of a list are told from each other; None where there is no such field."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    for name in _NAMES:
        values = [item.get(name) for item in items]
        if all(isinstance(value, str) for value in values) and len(set(values)) == len(values):
            return name
    return None


def _by_name(path: str, items: t.Sequence[Value], name: str) -> dict[str, Value]:
    found = {}
    for item in items:
        others = {key: value for key, value in item.items() if key != name}
        # A pair of name and value is one value.
        found[f"{path}[{item[name]}]"] = others["value"] if others.keys() == {"value"} else others
    return found


def _mappings(one: t.Mapping[str, Value], other: t.Mapping[str, Value], path: str | None) -> list[Field]:
    """path: of the two, or None where their keys are whole names."""
    found = []
    for name in dict.fromkeys([*one, *other]):
        place = name if path is None else _below(path, name)
        found += compare(place, one.get(name, ABSENT), other.get(name, ABSENT))
    return found


def _is_short(items: t.Sequence[Value]) -> bool:
    return len(json.dumps(items, default=str)) <= _SHORT


def _lists(path: str, one: list[Value] | Absence, other: list[Value] | Absence) -> list[Field]:
    old: list[Value] = [] if one is ABSENT else one
    new: list[Value] = [] if other is ABSENT else other
    both = [*old, *new]
    if any(map(is_flag, both)):
        return _mappings(flags(old, path), flags(new, path), None)
    names = {_name_of(items) for items in (old, new) if items}
    name = names.pop() if len(names) == 1 else None
    if name is not None:
        return _mappings(_by_name(path, old, name), _by_name(path, new, name), None)
    is_plain = not any(isinstance(item, (dict, list)) for item in both)
    if (is_plain and _is_short(old) and _is_short(new)) or len(both) > _MOST_ITEMS:
        return [_field(path, one, other)]
    return _items(path, old, new)


def _items(path: str, one: list[Value], other: list[Value]) -> list[Field]:
    """Of items that have no names, those that differ, by their numbers, which begin with 0."""
    old, new = ([json.dumps(item, sort_keys=True, default=str) for item in items] for items in (one, other))
    found = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            continue
        for index in range(max(end - start, new_end - new_start)):
            gone, come = start + index, new_start + index
            before = one[gone] if gone < end else ABSENT
            after = other[come] if come < new_end else ABSENT
            found += compare(f"{path}[{come if after is not ABSENT else gone}]", before, after)
    return found


def _texts(path: str, before: str, after: str) -> list[Field]:
    """What differs between texts of several lines. One that is empty stands for one that is absent."""
    old, new = document(before) if before else {}, document(after) if after else {}
    if old is not None and new is not None:
        found = _mappings(old, new, str(new.get("kind") or old.get("kind") or path))
        if found:
            return found
    return line_fields(path, before, after)


def _hidden(value: Value) -> Value:
    return ABSENT if value is ABSENT else fingerprint(value)


def compare(path: str, one: Value, other: Value) -> list[Field]:
    """The fields that differ, in the order of the values; none only where these are the same.

    path: of the values, empty at the top. one, other: plain values, one of which may be C(ABSENT).
    """
    if one is other or (ABSENT not in (one, other) and same_value(one, other)):
        return []
    if _SECRET.search(path) or any(is_secret_setting(path, value) for value in (one, other)):
        return [_field(path, _hidden(one), _hidden(other))]
    there = [value for value in (one, other) if value is not ABSENT]
    if not any(there):
        return [_field(path, one, other)]
    if all(isinstance(value, dict) for value in there):
        return _mappings({} if one is ABSENT else one, {} if other is ABSENT else other, path)
    if all(isinstance(value, list) for value in there):
        # They may differ in their order alone.
        return _lists(path, one, other) or [_field(path, one, other)]
    if all(isinstance(value, str) for value in there):
        is_long = any("\n" in value.strip("\n") for value in there)
        texts = ("" if value is ABSENT else value for value in (one, other))
        return _texts(path, *texts) if is_long else [_field(path, one, other)]
    if any(isinstance(value, (dict, list)) for value in there) and len(there) > 1:
        return [*compare(path, one, ABSENT), *compare(path, ABSENT, other)]
    return [_field(path, one, other)]


__all__ = ("compare", "document")
