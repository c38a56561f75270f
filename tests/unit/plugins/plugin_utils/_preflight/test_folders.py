# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DirWritable-*: tried on real folders."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.folders import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import folders


def _failed(config: Config, root: str) -> dict[str, str]:
    facts = gather(InspectedHost(lambda _argv: Result(0, "", ""), root), folders.question(config))
    return {check.name: check.found for check in folders.check(config, facts) if not check.passed}


def test_folders_that_can_be_written_to(tmp_path: pathlib.Path, make_config: t.Callable[..., Config]) -> None:
    """Breaks on a blank host, whose folders init makes, or leaves something behind."""
    assert _failed(make_config("1.31.0"), str(tmp_path)) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot(tmp_path: pathlib.Path, make_config: t.Callable[..., Config]) -> None:
    """Breaks when init is let run into a folder that takes no files: files are in their places."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/kubernetes").touch()
    (tmp_path / "var/lib").mkdir(parents=True)
    (tmp_path / "var/lib/etcd").touch()
    found = _failed(make_config("1.31.0"), str(tmp_path))
    below = ("", "-manifests", "-pki")
    assert set(found) == {f"DirWritable--etc-kubernetes{name}" for name in below} | {"DirWritable--var-lib-etcd"}
    assert found["DirWritable--var-lib-etcd"] == "/var/lib/etcd is not a folder"


def test_check(make_config: t.Callable[..., Config]) -> None:
    """Breaks when a refusal is not an error with its cause, or an external etcd's folder is asked for."""
    config = make_config("1.31.0", etcd_external={"endpoints": ["http://192.0.2.5:2379"]})
    checks = folders.check(config, {"refused": {"/etc/kubernetes/pki": "/etc: Read-only file system"}})
    assert [(check.name, check.passed) for check in checks] == [
        ("DirWritable--etc-kubernetes", True),
        ("DirWritable--etc-kubernetes-manifests", True),
        ("DirWritable--etc-kubernetes-pki", False),
        ("DirWritable--var-lib-kubelet", True),
    ]
    assert checks[2].found == "/etc: Read-only file system"
