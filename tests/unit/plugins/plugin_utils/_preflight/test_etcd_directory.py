# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of etcd's data, and its disk."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import etcd_directory

MakeConfig = t.Callable[..., Config]
EXTERNAL = {"etcd_external": {"endpoints": ["http://192.0.2.5:2379"]}}
BLANK: dict[str, t.Any] = {"files": {}}
GIB = 2**30


def _own(data_dir: str | None = "/var/lib/etcd", pod: str = "kube-system/etcd") -> dict[str, t.Any]:
    return {"files": {"etcd.yaml": {"pod": pod, "etcd_data_dir": data_dir}}}


@pytest.mark.parametrize(
    ("entries", "manifests", "passed"),
    [
        (None, BLANK, True),
        ([], BLANK, True),
        (["member"], BLANK, False),
        (["lost+found"], BLANK, False),
        (["member"], _own(), True),
        (["lost+found", "member", "snapshot.db"], _own(), True),
        (["snapshot.db"], _own(), False),
        (["member"], _own("/elsewhere"), False),
        (["member"], _own(pod="default/etcd"), False),
    ],
)
def test_dir_available(
    make_config: MakeConfig, entries: list[str] | None, manifests: dict[str, t.Any], passed: bool
) -> None:
    """K2: breaks the second run, or lets a new etcd start on another cluster's data."""
    [check] = etcd_directory.dir_available(make_config("1.31.0"), {"entries": entries}, manifests)
    assert (check.name, check.severity, check.passed) == ("DirAvailable--var-lib-etcd", "error", passed)


@pytest.mark.parametrize(
    ("changed", "arguments", "failed"),
    [
        ({}, {}, set()),
        ({"free_bytes": 4 * GIB - 1}, {}, {"EtcdDiskSpace"}),
        ({"free_bytes": 4 * GIB - 1, "entries": ["member"]}, {}, set()),
        ({"free_bytes": GIB // 4, "entries": ["member"]}, {}, {"EtcdDiskSpace"}),
        ({"free_bytes": 15 * GIB}, {"quota-backend-bytes": str(8 * GIB)}, {"EtcdDiskSpace"}),
        ({"free_bytes": 16 * GIB}, {"quota-backend-bytes": str(8 * GIB)}, set()),
        ({"free_bytes": 5 * GIB}, {"quota-backend-bytes": "0"}, set()),
        ({"free_inodes": 999}, {}, {"EtcdInodes"}),
        ({"fdatasync_ms": 10.0}, {}, {"EtcdDiskLatency"}),
        ({"free_bytes": None, "free_inodes": None, "fdatasync_ms": None}, {}, set()),
    ],
)
def test_disk(make_config: MakeConfig, changed: dict[str, t.Any], arguments: dict[str, str], failed: set[str]) -> None:
    """Breaks when a disk on which etcd fails or stumbles passes, or a running etcd's own data counts against it."""
    facts = {"entries": [], "free_bytes": 5 * GIB, "free_inodes": 1000, "fdatasync_ms": 9.9}
    checks = etcd_directory.disk(make_config("1.31.0", etcd_extra_args=arguments), {**facts, **changed})
    assert {check.name for check in checks if not check.passed} == failed
    assert all(check.severity == "warning" for check in checks)


def test_external_etcd_has_no_folder(make_config: MakeConfig) -> None:
    """Breaks with a traceback, or checks a folder that is not used."""
    config = make_config("1.31.0", **EXTERNAL)
    assert etcd_directory.question(config) is None
    assert etcd_directory.dir_available(config, {}, BLANK) + etcd_directory.disk(config, {}) == []
