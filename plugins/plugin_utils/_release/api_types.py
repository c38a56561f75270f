# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The fields of the API's types, by minor: those of Pod, Deployment and DaemonSet, and of all that lies in them.

The table beside this file is made from the OpenAPI documents of Kubernetes (tests/generate_api_types.py).
"""

from __future__ import annotations

import functools
import json
import pathlib
import typing as t

# Of each type the kind of each field: C(string), C(bool), C(int32), C(int64), C(number), C(quantity), C(time), C(int|string),
# C(anything), the name of a type, or C(list:) or C(map:) and one of these.
Types = t.Mapping[str, t.Mapping[str, str]]
ROOTS: t.Mapping[str, str] = {
    "Pod": "core.v1.Pod",
    "Deployment": "apps.v1.Deployment",
    "DaemonSet": "apps.v1.DaemonSet",
}
_FILE = pathlib.Path(__file__).with_name("api_types.json")


@functools.cache
def _table() -> dict[str, dict[str, list[t.Any]]]:
    return t.cast("dict[str, dict[str, list[t.Any]]]", json.loads(_FILE.read_text(encoding="ascii")))


@functools.cache
def types_of(minor: int) -> Types:
    """The types of a minor."""
    found: dict[str, dict[str, str]] = {}
    for name, fields in _table().items():
        here = {
            field: kind
            for field, ranges in fields.items()
            for kind, first, last in ranges
            if first <= minor and (last is None or minor <= last)
        }
        if here:
            found[name] = here
    return found


__all__ = ("ROOTS", "Types", "types_of")
