# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""node_drain against a cluster in memory."""

from __future__ import annotations

import typing as t

import pytest
from objects_in_memory import Object, Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.emptied_nodes import CORDONED, SINCE
from ansible_collections.kubewright.control_plane.plugins.modules import node_drain

RunModule = t.Callable[..., t.Any]


def _node(name: str, is_ready: str = "True") -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"conditions": [{"type": "Ready", "status": is_ready}]},
    }


@pytest.fixture(name="server")
def fixture_server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A cluster of a node that is Ready and one that is not."""
    server = Server(_node("w1"), _node("w2", "Unknown"))
    monkeypatch.setattr(node_drain, "waiting_client", lambda _host, _timeout: server)
    monkeypatch.setattr(node_drain, "own_client", lambda _host, _timeout, waits: server)
    monkeypatch.setattr(node_drain, "drain", lambda _client, _evicting, name, *_more: [f"default/of-{name}"])
    monkeypatch.setattr(node_drain, "unmanaged_pods", lambda _client, _name: [])
    return server


def test_it_is_emptied_and_takes_pods_again(run_module: RunModule, server: Server) -> None:
    """Breaks --check, which would evict; or the node, which stays cordoned."""
    (path, _other) = server.objects
    assert run_module("node_drain", {"name": "w1"}, check=True).result["changed"]
    assert server.writes == []
    run = run_module("node_drain", {"name": "w1"}).result
    assert (run["changed"], run["evicted"]) == (True, ["default/of-w1"])
    assert server.objects[path]["spec"] == {"unschedulable": True}
    assert {SINCE, CORDONED} == server.objects[path]["metadata"]["annotations"].keys()
    again = {"name": "w1", "state": "schedulable"}
    assert run_module("node_drain", again, check=True).result["changed"]
    assert run_module("node_drain", again).result["changed"]
    assert server.objects[path]["spec"] == {}
    assert not run_module("node_drain", again).result["changed"]
    assert not run_module("node_drain", again, check=True).result["changed"]


@pytest.mark.parametrize("name", ["w2", "w9"])
def test_what_has_no_pods_that_could_end(run_module: RunModule, server: Server, name: str) -> None:
    """Breaks the mend of a node: its kubelet is away, which the change is to mend, and no eviction ever ends."""
    for state in ("drained", "schedulable"):
        assert not run_module("node_drain", {"name": name, "state": state}).result["changed"]
    assert server.writes == []


def test_pods_that_would_be_gone_for_good(
    run_module: RunModule, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks somebody's work: a pod that nobody makes anew is evicted with the others; or --check says nothing of it."""
    monkeypatch.setattr(node_drain, "unmanaged_pods", lambda _client, _name: ["default/by-hand"])
    for check in (True, False):
        run = run_module("node_drain", {"name": "w1"}, check=check)
        assert run.code == 1
        assert "as they have no controller: default/by-hand. Nothing is evicted" in run.result["msg"]
    assert server.writes == []


def test_others_are_being_emptied(run_module: RunModule, server: Server) -> None:
    """Breaks the whole cluster at a time: a play that does all workers side by side."""
    for path in server.objects:
        server.objects[path]["metadata"]["annotations"] = {SINCE: "2026-01-01"} if path.endswith("w2") else {}
    run = run_module("node_drain", {"name": "w1"})
    assert run.code == 1
    assert "run for one host after the other (serial: 1)" in run.result["msg"]
    assert run_module("node_drain", {"name": "w1", "at_once": 2}).result["changed"]
