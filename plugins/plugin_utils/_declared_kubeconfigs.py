# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubeconfigs for people and teams (kubewright_kubeconfigs): checked beside the other settings, and resolved."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config import KUBERNETES_DIR, MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _kinds as kinds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _targets as targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import Input

_OWN = tuple(
    f"{KUBERNETES_DIR}/{name}.conf" for name in ("admin", "super-admin", "kubelet", "controller-manager", "scheduler")
)


def kubeconfig_faults(read: Input) -> list[Fault]:
    """Paths that are taken or wrong, and validities that end at once."""
    faults: list[Fault] = []
    name, seen = read.name(targets.KUBECONFIGS), dict.fromkeys((("host", path) for path in _OWN), "kubeadm's own files")
    for index, item in enumerate(read.get(targets.KUBECONFIGS) or []):
        where = f"{name}[{index}]"
        path = item["path"]
        if item.get("validity") is not None and seconds(item["validity"]) <= 0:
            faults.append(Fault(f"{where}.validity", item["validity"], "a time of more than 0s", "Give such a time."))
        if item["location"] == "host":
            path, wrong = kinds.absolute_path(f"{where}.path", path)
            faults += wrong
            if path is not None and path.startswith(MANIFESTS_DIR + "/"):
                wanted = f"a file outside {MANIFESTS_DIR}, whose files the kubelet takes for pods"
                faults.append(Fault(f"{where}.path", path, wanted, "Name another file."))
        place = (item["location"], path)
        if place in seen:
            found = f"{path}, which is one of {seen[place]}" if place[1] in _OWN else f"{path}, as {seen[place]}"
            faults.append(Fault(f"{where}.path", found, "a file of its own", "Name another file."))
        seen.setdefault(place, where)
    return faults


def resolved_kubeconfigs(read: Input, validity_seconds: float) -> list[dict[str, t.Any]]:
    """Each with C(name), C(groups), C(validitySeconds), C(location) and C(path).

    validity_seconds: that of all leaves.
    """
    return [
        {
            "name": item["name"],
            "groups": item.get("groups") or [],
            "validitySeconds": seconds(item["validity"]) if item.get("validity") is not None else validity_seconds,
            "location": item["location"],
            "path": item["path"],
        }
        for item in read.get(targets.KUBECONFIGS) or []
    ]


__all__ = ("kubeconfig_faults", "resolved_kubeconfigs")
