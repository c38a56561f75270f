# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan as rows: what changes, how, and why, as a person is told and as a task returns it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import display_name
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import static_pod
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import UNIT
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import (
    ApplyObject,
    Change,
    EnableKubelet,
    StartKubelet,
    TightenFile,
    WriteFile,
)

_TOKEN = "Secret kube-system/bootstrap-token"
CREATE, CHANGE, RESTART = "create", "change", "restart"


class Row(t.NamedTuple):
    """artefact: the path of a file, kind and name of an object, or a component. action: C(create), C(change) or C(restart)."""

    artefact: str
    action: str
    reason: str

    def plain(self) -> dict[str, str]:
        """As a task returns it."""
        return self._asdict()


def object_name(change: ApplyObject) -> str:
    """Kind and name of an object, of a bootstrap token that is made on the host without its name."""
    if change.shown is not None:
        return change.shown.name
    if change.token is not None:
        token_id = str(change.token.get("token", "")).partition(".")[0]
        return _TOKEN + (f"-{token_id}" if token_id else "")
    if change.cluster_info is not None:
        return "ConfigMap kube-public/cluster-info"
    manifest = change.manifest or {}
    return f"{manifest['kind']} {display_name(manifest)}"


def file_rows(changes: t.Sequence[Change]) -> list[Row]:
    """The rows of files, of the kubelet, and of the static pods whose manifests change."""
    found = []
    for change in changes:
        if isinstance(change, WriteFile):
            found.append(Row(change.path, CREATE if change.expected is None else CHANGE, change.reason))
            component = static_pod(change.path)
            if change.expected is not None and component is not None:
                found.append(Row(component, RESTART, "its manifest changes"))
        elif isinstance(change, TightenFile):
            found.append(Row(change.path, CHANGE, change.reason))
        elif isinstance(change, EnableKubelet):
            found.append(Row(UNIT, CHANGE, change.reason))
        elif isinstance(change, StartKubelet):
            found.append(Row("kubelet", RESTART, change.reason))
    return found


def object_rows(changes: t.Sequence[Change], applied: t.Mapping[str, str]) -> list[Row]:
    """The rows of objects. applied: what was done, or would be, by kind and name: C(created) or C(updated)."""
    objects = [change for change in changes if isinstance(change, ApplyObject)]
    # Of one that was not looked at before, what was done says all that is known.
    reasons = {object_name(change): change.reason for change in objects if not change.unseen}
    # The plan makes another random token than the run.
    random = any(change.token is not None and "token" not in change.token for change in objects)
    declared = {object_name(change._replace(shown=None)) for change in objects}
    told = {name: _TOKEN if random and name.startswith(_TOKEN) and name not in declared else name for name in applied}
    return [
        Row(told[name], CREATE, "it is absent")
        if action == "created"
        else Row(told[name], CHANGE, reasons.get(name, "it differs"))
        for name, action in applied.items()
    ]


def credentials_rows(reasons: t.Mapping[str, str], certificates_dir: str, present: t.Collection[str]) -> list[Row]:
    """The rows of certificates, keys and kubeconfigs. reasons: as pki_generate returns them. present: the paths of what is there."""
    found = []
    for name, reason in reasons.items():
        is_path = name.startswith("/") or " on the controller" in name
        path = name if is_path else f"{certificates_dir}/{name}"
        is_there = path in present if is_path else any(f"{path}.{end}" in present for end in ("crt", "key"))
        found.append(Row(path, CHANGE if is_there and reason != "missing" else CREATE, reason))
    return found


def restart_rows(restarted: t.Mapping[str, str]) -> list[Row]:
    """The rows of components that are restarted for other files. restarted: as component_restart returns it."""
    return [Row(component, RESTART, reason) for component, reason in restarted.items()]


def image_rows(pulled: t.Sequence[str], archives: t.Sequence[str]) -> list[Row]:
    """The rows of images. pulled: their names. archives: those that are imported."""
    return [
        *(Row(f"the images of {archive}", CREATE, "the container runtime lacks an image") for archive in archives),
        *(Row(image, CREATE, "the container runtime lacks it") for image in pulled),
    ]


__all__ = ("Row", "credentials_rows", "file_rows", "image_rows", "object_name", "object_rows", "restart_rows")
