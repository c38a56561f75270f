# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""join_token against a cluster in memory."""

from __future__ import annotations

import typing as t

import pytest
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.modules import join_token


def test_it_is_made_and_removed(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the join: a token that nobody can use; or one that outlives the run, also where the node never came."""
    server = Server()
    monkeypatch.setattr(join_token, "waiting_client", lambda _host, _timeout: server)
    made = run_module("join_token", {"node": "worker1"}).result
    assert made["token"].startswith(made["token_id"] + ".")
    arguments = {"node": "worker1", "state": "absent", "token_id": made["token_id"], "timeout": 0}
    failed = run_module("join_token", arguments)
    assert failed.code == 1
    assert "has not registered the node worker1" in failed.result["msg"]
    assert server.objects == {}
    again = run_module("join_token", dict(arguments, registered=False))
    assert (again.code, again.result["changed"]) == (0, False)


def test_check_mode(run_module: t.Callable[..., t.Any]) -> None:
    """Breaks --check: a token is made."""
    assert run_module("join_token", {"node": "worker1"}, check=True).result["changed"]


def test_a_host_without_a_control_plane(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks with a traceback where the wrong host is asked."""
    monkeypatch.setattr(Host, "content", lambda _self, _path: None)
    run = run_module("join_token", {"node": "worker1"})
    assert run.code == 1
    assert "ask another control plane" in run.result["msg"]
