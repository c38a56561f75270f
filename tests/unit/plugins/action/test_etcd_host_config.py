# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""etcd_host_config: what the members are, what the host says, and every fault at once."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

MEMBER = {"id": "1", "name": "etcd1", "peers": ["https://192.0.2.21:2380"], "clients": [], "is_learner": False}
CLUSTER = {"etcd_members": [MEMBER]}
VARIABLES: dict[str, t.Any] = {
    "inventory_hostname": "etcd2",
    "groups": {"etcd": ["etcd1", "etcd2"], "control_plane": ["cp1"]},
    "kubewright_kubernetes_version": "1.37.0",
    "kubewright_node_name": "etcd2",
    "kubewright_etcd_external": {"endpoints": ["https://192.0.2.21:2379"]},
    "kubewright_kubeconfigs": [{"name": "alice", "path": "/root/alice.conf", "location": "host"}],
}


def _answer(facts: dict[str, t.Any], **identity: t.Any) -> dict[str, t.Any]:
    absent = {"problem": "it is absent", "node": "", "server": "", "has_token": False, "settings": None}
    return {"facts": {"files": {}, "answers": {"config": facts, "join": {**absent, **identity}}}}


def test_what_is_resolved(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks inventories in which all hosts are told that etcd is external, or who may log in to the cluster."""
    result = act("etcd_host_config", {"cluster": CLUSTER}, VARIABLES, _answer(node_facts())).result
    assert (result["etcd"]["name"], result["etcd"]["is_absent"]) == ("etcd2", True)
    assert result["resolved"]["etcdHost"] == result["etcd"]
    assert result["resolved"]["kubeconfigs"] == []
    begins = act("etcd_host_config", {"begins": True}, VARIABLES, _answer(node_facts())).result
    assert (begins["etcd"]["cluster"], begins["etcd"]["has_vote"]) == ("", True)


def test_faults(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when faults come one by one, or as a traceback."""
    wrong = {**VARIABLES, "kubewright_cri_socket": "nowhere", "kubewright_etcddata": "x"}
    result = act("etcd_host_config", {"begins": True}, wrong, _answer(node_facts())).result
    assert result["failed"]
    assert "kubewright_cri_socket" in result["msg"]
    assert "kubewright_etcddata" in result["msg"]
    late = act("etcd_host_config", {"begins": True}, VARIABLES, _answer(node_facts(cryptography_error="gone"))).result
    assert "python3-cryptography" in late["msg"]


def test_where_there_is_no_member_yet() -> None:
    """Breaks --check of a new etcd; or a second one begins beside the first."""
    foreseen = act("etcd_host_config", {}, VARIABLES, check=True)
    assert (foreseen.result["resolved"], foreseen.result["changed"], foreseen.trips) == (None, True, [])
    assert foreseen.result["planned"][0]["action"] == "create"
    run = act("etcd_host_config", {}, VARIABLES).result
    assert run["failed"]
    assert "the host of the group etcd that leads has no member yet" in run["msg"]


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"etcd": ["etcd2"], "control_plane": ["etcd2"]}, "in the group etcd and in control_plane"),
        ({"etcd": ["etcd2"], "workers": ["etcd2"]}, "in the group etcd and in workers"),
        ({"etcd": ["etcd1"]}, "the host is not in the group etcd"),
        ({}, "the host is not in the group etcd"),
    ],
)
def test_a_host_of_other_groups(groups: dict[str, list[str]], words: str) -> None:
    """Breaks inventories in which etcd is on the control planes: their kubelets lose the cluster; or each host begins an etcd alone."""
    action = act("etcd_host_config", {"begins": True}, {**VARIABLES, "groups": groups})
    assert action.trips == []
    assert words in action.result["msg"]


@pytest.mark.parametrize("identity", [{"problem": None, "node": "worker1"}, {"has_token": True}])
def test_a_host_that_is_a_node(node_facts: t.Callable[..., t.Any], identity: dict[str, t.Any]) -> None:
    """Breaks what runs on a worker: its kubelet is taken out of its cluster, and ends all pods."""
    result = act("etcd_host_config", {"begins": True}, VARIABLES, _answer(node_facts(), **identity)).result
    assert result["failed"]
    assert "the host is a node of a cluster" in result["msg"]


@pytest.mark.parametrize("answer", [{"failed": True, "msg": "x"}, {"unreachable": True}])
def test_a_host_that_cannot_be_asked(answer: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails."""
    result = act("etcd_host_config", {"begins": True}, VARIABLES, answer).result
    assert {key: result[key] for key in answer} == answer
