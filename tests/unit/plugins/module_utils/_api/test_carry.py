# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of several phases over one connection."""

from __future__ import annotations

import typing as t

import pytest
from objects_in_memory import Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import carry
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.carry import carry_objects

API = {"server": "https://192.0.2.10:6443", "timeout": 60}


def _item(phase: str, name: str, expected: str | None = None, **more: t.Any) -> dict[str, t.Any]:
    change = {"policy": "replace", "manifest": config_map({"a": "1"}, name=name), "token": None, "cluster_info": None}
    return {"phase": phase, "changes": [{**change, "unseen": False, "expected": expected, **more}]}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that can be connected to once."""
    found = [Server()]
    server = found[0]
    monkeypatch.setattr(carry, "admin_client", lambda _api, waits: found.pop() if waits else None)
    return server


def _carry(*items: dict[str, t.Any]) -> dict[str, t.Any]:
    return carry_objects(API, items, lambda _path: None)


def test_all_phases_in_one_connection(server: Server) -> None:
    """Breaks the time of the first run, or the result of each phase, which is its own."""
    found = _carry(_item("upload_config", "x"), _item("addons", "y"))
    assert found["upload_config"]["objects"] == {"ConfigMap kube-system/x": "created"}
    assert found["addons"]["objects"] == {"ConfigMap kube-system/y": "created"}
    assert [path.rpartition("/")[2] for _method, path in server.writes] == ["configmaps"] * 2


def test_a_failure_ends_it(server: Server) -> None:
    """Breaks the order of the phases: what comes after one that failed would be applied, or nobody is told why."""
    server.conflicts = 1000
    found = _carry(_item("upload_config", "x"), _item("addons", "y"))
    assert list(found) == ["upload_config"]
    assert (found["upload_config"]["failed"], found["upload_config"]["msg"][:15]) == (True, "upload_config: ")


def test_what_was_changed_since_it_was_read_stays(server: Server) -> None:
    """Breaks an object that somebody else has just made: its phase has to read it again."""
    server.objects["/api/v1/namespaces/kube-system/configmaps/x"] = config_map({"a": "2"}, resourceVersion="1")
    found = _carry(_item("upload_config", "x"), _item("addons", "y"))
    assert list(found) == ["upload_config"]
    assert found["upload_config"]["stale"] == ["ConfigMap kube-system/x"]
    assert server.writes == []
