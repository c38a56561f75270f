# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of etcd's data, and its disk, here of this machine."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import etcd_directory


def test_gather_on_a_real_disk(tmp_path: pathlib.Path) -> None:
    """Breaks when the disk is not measured where the folder is absent, or when measuring leaves something behind."""
    host = InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path))
    asked = {"path": "/data/etcd"}
    facts = etcd_directory.gather(host, asked)
    assert facts["entries"] is None
    assert facts["free_bytes"] > 0
    assert facts["fdatasync_ms"] is None or facts["fdatasync_ms"] > 0
    (tmp_path / "data/etcd").mkdir(parents=True)
    assert etcd_directory.gather(host, asked)["entries"] == []
    assert list(tmp_path.rglob("*")) == [tmp_path / "data", tmp_path / "data/etcd"]


def test_names_that_cannot_be_shown(tmp_path: pathlib.Path) -> None:
    """Breaks the terminal: the name of a file is its maker's text."""
    (tmp_path / "data/etcd/a\x1b[2J\nb\u202e").mkdir(parents=True)
    host = InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path))
    (name,) = etcd_directory.gather(host, {"path": "/data/etcd"})["entries"]
    assert (name.isprintable(), "[2J" in name) == (True, True)
