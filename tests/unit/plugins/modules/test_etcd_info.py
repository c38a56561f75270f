# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""etcd_info on a host without a member, and on one whose member does not answer."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host


@pytest.mark.parametrize("check", [True, False])
def test_a_host_without_a_member(
    run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    """Breaks the first run, and --check before it: a traceback, or a host that counts as silent."""
    monkeypatch.setattr(Host, "exists", lambda _self, _path: False)
    run = run_module("etcd_info", {}, check=check)
    assert (run.code, run.result["state"], run.result["cluster"]) == (0, "blank", None)
