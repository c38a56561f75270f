# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reads what phases ask for of a host, in one go. What is returned is fit to be shown: marks of texts, never texts."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest, meaning
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

Facts = t.Dict[str, t.Any]


def _file(host: Host, path: str) -> Facts | None:
    try:
        state = host.file(path)
    except KubewrightError as error:
        # Not every phase of the read has to do with the file: the one that has says what is wrong with it.
        return {"problem": str(error)}
    if state is None:
        return None
    return {
        "digest": digest(state.content),
        "meaning": meaning(path, state.content.decode("utf-8", "replace")),
        "mode": state.mode,
        "is_roots": not files.loosened(state, 0o7777),
    }


def read(host: Host, paths: t.Sequence[str], kubelet: bool) -> Facts:
    """The facts of a host. Raises KubewrightError for what cannot be read.

    files: by path None where it is absent, or its digest (SHA-256), meaning (see C(_base.values.meaning)), mode (permission bits)
    and whether it is root's. kubelet: whether it runs and is started at boot, or why that cannot be
    known; only where it is asked for.
    """
    found: Facts = {"files": {path: _file(host, path) for path in paths}}
    if kubelet:
        # Not every phase of the read has to do with the kubelet: the one that has says what is wrong with it.
        try:
            found["kubelet"] = dict(host.kubelet_state()._asdict(), error="")
        except KubewrightError as error:
            found["kubelet"] = {"active": False, "disabled": False, "error": str(error)}
    return found


__all__ = ("Facts", "read")
