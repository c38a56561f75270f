# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When manifests were written."""

from __future__ import annotations

import os
import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.manifest_times import manifest_times

HOST = WatchedHost(lambda _argv: Result(127, "", ""))


def test_manifest_times(tmp_path: pathlib.Path) -> None:
    """Breaks the wait for restarted components: their names and times come from the manifests."""
    path = tmp_path / "kube-apiserver.yaml"
    path.write_text("", encoding="utf-8")
    os.utime(path, (5000, 5000))
    assert manifest_times(HOST, [str(path), str(tmp_path / "etcd.yaml")]) == {"kube-apiserver": 5000.0}
