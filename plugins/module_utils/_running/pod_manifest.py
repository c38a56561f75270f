# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What a static pod gives its container of the host's files, by the manifest that lies on the host: patches and all."""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml


class PodManifest(t.NamedTuple):
    """volumes: pairs of the path that the component sees and the path on the host. environment: names and values."""

    volumes: list[tuple[str, str]]
    environment: dict[str, str]


def _mappings(value: t.Any) -> list[dict[str, t.Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


# What is mounted there is no file of the host's: nothing lies at that path.
NOWHERE = "/nonexistent"


def _place(mount: t.Mapping[str, t.Any], place: t.Any) -> str:
    """Where on the host lies what is mounted. place: of its volume, None where that is none of the host's."""
    if place is None or mount.get("subPathExpr"):
        return NOWHERE
    inner = mount.get("subPath")
    return posixpath.join(str(place), str(inner)) if inner else str(place)


def mounts(spec: t.Mapping[str, t.Any], container: t.Mapping[str, t.Any]) -> list[tuple[str, str]]:
    """Pairs of the path that a container sees and the path on the host, which is C(NOWHERE) for what is none of the host's."""
    places = {
        item.get("name"): item["hostPath"].get("path")
        for item in _mappings(spec.get("volumes"))
        if isinstance(item.get("hostPath"), dict)
    }
    return [
        (str(item.get("mountPath")), _place(item, places.get(item.get("name"))))
        for item in _mappings(container.get("volumeMounts"))
    ]


def pod_manifest(text: str, component: str) -> PodManifest | None:
    """What is in the manifest of a component; None where it is not one, or none that can be read with certainty."""
    try:
        document = read_yaml(text)
    except Unreadable:
        return None
    spec = document.get("spec") if isinstance(document, dict) else None
    if not isinstance(spec, dict):
        return None
    container = next((item for item in _mappings(spec.get("containers")) if item.get("name") == component), None)
    if container is None:
        return None
    environment = {
        str(item.get("name")): str(item["value"]) for item in _mappings(container.get("env")) if "value" in item
    }
    return PodManifest(mounts(spec, container), environment)


__all__ = ("NOWHERE", "PodManifest", "mounts", "pod_manifest")
