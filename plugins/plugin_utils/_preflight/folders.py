# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""DirWritable-*: the folders into which init writes can be written to."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    KUBERNETES_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check


def _folders(config: Config) -> list[str]:
    folders = [KUBERNETES_DIR, MANIFESTS_DIR, config.certificates_dir, KUBELET_DIR]
    folders += [config.local_etcd["dataDir"]] if config.local_etcd else []
    folders += [os.path.dirname(config.audit["path"])] if config.audit else []
    return list(dict.fromkeys(folders))


def question(config: Config) -> dict[str, t.Any]:
    """C(folders): those into which init writes."""
    return {"folders": _folders(config)}


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


__all__ = ("check", "question")
