# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan as rows: what changes, how, and why, as a person is told and as a task returns it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import display_name
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import static_pod
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import last_restarts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import UNIT
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import Field
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.texts import differences
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import (
    ApplyObject,
    Change,
    EnableKubelet,
    StartKubelet,
    TightenFile,
    WriteFile,
)

_TOKEN = "Secret kube-system/bootstrap-token"
CREATE, CHANGE, REMOVE, RESTART = "create", "change", "remove", "restart"
ACTIONS = (CREATE, CHANGE, REMOVE, RESTART)


class Row(t.NamedTuple):
    """artefact: the path of a file, kind and name of an object, an image, or a component. action: one of C(ACTIONS).

    fields: what differs, of what changes; none where that was not looked at. away: for how many seconds the API server was away when
    the component was restarted the last time; None where nobody has measured it.
    """

    artefact: str
    action: str
    reason: str
    fields: tuple[Field, ...] = ()
    away: float | None = None

    def plain(self) -> dict[str, t.Any]:
        """As a task returns it."""
        plain: dict[str, t.Any] = {"artefact": self.artefact, "action": self.action, "reason": self.reason}
        plain["fields"] = [field.plain() for field in self.fields]
        return plain if self.away is None else dict(plain, away_seconds=self.away)


def with_fields(rows: t.Sequence[Row], diff: t.Any) -> list[Row]:
    """The rows with what differs. diff: of the result, as Ansible shows it."""
    texts = {
        str(item.get("after_header")): (str(item["before"]), str(item["after"]))
        for item in (diff if isinstance(diff, list) else [diff])
        if isinstance(item, dict) and item.get("before") and item.get("after")
    }
    return [
        row._replace(fields=tuple(differences(*texts[row.artefact])))
        if row.action == CHANGE and row.artefact in texts
        else row
        for row in rows
    ]


def with_away(rows: t.Sequence[Row], facts: t.Mapping[str, t.Any] | None) -> list[Row]:
    """The rows with how long the API server was away. facts: what was read for the phase; see C(_plan.parts)."""
    seconds = last_restarts.measured((facts or {}).get("away"))
    return [row._replace(away=seconds.get(row.artefact)) if row.action == RESTART else row for row in rows]


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
                # An API server whose etcd stays away is ended; see C(_running.draining).
                found += [Row("kube-apiserver", RESTART, "its etcd restarts")] if component == "etcd" else []
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
    # The kubelet registers a Node before it is changed, also one that no API server knows yet.
    nodes = {object_name(change) for change in objects if change.policy == "node"}
    return [
        Row(told[name], CREATE, "it is absent")
        if action == "created" and name not in nodes
        else Row(told[name], CHANGE, reasons.get(name, "it differs"))
        for name, action in applied.items()
    ]


def credentials_rows(
    reasons: t.Mapping[str, str], certificates_dir: str, present: t.Collection[str], removed: t.Collection[str] = ()
) -> list[Row]:
    """The rows of certificates, keys and kubeconfigs. reasons: as pki_generate returns them. present: the paths of what is there.

    removed: the paths of keys that go.
    """
    found = []
    for name, reason in reasons.items():
        is_here = name.endswith(" on the controller")
        is_path = name.startswith("/") or is_here
        path = name if is_path else f"{certificates_dir}/{name}"
        is_there = is_here or path in present if is_path else any(f"{path}.{end}" in present for end in ("crt", "key"))
        is_changed = reason == LOOSE or (is_there and reason != "missing")
        found.append(Row(path, REMOVE if path in removed else CHANGE if is_changed else CREATE, reason))
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


__all__ = (
    "ACTIONS",
    "CHANGE",
    "CREATE",
    "REMOVE",
    "RESTART",
    "Row",
    "credentials_rows",
    "file_rows",
    "image_rows",
    "object_name",
    "object_rows",
    "restart_rows",
    "with_away",
    "with_fields",
)
