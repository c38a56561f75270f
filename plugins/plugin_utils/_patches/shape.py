# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether a patched object still is what it was before: the same object, with containers in it."""

from __future__ import annotations

import typing as t

Values = dict[str, t.Any]

_WORKLOADS = ("Deployment", "DaemonSet")


def pod_spec(value: Values) -> t.Any:
    """The spec of the pod that an object is, or makes."""
    spec = value.get("spec")
    if value["kind"] in _WORKLOADS and isinstance(spec, dict):
        template = spec.get("template")
        return template.get("spec") if isinstance(template, dict) else None
    return spec


def _containers_problem(value: Values) -> str | None:
    spec = pod_spec(value)
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
        return _containers_problem(after)
    return None


__all__ = ("pod_spec", "shape_problem")
