# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""worker_config: what the cluster says, what the host says, and every fault at once."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_settings
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.all import questions

CONFIGURATION = yaml.safe_dump(
    {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "kubernetesVersion": "v1.33.0"}
)
KUBELET = yaml.safe_dump({"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"})
CLUSTER = {
    "configuration": CONFIGURATION,
    "kubelet": {"kubelet-config": KUBELET},
    "server": "https://h:6443",
    "ca": "CA",
    "nodes": {"worker1": ""},
}


def _answer(
    facts: dict[str, t.Any], problem: str | None = None, node: str = "", settings: dict[str, str] | None = None
) -> dict[str, t.Any]:
    identity = {"problem": problem, "node": node, "server": CLUSTER["server"], "has_token": False, "settings": settings}
    return {"facts": {"files": {}, "answers": {"config": facts, "join": identity}}}


def test_what_is_resolved(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the join: the host is asked for another cluster, or what it says is lost."""
    variables = {"kubewright_node_name": "worker1", "kubewright_pod_subnet": "10.9.0.0/16"}
    action = act("worker_config", {"cluster": CLUSTER}, variables, _answer(node_facts(), "it is absent"))
    assert action.shipped is not None
    assert action.shipped["questions"]["join"] == {"ca": "CA"}
    result = action.result
    assert (result["node"], result["joins"]) == ("worker1", "it is absent")
    assert result["resolved"]["join"]["problem"] == "it is absent"
    assert result["resolved"]["ClusterConfiguration"]["kubernetesVersion"] == "v1.33.0"
    key, socket = (
        "kubeadm.alpha.kubernetes.io/cri-socket",
        result["resolved"]["InitConfiguration"]["nodeRegistration"]["criSocket"],
    )
    assert result["annotations"] == {key: socket}
    has = act("worker_config", {"cluster": {**CLUSTER, "nodes": {"worker1": socket}}}, variables, _answer(node_facts()))
    assert has.result["annotations"] == {}


@pytest.mark.parametrize(
    ("node", "joins"), [("worker1", ""), ("old", "its certificate is of the node old")], ids=["its own", "another's"]
)
def test_a_worker_that_has_joined(node_facts: t.Callable[..., t.Any], node: str, joins: str) -> None:
    """Breaks the second run: it joins again; or a host that was given another name goes on with the old one."""
    variables = {"kubewright_node_name": "worker1"}
    assert (
        act("worker_config", {"cluster": CLUSTER}, variables, _answer(node_facts(), None, node)).result["joins"]
        == joins
    )


def test_what_its_pods_would_feel(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks a roll: a node is not emptied before its kubelet makes pods in another way; or one that joins is; or one stays emptied."""
    variables, has = {"kubewright_node_name": "worker1"}, kubelet_settings.settings("cgroupDriver: cgroupfs\n", "")
    has["containerRuntimeEndpoint"] = "/run/containerd/containerd.sock"
    answer = _answer(node_facts(), None, "worker1", has)
    result = act("worker_config", {"cluster": {**CLUSTER, "emptied": ["worker1"]}}, variables, answer).result
    assert (result["empties"], result["emptied"]) == (["cgroupDriver from cgroupfs to systemd"], True)
    joins = act("worker_config", {"cluster": CLUSTER}, variables, _answer(node_facts(), "it is absent", "", has)).result
    assert (joins["empties"], joins["emptied"]) == ([], False)


def test_a_cluster_that_is_not_there_yet(
    node_facts: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any]
) -> None:
    """Breaks the preflight of workers before there is a cluster; or one is checked for what nothing answers yet."""
    config = make_config("1.31.0", pod_subnet="10.9.0.0/16")
    for cluster in ({}, {"cluster": None}):
        arguments = {**cluster, "config": config.data}
        action = act("worker_config", arguments, {"kubewright_node_name": "w"}, _answer(node_facts(), "it is absent"))
        resolved = Config(action.result["resolved"])
        assert resolved.data["ClusterConfiguration"]["networking"]["podSubnet"] == "10.9.0.0/16"
        assert (resolved.join or {})["problem"]
        assert "reachability" not in questions(resolved)
    there = act("worker_config", {"cluster": CLUSTER, "config": config.data}, {}, _answer(node_facts(), "it is absent"))
    assert there.result["resolved"]["ClusterConfiguration"]["kubernetesVersion"] == "v1.33.0"
    assert "reachability" in questions(Config(there.result["resolved"]))


def test_a_control_plane_is_no_worker(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks a control plane that is in both groups: its kubelet is stopped and joins anew."""
    facts = node_facts(controller_manager_mounts=[])
    result = act("worker_config", {"cluster": CLUSTER}, {}, _answer(facts)).result
    assert result["failed"]
    assert "the host is a control plane" in result["msg"]


def test_faults(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when faults come one by one, or as a traceback."""
    variables = {"kubewright_cri_socket": "nowhere", "kubewright_podsubnet": "x"}
    result = act("worker_config", {"cluster": CLUSTER}, variables, _answer(node_facts())).result
    assert result["failed"]
    assert "kubewright_cri_socket" in result["msg"]
    assert "kubewright_podsubnet" in result["msg"]


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        (dict(CLUSTER, kubelet={}), "no ConfigMap kube-system/kubelet-config"),
        (dict(CLUSTER, configuration="kind: ClusterConfiguration"), "names no kubernetesVersion"),
        (dict(CLUSTER, configuration="kubernetesVersion: v1.99.0"), "outside the supported minors"),
    ],
)
def test_a_cluster_that_cannot_be_joined(cluster: dict[str, t.Any], words: str) -> None:
    """Breaks with a traceback on a cluster that was made otherwise."""
    action = act("worker_config", {"cluster": cluster}, {})
    assert action.trips == []
    assert action.result["failed"]
    assert words in action.result["msg"]


@pytest.mark.parametrize("answer", [{"failed": True, "msg": "x"}, {"unreachable": True}])
def test_a_host_that_cannot_be_asked(answer: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails."""
    result = act("worker_config", {"cluster": CLUSTER}, {}, answer).result
    assert {key: result[key] for key in answer} == answer
