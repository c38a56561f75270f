# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which files of a host change, by what is wanted and what was read."""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import meaning
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import HostFile
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import (
    Change,
    EnableKubelet,
    StartKubelet,
    StopKubelet,
    TightenFile,
    WriteFile,
)

Facts = t.Mapping[str, t.Any]


def _change(wanted: HostFile, found: Facts | None) -> WriteFile | TightenFile | None:
    if found is not None and "problem" in found:
        raise KubewrightError(found["problem"])
    if found is not None and found["meaning"] == meaning(wanted.path, wanted.content):
        # A tighter mode is the user's choice and stays.
        if found["is_roots"] and not found["mode"] & ~wanted.mode:
            return None
        return TightenFile(wanted.path, wanted.mode, found["digest"], "its mode or owner is too loose")
    watched = posixpath.dirname(wanted.path) == MANIFESTS_DIR
    expected, reason = (None, "it is absent") if found is None else (found["digest"], "it differs")
    return WriteFile(wanted.path, wanted.content, wanted.mode, wanted.directory_mode, expected, watched, reason)


def plan_files(wanted: t.Sequence[HostFile], facts: Facts) -> list[Change]:
    """The files that change. facts: as C(_host.read.read) returns them; KeyError where a file was not asked for."""
    changes = (_change(file, facts["files"][file.path]) for file in wanted)
    return [change for change in changes if change is not None]


def plan_kubelet(wanted: t.Sequence[HostFile], facts: Facts) -> list[Change]:
    """The kubelet's files, around which it is stopped and started; and its start where it does not run.

    Raises KubewrightError where systemd has no kubelet to run.
    """
    if facts["kubelet"]["error"]:
        raise KubewrightError(facts["kubelet"]["error"])
    changes, active = plan_files(wanted, facts), facts["kubelet"]["active"]
    rewritten = any(isinstance(change, WriteFile) for change in changes)
    if rewritten and active:
        changes.insert(0, StopKubelet("its files change"))
    if facts["kubelet"].get("disabled"):
        changes.append(EnableKubelet("it is disabled, and would not start at boot"))
    if rewritten or not active:
        changes.append(StartKubelet("its files change" if rewritten else "it does not run"))
    return changes


__all__ = ("plan_files", "plan_kubelet")
