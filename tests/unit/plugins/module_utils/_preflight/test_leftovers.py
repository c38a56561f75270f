# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an earlier install may have left."""

from __future__ import annotations

import pathlib

import pytest
from inspected_folder import host_in, host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import leftovers


def test_what_is_left(tmp_path: pathlib.Path) -> None:
    """Breaks the warning on a host that belonged to another cluster, or warns on a fresh one."""
    assert leftovers.gather(host_in(tmp_path), {})["files"] == []
    assert leftovers.gather(host_in(tmp_path), {})["pods"] == 0
    files = {"/var/lib/kubelet/config.yaml": "", "/etc/kubernetes/admin.conf": "", "/etc/kubernetes/mine.txt": ""}
    host = host_with(tmp_path, **files, **{f"/var/lib/kubelet/pods/{name}/x": "" for name in ("a", "b")})
    found = leftovers.gather(host, {})
    assert (found["files"], found["pods"]) == (["/var/lib/kubelet/config.yaml", "/etc/kubernetes/admin.conf"], 2)


def test_only_interfaces_that_can_be_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks hosts whose kernel has the module of a tunnel: its device stays whatever one does."""
    names = ["lo", "eth0", "cni0", "tunl0", "docker0", "flannel.1"]
    monkeypatch.setattr(InspectedHost, "interfaces", lambda _self: names)
    assert leftovers.gather(host_in(), {})["interfaces"] == ["cni0", "flannel.1"]


def test_names_that_cannot_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the terminal: the kernel takes nearly every name for an interface."""
    monkeypatch.setattr(InspectedHost, "interfaces", lambda _self: ["cali\x1b[2J\u202e"])
    (name,) = leftovers.gather(host_in(), {})["interfaces"]
    assert (name.isprintable(), "[2J" in name) == (True, True)
