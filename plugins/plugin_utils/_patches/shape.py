# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether a patched object still is what it was before: the same object, and every value of its own type.

kubeadm reads a patched object back into Go's type, which refuses values of another type.
"""

from __future__ import annotations

import typing as t

Values = dict[str, t.Any]

_WORKLOADS = ("Deployment", "DaemonSet")
# Numbers or names (IntOrString).
_OF_TWO_TYPES = ("port", "targetPort", "maxUnavailable", "maxSurge")


# bool before int, which it is one of in Python.
_TYPES: tuple[tuple[t.Any, str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "a mapping"),
)


def _type(value: t.Any) -> str:
    return next((name for types, name in _TYPES if isinstance(value, types)), "empty")


def _changed_type(path: str, before: t.Any, after: t.Any) -> str | None:
    """The path at which a value has another type than before, with that type; the first one found."""
    if before is None or after is None or path.rpartition(".")[2] in _OF_TWO_TYPES:
        return None
    if _type(before) != _type(after):
        return f"{path.lstrip('.') or 'it'} would not be {_type(before)} any more"
    if isinstance(before, dict):
        pairs = [(f"{path}.{key}", before[key], after[key]) for key in before if key in after]
    elif isinstance(before, list):
        pairs = _same_items(path, before, after)
    else:
        return None
    return next((found for pair in pairs for found in [_changed_type(*pair)] if found is not None), None)


def _same_items(path: str, before: list[t.Any], after: list[t.Any]) -> list[tuple[str, t.Any, t.Any]]:
    """The items of two lists to compare: those of one name, or, of other items, each with the first there was."""
    named = {item["name"]: item for item in before if isinstance(item, dict) and "name" in item}
    pairs = []
    for index, item in enumerate(after):
        if isinstance(item, dict) and item.get("name") in named:
            pairs.append(("%s[%d]" % (path, index), named[item["name"]], item))
        elif before and _type(before[0]) != _type(item):
            pairs.append(("%s[%d]" % (path, index), before[0], item))
    return pairs


def _pod_spec(value: Values) -> t.Any:
    spec = value.get("spec")
    if value["kind"] in _WORKLOADS and isinstance(spec, dict):
        template = spec.get("template")
        return template.get("spec") if isinstance(template, dict) else None
    return spec


def _containers_problem(value: Values) -> str | None:
    spec = _pod_spec(value)
    containers = spec.get("containers") if isinstance(spec, dict) else None
    if not isinstance(containers, list) or not containers:
        return "the pod would have no containers"
    for container in containers:
        if not isinstance(container, dict) or not all(isinstance(container.get(key), str) for key in ("name", "image")):
            return "a container would have no name or no image"
    return None


def shape_problem(before: Values, after: t.Any) -> str | None:
    """What is wrong with a patched object, as a clause for a message; None where nothing is."""
    if not isinstance(after, dict):
        return "nothing would be left"
    for key in ("apiVersion", "kind"):
        if after.get(key) != before.get(key):
            return f"{key} would change"
    if "metadata" in before:
        metadata = after.get("metadata")
        for key in ("name", "namespace"):
            if not isinstance(metadata, dict) or metadata.get(key) != before["metadata"].get(key):
                return f"metadata.{key} would change"
        problem = _containers_problem(after)
        if problem is not None:
            return problem
    return _changed_type("", before, after)


__all__ = ("shape_problem",)
