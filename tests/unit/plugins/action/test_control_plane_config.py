# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""control_plane_config."""

from __future__ import annotations

import typing as t

import pytest
from acting import act
from joined_cluster import cluster_of
from resolving import resolved

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

MakeFacts = t.Callable[..., dict[str, t.Any]]
VARIABLES = {"kubewright_control_plane_endpoint": "api.example.com", "kubewright_kubernetes_version": "1.37.0"}
MEMBER = {"id": "1", "name": "cp1", "peers": ["https://192.0.2.99:2380"], "clients": [], "is_learner": False}


@pytest.fixture(name="cluster")
def fixture_cluster(node_facts: MakeFacts) -> dict[str, t.Any]:
    """What join_info returns."""
    config = Config(resolved(node_facts(), "1.37.0", control_plane_endpoint="api.example.com"))
    return dict(cluster_of(config), etcd_members=[MEMBER])


def _answer(facts: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    identity = {"problem": "it is absent", "node": "", "server": "", "has_token": False, "settings": None}
    answers = {"config": facts, "join": identity, **more}
    return {"facts": {"files": {}, "answers": answers}}


def test_what_is_resolved(node_facts: MakeFacts, cluster: dict[str, t.Any]) -> None:
    """Breaks the join: the host is not asked for what its kubelet logs in with, or what it says is lost."""
    action = act("control_plane_config", {"cluster": cluster}, VARIABLES, _answer(node_facts()))
    assert action.shipped is not None
    assert action.shipped["questions"]["join"] == {"ca": "CA\n"}
    assert action.hidden
    result = action.result
    assert result["check_mode"] is False
    assert act("control_plane_config", {"cluster": cluster}, VARIABLES, _answer(node_facts()), check=True).result[
        "check_mode"
    ]
    assert (result["joins"], result["node"], result["in_status"]) == ("it is absent", node_facts()["hostname"], False)
    assert result["etcd"]["is_absent"]
    assert Config(result["resolved"]).joined_control_plane is not None


@pytest.mark.parametrize(
    ("more", "absent"),
    [({"shared_certs": {"absent": []}}, []), ({"shared_certs": {"absent": ["ca.key"]}}, ["ca.key"]), ({}, None)],
)
def test_what_all_control_planes_have(
    node_facts: MakeFacts, cluster: dict[str, t.Any], more: dict[str, t.Any], absent: list[str] | None
) -> None:
    """Breaks the certificates: what could not be compared, as with another cluster's CA, counts as there."""
    action = act("control_plane_config", {"cluster": cluster}, VARIABLES, _answer(node_facts(), **more))
    assert action.shipped is not None
    asked = action.shipped["questions"]["shared_certs"]
    assert asked == {"folder": "/etc/kubernetes/pki", "digests": cluster["shared_certs"]}
    assert action.result["absent_shared_certs"] == absent


def test_faults(node_facts: MakeFacts, cluster: dict[str, t.Any]) -> None:
    """Breaks when what differs from the cluster is not told by the name of the variable, or as a traceback."""
    for more, words in (
        ({"kubewright_service_subnet": "10.97.0.0/16"}, "kubewright_service_subnet"),
        ({"kubewright_cri_socket": "nowhere"}, "kubewright_cri_socket"),
    ):
        result = act("control_plane_config", {"cluster": cluster}, {**VARIABLES, **more}, _answer(node_facts())).result
        assert result["failed"]
        assert words in result["msg"]


def test_a_host_that_cannot_be_asked(cluster: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails."""
    answer = {"failed": True, "msg": "x"}
    assert act("control_plane_config", {"cluster": cluster}, VARIABLES, answer).result["msg"] == "x"


def test_there_is_no_cluster_yet() -> None:
    """Breaks --check of hosts that are all blank: it fails, or keeps silent about those that are going to join."""
    variables = {**VARIABLES, "inventory_hostname": "h2"}
    action = act("control_plane_config", {"cluster": None}, variables, check=True)
    assert (action.trips, action.result["changed"], action.result["resolved"]) == ([], True, None)
    assert [row["artefact"] for row in action.result["planned"]] == ["node h2"]
    assert "no control plane of the cluster has said" in act("control_plane_config", {}, variables).result["msg"]


def test_a_connection_that_leaves_files(node_facts: MakeFacts, cluster: dict[str, t.Any]) -> None:
    """Breaks etcd: a member is added for a host that cannot be given its token, and never starts."""
    arguments: dict[str, t.Any] = {"cluster": cluster}
    result = act("control_plane_config", arguments, VARIABLES, _answer(node_facts()), pipelining=False).result
    assert result["failed"]
    assert "Take a connection that knows pipelining" in result["msg"]
    planned = act("control_plane_config", arguments, VARIABLES, _answer(node_facts()), check=True, pipelining=False)
    assert planned.result["joins"] == "it is absent"
