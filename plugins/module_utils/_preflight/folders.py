# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""DirWritable-*: the folders into which init writes can be written to."""

from __future__ import annotations

import errno
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    KUBERNETES_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host

# A file system without nameless files says nothing about whether it can be written to.
_NOT_TRIED = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)


def existing_parent(host: Host, path: str) -> str:
    """The folder itself, or the nearest one above it that is there."""
    while path != "/" and not os.path.isdir(host.path(path)):
        path = os.path.dirname(path)
    return path


def _refusal(path: str) -> str | None:
    """Why no file can be made in a folder, or None. The attempt leaves nothing behind."""
    try:
        os.close(os.open(path, os.O_TMPFILE | os.O_WRONLY, 0o600))
    except OSError as error:
        if error.errno not in _NOT_TRIED:
            return os.strerror(error.errno or 0)
    return None


def _folders(config: Config) -> list[str]:
    folders = [KUBERNETES_DIR, MANIFESTS_DIR, config.certificates_dir, KUBELET_DIR]
    folders += [config.local_etcd["dataDir"]] if config.local_etcd else []
    folders += [os.path.dirname(config.audit["path"])] if config.audit else []
    return list(dict.fromkeys(folders))


def gather(host: Host, config: Config) -> dict[str, t.Any]:
    """C(refused): by folder, where no file can be made (itself or a folder above it) and why; only those."""
    refused = {}
    for folder in _folders(config):
        parent = existing_parent(host, folder)
        below = folder[len(parent.rstrip("/")) :].lstrip("/").split("/")[0]
        in_the_way = f"{parent.rstrip('/')}/{below}"
        if below and host.exists(in_the_way):
            refused[folder] = f"{in_the_way} is not a folder"
            continue
        reason = _refusal(host.path(parent))
        if reason is not None:
            refused[folder] = f"{parent}: {reason}"
    return {"refused": refused}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """An error, because init fails there for certain. kubeadm has no such check."""
    checks = []
    for folder in _folders(config):
        refused = facts["refused"].get(folder)
        cure = f"Make it a folder that takes files: room on its file system, mounted rw, not immutable (lsattr -d {folder})."
        name = "DirWritable-" + folder.replace("/", "-")
        checks.append(
            Check(name, ERROR, refused is None, refused or f"{folder} is writable", "a writable folder", cure)
        )
    return checks


__all__ = ("check", "existing_parent", "gather")
