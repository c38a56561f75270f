# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""node_info on a host that is no node."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host


def test_a_host_that_is_none(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the second reset: a host without files is an error."""
    monkeypatch.setattr(Host, "content", lambda _self, _path: None)
    monkeypatch.setattr(Host, "exists", lambda _self, _path: False)
    result = run_module("node_info", {}).result
    assert (result["is_node"], result["state"], result["ca"]) == (False, "blank", "")
    assert "127.0.0.1" in result["addresses"]
