# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""DirAvailable of the etcd data folder, and whether its disk suits etcd: EtcdDiskSpace, EtcdInodes, EtcdDiskLatency."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

# etcd's own default of --quota-backend-bytes.
_DEFAULT_QUOTA = 2 * 2**30
_FEWEST_INODES = 1000
# etcd's tuning guide: the 99th percentile of an fdatasync of its log should be below 10 ms. A disk whose quicker quarter is
# above it is slow by any measure, and not by what else happens at the moment.
_SLOWEST_MS = 10.0


def question(config: Config) -> dict[str, t.Any] | None:
    """C(path): the data folder. None with an external etcd."""
    return None if config.local_etcd is None else {"path": config.local_etcd["dataDir"]}


def _quota(config: Config) -> int:
    for argument in (config.local_etcd or {}).get("extraArgs") or []:
        if argument["name"] == "quota-backend-bytes" and str(argument["value"]).isdigit():
            return int(argument["value"]) or _DEFAULT_QUOTA
    return _DEFAULT_QUOTA


def dir_available(config: Config, facts: t.Mapping[str, t.Any], manifest_facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The data folder is absent or empty, or belongs to this control plane's etcd."""
    if config.local_etcd is None:
        return []
    path, entries = config.local_etcd["dataDir"], facts["entries"]
    own = (
        manifests.is_own(manifest_facts, "etcd")
        and manifest_facts["files"]["etcd.yaml"]["etcd_data_dir"] == path
        # Snapshots are often saved beside it, and a disk of its own has lost+found.
        and "member" in (entries or [])
    )
    found = "{} {}".format(path, "is absent" if entries is None else "is empty")
    if entries:
        found = "{} holds {}".format(path, ", ".join(entries[:5]) + (" and more" if len(entries) > 5 else ""))
    unusable = facts.get("unusable", False)
    if unusable:
        found = f"{path} is not a folder, or cannot be listed"
    wanted = "absent, empty, or the data of this control plane's etcd"
    cure = f"Move what is in {path} away (a backup first: it may be a cluster's data), or set kubewright_etcd_data_dir."
    if entries == ["lost+found"]:
        cure = f"Set kubewright_etcd_data_dir to a folder in {path}, which is the root of a file system; or waive this check."
    return [
        Check(
            "DirAvailable-" + path.replace("/", "-"), ERROR, (not entries and not unusable) or own, found, wanted, cure
        )
    ]


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB"


def disk(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The disk holds etcd's quota twice (database and its copy while it is defragmented), and is fast enough."""
    if config.local_etcd is None:
        return []
    path, checks = config.local_etcd["dataDir"], []
    free, inodes, latency = facts["free_bytes"], facts["free_inodes"], facts["fdatasync_ms"]
    # What etcd has written already needs no room any more.
    least = 0 if "member" in (facts["entries"] or []) else 2 * _quota(config)
    if free is not None:
        cure = f"Make room there, put {path} on a disk of its own, or set kubewright_etcd_data_dir."
        found = f"{_gib(free)} free under {path}"
        wanted = f"at least {_gib(max(least, 2**29))}"
        checks.append(Check("EtcdDiskSpace", WARNING, free >= max(least, 2**29), found, wanted, cure))
    if inodes is not None:
        found, wanted = f"{inodes} free inodes under {path}", f"at least {_FEWEST_INODES}"
        cure = f"Delete files on that file system, or put {path} on another one."
        checks.append(Check("EtcdInodes", WARNING, inodes >= _FEWEST_INODES, found, wanted, cure))
    if latency is not None:
        found, wanted = f"an fdatasync under {path} takes {latency:.1f} ms", f"below {_SLOWEST_MS:.0f} ms"
        cure = f"Put {path} on a faster disk (SSD, no network file system)."
        checks.append(Check("EtcdDiskLatency", WARNING, latency < _SLOWEST_MS, found, wanted, cure))
    return checks


__all__ = ("dir_available", "disk", "question")
