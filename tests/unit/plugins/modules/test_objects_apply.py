# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""objects_apply: which changes reach the API server, and what the result says of them."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from objects_in_memory import Server, config_map

from ansible_collections.kubewright.control_plane.plugins.modules import objects_apply

TOKEN = "abcdef.0123456789abcdef"
API = {"server": "https://192.0.2.10:6443", "timeout": 60}
CHANGE = {
    "reason": "it is absent",
    "policy": "replace",
    "manifest": config_map({"a": "1"}),
    "token": None,
    "cluster_info": None,
    "expected": None,
    "unseen": False,
}
DECLARED = {
    **CHANGE,
    "manifest": None,
    "token": {"token": TOKEN, "description": "kube-system", "usages": ["signing"], "lifetime": 60.0},
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """The API server of the host."""
    found = Server()
    monkeypatch.setattr(objects_apply, "admin_client", lambda _api, waits: found)
    return found


def test_objects_are_applied(run_module: t.Callable[..., t.Any], server: Server) -> None:
    """Breaks every phase that makes objects: what was made, and the diff of it."""
    arguments = {"phase": "addons", "changes": [CHANGE], "api": API}
    result = run_module("objects_apply", arguments).result
    assert (result["changed"], result["stale"]) == (True, [])
    assert result["objects"] == {"ConfigMap kube-system/x": "created"}
    assert result["diff"][0]["before_header"] == "ConfigMap kube-system/x (absent)"
    assert len(server.writes) == 1


def test_an_object_that_is_no_longer_as_it_was_read(run_module: t.Callable[..., t.Any], server: Server) -> None:
    """Breaks when a change of somebody else's is overwritten unseen."""
    server.store("/api/v1/namespaces/kube-system/configmaps/x", config_map({"a": "2"}))
    result = run_module("objects_apply", {"phase": "addons", "changes": [CHANGE], "api": API}).result
    assert (result["changed"], result["stale"], result["objects"]) == (False, ["ConfigMap kube-system/x"], {})
    assert server.writes == []


def test_check_mode_writes_nothing(run_module: t.Callable[..., t.Any], server: Server) -> None:
    """Breaks check mode for those who call the applier themselves."""
    result = run_module("objects_apply", {"phase": "addons", "changes": [CHANGE], "api": API}, check=True).result
    assert result["objects"] == {"ConfigMap kube-system/x": "created"}
    assert server.writes == []


def test_a_declared_token_is_not_shown(run_module: t.Callable[..., t.Any], server: Server) -> None:
    """Breaks when a token stands in a result or with -vvv; and the words beside it stay as they are."""
    run = run_module("objects_apply", {"phase": "bootstrap_token", "changes": [DECLARED], "api": API})
    assert len(server.objects) == 1
    assert TOKEN not in run.text
    assert TOKEN.partition(".")[2] not in run.text
    # Every text of a secret option would be blotted out wherever it occurs.
    assert run.result["objects"] == {"Secret kube-system/bootstrap-token-abcdef": "created"}
    assert run.result["diff"][0]["after_header"] == "Secret kube-system/bootstrap-token-abcdef"


def test_cluster_info_needs_the_ca(run_module: t.Callable[..., t.Any], server: Server, tmp_path: pathlib.Path) -> None:
    """Breaks the message before the certs phase was run; nothing may be written before."""
    settings = {"endpoint": "https://cp:6443", "empty_list": "null", "preferences": False}
    item = {**CHANGE, "policy": "merge", "manifest": None, "cluster_info": {**settings, "ca": str(tmp_path / "ca.crt")}}
    arguments = {"phase": "bootstrap_token", "changes": [CHANGE, item], "api": API}
    run = run_module("objects_apply", arguments)
    assert run.code == 1
    assert run.result["msg"] == f"bootstrap_token: {tmp_path}/ca.crt is not there: run the certs phase first."
    assert server.writes == []
    (tmp_path / "ca.crt").write_text("PEM")
    assert run_module("objects_apply", arguments).result["objects"]["ConfigMap kube-public/cluster-info"] == "created"
