# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Carries out changes in their order. It knows files and services, and no version of Kubernetes.

A change is plain data. C(kind) says what it is; C(expected), of a file, is the digest that the reader saw, or none where the
file was absent. Where the host is no longer so, nothing is done.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import FileState
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_settings import start_kubelet

Change = t.Mapping[str, t.Any]
WRITE_FILE, TIGHTEN_FILE = "write_file", "tighten_file"
STOP_KUBELET, START_KUBELET, ENABLE_KUBELET = "stop_kubelet", "start_kubelet", "enable_kubelet"
KINDS = (WRITE_FILE, TIGHTEN_FILE, STOP_KUBELET, START_KUBELET, ENABLE_KUBELET)
_OF_FILES = (WRITE_FILE, TIGHTEN_FILE)


class Applied(t.NamedTuple):
    """stale: the paths that are no longer as they were read; then nothing was done. diff: as Ansible shows it."""

    stale: list[str]
    diff: list[dict[str, str]]


def _shown(change: Change, state: FileState | None) -> dict[str, str]:
    path = change["path"]
    if change["kind"] == TIGHTEN_FILE and state is not None:
        header = {"before_header": path, "after_header": path}
        found = f"mode: {state.mode:04o}\nowner: uid {state.uid}, gid {state.gid}\n"
        return dict(header, before=found, after="mode: {:04o}\nowner: uid 0, gid 0\n".format(change["mode"]))
    before = state.content.decode("utf-8", "replace") if state is not None else None
    old, new = change.get("shown") or (before or "", change["content"])
    return {
        "before_header": path if before is not None else path + " (absent)",
        "after_header": path,
        "before": redacted(old),
        "after": redacted(new),
    }


def _carry_out(host: Host, change: Change) -> None:
    kind = change["kind"]
    if kind == WRITE_FILE:
        path = change["path"]
        # What lies in a watched folder is run: not even a temporary file is made there.
        staging = os.path.dirname(os.path.dirname(path)) if change["watched"] else None
        host.write(path, change["content"].encode("utf-8"), change["mode"], change["directory_mode"], staging)
    elif kind == TIGHTEN_FILE:
        host.tighten(change["path"], change["mode"])
    elif kind == STOP_KUBELET:
        host.stop_kubelet()
    elif kind == ENABLE_KUBELET:
        host.enable_kubelet()
    else:
        start_kubelet(host)


def apply(host: Host, changes: t.Sequence[Change], check: bool) -> Applied:
    """Carries out the changes, or, in check mode, only looks at what they would. Raises KubewrightError."""
    states = {change["path"]: host.file(change["path"]) for change in changes if change["kind"] in _OF_FILES}
    seen = {path: digest(state.content) if state is not None else None for path, state in states.items()}
    stale = [
        change["path"]
        for change in changes
        if change["kind"] in _OF_FILES and seen[change["path"]] != change["expected"]
    ]
    if stale:
        return Applied(stale, [])
    if not check:
        for change in changes:
            _carry_out(host, change)
    return Applied([], [_shown(item, states[item["path"]]) for item in changes if item["kind"] in _OF_FILES])


def apply_phase(host: Host, changes: t.Sequence[Change], check: bool) -> dict[str, t.Any]:
    """What host_apply returns. Raises KubewrightError."""
    applied = apply(host, changes, check)
    return {"changed": bool(changes) and not applied.stale, **applied._asdict()}


__all__ = (
    "ENABLE_KUBELET",
    "KINDS",
    "START_KUBELET",
    "STOP_KUBELET",
    "TIGHTEN_FILE",
    "WRITE_FILE",
    "Applied",
    "Change",
    "apply",
    "apply_phase",
)
