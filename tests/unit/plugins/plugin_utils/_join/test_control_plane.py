# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of a control plane that joins."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from joined_cluster import CLUSTER_SERVER, cluster_of
from resolving import resolved

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import (
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join import control_plane as subject
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import kubeconfigs

MakeFacts = t.Callable[..., dict[str, t.Any]]
ENDPOINT = "api.example.com:6443"
ABSENT = {"problem": "it is absent", "node": "", "server": ""}
PEER, MEMBER = (
    "https://192.0.2.11:2380",
    {
        "id": "1",
        "name": "cp1",
        "peers": ["https://192.0.2.10:2380"],
        "clients": ["https://192.0.2.10:2379"],
        "is_learner": False,
    },
)


def _own(version: str, facts: dict[str, t.Any], **variables: t.Any) -> dict[str, t.Any]:
    given = {"control_plane_endpoint": ENDPOINT, "node_name": "cp2", "advertise_address": "192.0.2.11", **variables}
    return resolved(facts, version, **given)


def _joining(
    facts: dict[str, t.Any], version: str = "1.37.0", members: t.Any = (MEMBER,), **variables: t.Any
) -> Config:
    own = _own(version, facts, **variables)
    return Config(subject.joining(own, dict(cluster_of(Config(own)), etcd_members=list(members)), ABSENT))


@pytest.mark.parametrize("minor", range(17, 38))
def test_its_member_of_etcd(node_facts: MakeFacts, minor: int) -> None:
    """Breaks the join in some minor: the member begins a cluster of its own, in which nothing is."""
    config = _joining(node_facts(), f"1.{minor}.0")
    (manifest,) = phase_files("etcd", config)
    command = yaml.safe_load(manifest.content)["spec"]["containers"][0]["command"]
    assert f"--initial-cluster=cp1=https://192.0.2.10:2380,cp2={PEER}" in command
    assert "--initial-cluster-state=existing" in command
    assert (config.joined_control_plane or {})["etcd"] == {
        "name": "cp2",
        "peer": PEER,
        "is_absent": True,
        "has_vote": False,
        "learner": True,
        "cluster": f"cp1=https://192.0.2.10:2380,cp2={PEER}",
        "others": ["https://192.0.2.10:2380", "https://192.0.2.10:2379"],
    }


@pytest.mark.parametrize("minor", range(12, 38))
def test_its_kubeconfigs(node_facts: MakeFacts, minor: int) -> None:
    """Breaks what only the first one has: the kubelet asks for its own, and nobody needs another super-admin.conf."""
    own = _own(f"1.{minor}.0", node_facts(), etcd_external={"endpoints": ["https://192.0.2.5:2379"]})
    config = Config(subject.joining(own, cluster_of(Config(own)), ABSENT))
    names = [item.name for item in kubeconfigs(config)]
    assert names == ["admin.conf", "controller-manager.conf", "scheduler.conf"]
    joined = config.joined_control_plane or {}
    assert joined["server"] == ("https://192.0.2.11:6443" if minor >= 33 else CLUSTER_SERVER)
    assert (joined["problem"], joined["etcd"]) == ("it is absent", None)


def test_one_that_has_joined(node_facts: MakeFacts) -> None:
    """Breaks the second run: the manifest of etcd is written anew by what the members are now, or it is added again."""
    began = "cp9=https://192.0.2.9:2380,cp2=" + PEER
    facts = node_facts(etcd_has_data=True, etcd_joined=began)
    own = {"id": "2", "name": "cp2", "peers": [PEER], "clients": [], "is_learner": False}
    config = _joining(facts, members=(MEMBER, own))
    assert config.etcd_joined == began
    etcd = (config.joined_control_plane or {})["etcd"]
    assert (etcd["is_absent"], etcd["has_vote"]) == (False, True)
    waits = _joining(facts, members=(MEMBER, dict(own, is_learner=True)))
    assert not (waits.joined_control_plane or {})["etcd"]["has_vote"]


def test_one_that_has_lost_its_data(node_facts: MakeFacts) -> None:
    """Breaks the replacement of a host: its new member never gets the vote that the old one had."""
    own = {"id": "2", "name": "cp2", "peers": [PEER], "clients": [], "is_learner": False}
    etcd = (_joining(node_facts(), members=(MEMBER, own)).joined_control_plane or {})["etcd"]
    assert (etcd["is_absent"], etcd["has_vote"]) == (True, False)


def test_data_of_a_member_that_was_removed(node_facts: MakeFacts) -> None:
    """Breaks a host that comes back after it was removed: its etcd ends again and again."""
    with pytest.raises(KubewrightError, match=r"has data of etcd in /var/lib/etcd, and etcd has no member cp2"):
        _joining(node_facts(etcd_has_data=True))
    with pytest.raises(KubewrightError, match="names no members of etcd"):
        _joining(node_facts(), members=())


def test_a_member_without_a_name(node_facts: MakeFacts) -> None:
    """Breaks when another control plane is just joining: kubeadm names it by its id."""
    other = {"id": "255", "name": "", "peers": ["https://192.0.2.12:2380"], "clients": [], "is_learner": True}
    assert (_joining(node_facts(), members=(other,)).etcd_joined or "").startswith("ff=https://192.0.2.12:2380,cp2=")


@pytest.mark.parametrize(("gates", "learner"), [({}, True), ({"EtcdLearnerMode": False}, False)])
def test_the_gate_of_kubeadm(node_facts: MakeFacts, gates: dict[str, bool], learner: bool) -> None:
    """Breaks who has switched learners off."""
    config = _joining(node_facts(), "1.31.0", feature_gates=gates)
    assert (config.joined_control_plane or {})["etcd"]["learner"] is learner


def test_what_all_control_planes_have_to_say_alike(node_facts: MakeFacts) -> None:
    """Breaks the cluster: one of its API servers gives services other addresses, or nodes cannot reach it."""
    cluster = cluster_of(Config(_own("1.36.0", node_facts())))
    same = _own("1.36.4", node_facts())
    subject.refuse_other_cluster(same, cluster, ".".join)
    other = _own(
        "1.37.0",
        node_facts(),
        control_plane_endpoint="other.example.com",
        service_subnet="10.97.0.0/16",
        pod_subnet="10.9.0.0/16",
        dns_domain="example.org",
        cluster_name="other",
        certificates_dir="/srv/pki",
    )
    with pytest.raises(InvalidInput) as caught:
        subject.refuse_other_cluster(other, cluster, ".".join)
    assert [fault.path.rpartition(".")[2] for fault in caught.value.faults] == [
        "controlPlaneEndpoint",
        "serviceSubnet",
        "podSubnet",
        "dnsDomain",
        "clusterName",
        "certificatesDir",
        "kubernetesVersion",
    ]


@pytest.mark.parametrize(
    ("version", "variables", "words"),
    [
        ("1.37.0", {"control_plane_endpoint": None}, "a cluster of one control plane"),
        ("1.16.0", {}, "knows no members without a vote"),
    ],
)
def test_a_cluster_that_others_cannot_join(
    node_facts: MakeFacts, version: str, variables: dict[str, t.Any], words: str
) -> None:
    """Breaks the cluster: its nodes know one control plane alone, or its etcd cannot be reached."""
    own = _own(version, node_facts(), **variables)
    with pytest.raises(InvalidInput, match=words):
        subject.refuse_other_cluster(own, cluster_of(Config(own)), ".".join)


@pytest.mark.parametrize("external", [True, False])
def test_who_signs(node_facts: MakeFacts, external: bool) -> None:
    """Breaks a cluster whose CA's key is elsewhere: the controller manager of the host is given a key that it has not."""
    own = _own("1.37.0", node_facts())
    shared = {"ca.crt": "x"} if external else {"ca.crt": "x", "ca.key": "x"}
    cluster = dict(cluster_of(Config(own)), etcd_members=[MEMBER], shared_certs=shared)
    node = Config(subject.joining(own, cluster, ABSENT)).node
    assert (node["external_ca"], node["ca_on_host"]) == (external, True)
