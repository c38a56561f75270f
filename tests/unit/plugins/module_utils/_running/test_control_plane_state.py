# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a control plane is on a host."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import (
    control_plane_state,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files


@pytest.mark.parametrize("external", [True, False])
def test_from_nothing_to_all(tmp_path: pathlib.Path, make_config: t.Callable[..., Config], external: bool) -> None:
    """Breaks the choice of who leads: half a join is taken for the cluster, or the cluster for half a join."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    more = {"etcd_external": {"endpoints": ["https://192.0.2.5:2379"]}} if external else {}
    config = make_config("1.31.0", **more)
    assert control_plane_state(host) == "blank"
    host.write("/etc/kubernetes/admin.conf", b"x", 0o600)
    assert control_plane_state(host) == "begun"
    for phase in ("etcd", "control_plane"):
        for file in phase_files(phase, config):
            host.write(file.path, file.content.encode(), 0o600)
    assert control_plane_state(host) == ("whole" if external else "begun")
    host.write("/var/lib/etcd/member/wal/0.wal", b"", 0o600)
    assert control_plane_state(host) == "whole"
    host.write("/etc/kubernetes/manifests/kube-apiserver.yaml", b"a: [", 0o600)
    assert control_plane_state(host) == "begun"
