# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""node_remove against a cluster in memory."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd import client
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import StaticPod
from ansible_collections.kubewright.control_plane.plugins.modules import node_remove

NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "cp3"},
    "status": {
        "addresses": [{"type": "InternalIP", "address": "192.0.2.12"}],
        "conditions": [{"type": "Ready", "status": "Unknown"}],
    },
}
PATH = "/api/v1/nodes/cp3"
OTHER = Member("1", "cp1", ("https://192.0.2.10:2380",), ("https://192.0.2.10:2379",), False)
LOST = Member("3", "cp3", ("https://192.0.2.12:2380",), ("https://192.0.2.12:2379",), False)


class Cluster(t.NamedTuple):
    """api: its objects. removed: members of etcd. why: of the others, why one is not healthy."""

    api: Server
    removed: list[str]
    why: dict[str, str]


@pytest.fixture(name="cluster")
def fixture_cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """One whose third control plane is lost."""
    found = Cluster(Server(NODE), [], {})
    monkeypatch.setattr(node_remove, "own_client", lambda _host, _timeout, waits: found.api)
    monkeypatch.setattr(node_remove, "waiting_client", lambda _host, _timeout: found.api)
    monkeypatch.setattr(node_remove, "has_member", lambda _host: True)
    pod = StaticPod("kube-apiserver", "", "", ["kube-apiserver", "--advertise-address=192.0.2.10"], [], [], "")
    monkeypatch.setattr(node_remove, "api_server", lambda _host: pod)
    monkeypatch.setattr(node_remove, "server", lambda _host: client.Server("https://127.0.0.1:2379", None))  # type: ignore[arg-type]
    monkeypatch.setattr(node_remove, "members", lambda _call: ([OTHER, LOST], "7"))
    monkeypatch.setattr(node_remove, "remove", lambda _call, member: found.removed.append(member.id))
    monkeypatch.setattr(node_remove, "unhealthy", lambda _server, member: found.why.get(member.name, ""))
    return found


def test_a_lost_control_plane(run_module: t.Callable[..., t.Any], cluster: Cluster) -> None:
    """Breaks the replacement of a host: its member keeps its vote, or its node stays."""
    checked = run_module("node_remove", {"name": "cp3"}, check=True).result
    assert (checked["changed"], cluster.removed, list(cluster.api.objects)) == (True, [], [PATH])
    run = run_module("node_remove", {"name": "cp3"})
    assert run.result["removed"] == ["etcd member cp3", "Node cp3"] == checked["removed"]
    assert (cluster.removed, cluster.api.objects, run.result["evicted"]) == (["3"], {}, [])


def test_one_that_is_in_use_is_emptied_first(
    run_module: t.Callable[..., t.Any], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks what runs on it: it is cut off without a word."""
    cluster.api.objects[PATH]["status"]["conditions"][0]["status"] = "True"
    done: list[str] = []
    monkeypatch.setattr(node_remove, "cordon", lambda _client, name: done.append(f"cordon {name}"))

    def drain(_client: t.Any, _evicting: t.Any, name: str, _timeout: float, *_clock: t.Any) -> list[str]:
        done.append(f"drain {name}")
        return ["default/web-1"]

    monkeypatch.setattr(node_remove, "drain", drain)
    assert run_module("node_remove", {"name": "cp3"}).result["evicted"] == ["default/web-1"]
    assert done == ["cordon cp3", "drain cp3"]


def test_when_the_others_would_lose_their_quorum(run_module: t.Callable[..., t.Any], cluster: Cluster) -> None:
    """Breaks the cluster: the second of three members goes while the first is away."""
    cluster.why["cp1"] = "No route to host"
    run = run_module("node_remove", {"name": "cp3"})
    assert run.code == 1
    assert "not all healthy: cp1" in run.result["msg"]
    assert (cluster.removed, list(cluster.api.objects)) == ([], [PATH])


def test_a_member_that_may_be_another_hosts(run_module: t.Callable[..., t.Any], cluster: Cluster) -> None:
    """Breaks another control plane: its member is removed for a name or an address that fits."""
    cluster.api.objects[PATH]["status"]["addresses"][0]["address"] = "192.0.2.99"
    run = run_module("node_remove", {"name": "cp3"})
    assert run.code == 1
    assert "may be another host's. Nothing is removed" in run.result["msg"]
    assert run_module("node_remove", {"name": "cp3", "addresses": ["192.0.2.12"]}).result["changed"]


def test_what_is_not_there(run_module: t.Callable[..., t.Any], cluster: Cluster) -> None:
    """Breaks the second run; or the host that is asked removes itself, whatever its node is called."""
    assert not run_module("node_remove", {"name": "w9"}).result["changed"]
    run = run_module("node_remove", {"name": "cp1", "addresses": ["192.0.2.10"]})
    assert run.code == 1
    assert "Ask another control plane" in run.result["msg"]


@pytest.mark.parametrize("name", ["", "a/b", "Node", "../nodes"])
def test_what_is_no_name(run_module: t.Callable[..., t.Any], cluster: Cluster, name: str) -> None:
    """Breaks the whole cluster: a variable that is empty names all nodes."""
    run = run_module("node_remove", {"name": name})
    assert run.code == 1
    assert run.result["msg"].startswith("remove: name: found ")
    assert cluster.api.requests == []


def test_a_host_that_is_none(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the cause where the wrong host is asked."""

    def nowhere(*_given: t.Any, **_more: t.Any) -> None:
        raise KubewrightError("there is no /etc/kubernetes/admin.conf on this host")

    monkeypatch.setattr(node_remove, "own_client", nowhere)
    assert run_module("node_remove", {"name": "cp3"}).result["msg"].startswith("remove: there is no ")


def test_another_hosts_node_stays(
    run_module: t.Callable[..., t.Any], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks a node: a host that had its name before is reset, and takes the one with it that has it now; or it cannot be reset ever."""
    warned: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _self, text: warned.append(text))
    given = {"name": "cp3", "addresses": ["192.0.2.99"], "same_host": True}
    refused = run_module("node_remove", given)
    assert refused.code == 1
    assert "is at 192.0.2.12, which is not this host" in refused.result["msg"]
    passed = run_module("node_remove", dict(given, force=True))
    assert (passed.code, passed.result["changed"], cluster.removed, list(cluster.api.objects)) == (0, False, [], [PATH])
    assert warned[0].endswith("so it stays.")


def test_an_etcd_that_is_not_well(
    run_module: t.Callable[..., t.Any], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks the end of a cluster that is broken: nothing of it can be reset."""
    monkeypatch.setattr(AnsibleModule, "warn", lambda _self, _text: None)
    cluster.why["cp1"] = "No route to host"
    assert run_module("node_remove", {"name": "cp3"}).code == 1
    forced = run_module("node_remove", {"name": "cp3", "force": True})
    assert (forced.result["removed"], cluster.removed) == (["Node cp3"], [])
