# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""etcd_member against a cluster in memory."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import Server
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member
from ansible_collections.kubewright.control_plane.plugins.modules import etcd_member

PEER = "https://192.0.2.11:2380"
GIVEN = {"name": "cp2", "peer": PEER}
FIRST = {"ID": "1", "name": "cp1", "peerURLs": ["https://192.0.2.10:2380"], "clientURLs": ["https://192.0.2.10:2379"]}


@pytest.fixture(name="members")
def fixture_members(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, t.Any]]:
    """Those of a cluster that the module reaches. One whose C(why) is given is not healthy."""
    found: list[dict[str, t.Any]] = [dict(FIRST)]

    def call(_server: Server, path: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        if path.endswith("/add"):
            found.append({"ID": "9", "peerURLs": given["peerURLs"], "isLearner": given.get("isLearner", False)})
        elif path.endswith("/remove"):
            found[:] = [member for member in found if member["ID"] != given["ID"]]
        elif path.endswith("/promote"):
            found[-1]["isLearner"] = False
        return {"header": {"cluster_id": "7"}, "members": found}

    monkeypatch.setattr(etcd_member, "call", call)
    monkeypatch.setattr(etcd_member, "server", lambda _host: Server("https://127.0.0.1:2379", None))  # type: ignore[arg-type]

    def why(_server: Server, member: Member) -> str:
        (known,) = [item for item in found if item["ID"] == member.id]
        return str(known.get("why", ""))

    monkeypatch.setattr(etcd_member, "unhealthy", why)
    return found


def test_it_is_added_and_gets_its_vote(run_module: t.Callable[..., t.Any], members: list[dict[str, t.Any]]) -> None:
    """Breaks the join; or a run after one that was cut off, which adds it again."""
    assert run_module("etcd_member", GIVEN).result["changed"]
    assert (members[1]["peerURLs"], members[1]["isLearner"]) == ([PEER], True)
    assert not run_module("etcd_member", GIVEN).result["changed"]
    members[1]["name"] = "cp2"
    assert run_module("etcd_member", dict(GIVEN, state="voting")).result["changed"]
    assert not run_module("etcd_member", dict(GIVEN, state="voting")).result["changed"]


def test_one_whose_data_is_gone(run_module: t.Callable[..., t.Any], members: list[dict[str, t.Any]]) -> None:
    """Breaks the host whose disk was lost: etcd refuses a second member of the same URL, or its old one keeps its vote."""
    members.append({"ID": "2", "name": "cp2", "peerURLs": [PEER], "clientURLs": ["https://192.0.2.11:2379"]})
    run = run_module("etcd_member", GIVEN)
    assert run.code == 1
    assert "is well, and the host that joins has no data of it" in run.result["msg"]
    members[1]["why"] = "Connection refused"
    assert run_module("etcd_member", GIVEN).result["changed"]
    assert [member["ID"] for member in members] == ["1", "9"]


def test_nothing_is_changed_while_another_is_away(
    run_module: t.Callable[..., t.Any], members: list[dict[str, t.Any]]
) -> None:
    """Breaks the quorum of a cluster that has just lost another member."""
    members[0]["why"] = "No route to host"
    run = run_module("etcd_member", GIVEN)
    assert run.code == 1
    assert "cp1 (https://192.0.2.10:2380): No route to host" in run.result["msg"]
    assert len(members) == 1


def test_check_mode(run_module: t.Callable[..., t.Any], members: list[dict[str, t.Any]]) -> None:
    """Breaks --check: a member is added."""
    assert run_module("etcd_member", GIVEN, check=True).result["changed"]
    assert len(members) == 1
