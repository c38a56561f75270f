# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Disks that a control plane writes to."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.disk import Space
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import on_host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

# What etcd lays out for each piece of its log in advance (SegmentSizeBytes, server/storage/wal, 3.2 to 3.6).
_ETCD_BYTES = 64_000_000
_LEAST_BYTES = 2**20


def _folders(seen: Situation) -> dict[str, str]:
    """The folders that are written to, with the component that does."""
    found = {"/var/lib/kubelet": "kubelet", seen.layout.pod_logs: "kubelet"}
    etcd = seen.pods.get("etcd")
    data = on_host(etcd, etcd.flag("data-dir")) if etcd is not None else None
    if data is not None:
        found[data] = "etcd"
    return {folder: component for folder, component in found.items() if seen.host.is_folder(folder)}


def _of_space(folder: str, component: str, space: Space | None, least: int) -> Verdict | None:
    if space is None:
        return None
    # Kubelet and etcd run as root.
    if space.root_bytes < least:
        evidence = [f"{folder}: {space.root_bytes // 2**20} MiB free for root"]
        cure = f"Free space on the file system of {folder} (df -h {folder})."
        return Verdict(component, "DiskFull", f"has no space left for {folder}", evidence, cure)
    if space.free_inodes == 0:
        cure = f"Remove files from the file system of {folder} (df -i {folder})."
        return Verdict(
            component, "InodesUsedUp", f"can make no more files in {folder}", [f"{folder}: 0 inodes free"], cure
        )
    return None


def judge_storage(seen: Situation) -> t.Iterator[Verdict]:
    """Whether there is room, and whether it can be written to."""
    for folder, component in _folders(seen).items():
        least = _ETCD_BYTES if component == "etcd" and not seen.is_well("etcd") else _LEAST_BYTES
        full = _of_space(folder, component, seen.host.space(folder), least)
        if full is not None:
            yield full
            continue
        refusal = seen.host.write_refusal(folder)
        if refusal is not None:
            cure = f"See 'mount' and 'dmesg' (the kernel mounts a damaged file system read-only), and mount {folder} for writing."
            yield Verdict(component, "NotWritable", f"cannot write to {folder}", [f"{folder}: {refusal}"], cure)


__all__ = ("judge_storage",)
