# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubeconfigs for people and teams (kubewright_kubeconfigs): checked beside the other settings, and resolved."""

from __future__ import annotations

import os
import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    KUBERNETES_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import PENDING_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds, targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input

_OWN = tuple(
    f"{KUBERNETES_DIR}/{name}.conf" for name in ("admin", "super-admin", "kubelet", "controller-manager", "scheduler")
)


def _place(item: t.Mapping[str, t.Any]) -> tuple[str, str]:
    """The location of a kubeconfig and its path, which is the same however it is written."""
    if item["location"] == "controller":
        return "controller", os.path.abspath(os.path.expanduser(item["path"]))
    # POSIX lets two slashes at the beginning mean something else; Linux does not.
    return "host", "/" + posixpath.normpath(item["path"]).lstrip("/")


def kubeconfig_faults(read: Input, certificates_dir: str) -> list[Fault]:
    """Paths that are taken or wrong, and validities that end at once. certificates_dir: the folder of the certificates."""
    folders = {
        MANIFESTS_DIR: "whose files the kubelet takes for pods",
        certificates_dir: "where the certificates are",
        PENDING_DIR: "where keys wait for their certificates",
        KUBELET_DIR: "which is the kubelet's",
    }
    faults: list[Fault] = []
    name, seen = read.name(targets.KUBECONFIGS), {("host", path): "one of kubeadm's own files" for path in _OWN}
    for index, item in enumerate(read.get(targets.KUBECONFIGS) or []):
        where = f"{name}[{index}]"
        if item.get("validity") is not None and seconds(item["validity"]) <= 0:
            faults.append(Fault(f"{where}.validity", item["validity"], "a time of more than 0s", "Give such a time."))
        if item["location"] == "host":
            _path, wrong = kinds.absolute_path(f"{where}.path", item["path"])
            if wrong:
                faults += wrong
                continue
        location, path = place = _place(item)
        if place in seen:
            faults.append(
                Fault(f"{where}.path", f"{path}, which is {seen[place]}", "a file of its own", "Name another file.")
            )
        if location == "host":
            faults += [
                Fault(f"{where}.path", path, f"a file outside {folder}, {what}", "Name another file.")
                for folder, what in folders.items()
                if f"{path}/".startswith(posixpath.normpath(folder) + "/")
            ]
        seen.setdefault(place, f"that of {where}")
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
            "path": item["path"] if item["location"] == "controller" else _place(item)[1],
        }
        for item in read.get(targets.KUBECONFIGS) or []
    ]


__all__ = ("kubeconfig_faults", "resolved_kubeconfigs")
