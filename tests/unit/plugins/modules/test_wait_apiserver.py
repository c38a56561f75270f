# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""wait_apiserver: check mode, and which components have just been changed."""

from __future__ import annotations

import os
import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.modules.wait_apiserver import manifest_times


def test_check_mode_does_not_wait(run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the plan for a blank host, where nothing will ever answer."""
    run = run_module("wait_apiserver", {"config": make_config("1.31.0").data}, check=True)
    assert (run.code, run.result["changed"], run.result["seconds"]) == (0, False, 0.0)


def test_manifest_times(tmp_path: pathlib.Path) -> None:
    """Breaks the wait for restarted components: their names and times come from the manifests."""
    path = tmp_path / "kube-apiserver.yaml"
    path.write_text("", encoding="utf-8")
    os.utime(path, (5000, 5000))
    assert manifest_times([str(path), str(tmp_path / "etcd.yaml")]) == {"kube-apiserver": 5000.0}
