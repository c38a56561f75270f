# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of an external etcd is on a host."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.host_state import etcd_host_state
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files


def test_what_is_there(tmp_path: pathlib.Path, make_config: t.Callable[..., Config]) -> None:
    """Breaks the run after one that was cut off; or a host without data is taken for one whose member is only away."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    assert etcd_host_state(host) == "blank"
    (manifest,) = phase_files("etcd", make_config("1.31.0"))
    host.write(manifest.path, manifest.content.encode(), 0o600)
    assert etcd_host_state(host) == "begun"
    host.write("/var/lib/etcd/member/wal/0.wal", b"", 0o600)
    assert etcd_host_state(host) == "whole"
    host.write("/etc/kubernetes/manifests/kube-apiserver.yaml", b"x", 0o600)
    with pytest.raises(KubewrightError, match="the host has a control plane"):
        etcd_host_state(host)


def test_a_manifest_that_is_none(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback, or begins anew over data."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    host.write("/etc/kubernetes/manifests/etcd.yaml", b"kind: List", 0o600)
    with pytest.raises(KubewrightError, match=r"etcd\.yaml cannot be read"):
        etcd_host_state(host)
