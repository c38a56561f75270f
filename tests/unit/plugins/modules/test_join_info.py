# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""join_info on a host without a control plane."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host


@pytest.mark.parametrize("check", [True, False])
def test_a_host_without_a_control_plane(
    run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    """Breaks --check before there is a cluster; or a run by a host that is none of its control planes: a traceback."""
    monkeypatch.setattr(Host, "content", lambda _self, _path: None)
    monkeypatch.setattr(Host, "exists", lambda _self, _path: False)
    run = run_module("join_info", {}, check=check)
    if check:
        assert (run.code, run.result["cluster"]) == (0, None)
    else:
        assert run.code == 1
        assert run.result["msg"].startswith("join: there is no /etc/kubernetes/admin.conf on this host.")
