# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of a host of an external etcd."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from resolving import resolved

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join import etcd_host as subject
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    authorities,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import certificate_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.all import questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

MakeFacts = t.Callable[..., dict[str, t.Any]]
MEMBER = {"id": "1", "name": "etcd1", "peers": ["https://192.0.2.21:2380"], "clients": [], "is_learner": False}
PEER = "https://192.0.2.22:2380"
DROP_IN = "/etc/systemd/system/kubelet.service.d/20-etcd-service-manager.conf"


def _host(
    facts: dict[str, t.Any],
    version: str = "1.37.0",
    members: t.Any = (MEMBER,),
    is_whole: bool = False,
    **variables: t.Any,
) -> Config:
    given = {"node_name": "etcd2", "advertise_address": "192.0.2.22", **variables}
    cluster = {"etcd_members": list(members)} if members is not None else None
    return Config(subject.joining(resolved(facts, version, **given), cluster, is_whole))


def _flags(config: Config) -> list[str]:
    (manifest,) = phase_files("etcd", config)
    return t.cast("list[str]", yaml.safe_load(manifest.content)["spec"]["containers"][0]["command"])


@pytest.mark.parametrize("minor", range(17, 38))
def test_its_member(node_facts: MakeFacts, minor: int) -> None:
    """Breaks the etcd of some minor: a member begins a cluster of its own, or the first one waits for others."""
    joins = _flags(_host(node_facts(), f"1.{minor}.0"))
    assert f"--initial-cluster=etcd1=https://192.0.2.21:2380,etcd2={PEER}" in joins
    assert "--initial-cluster-state=existing" in joins
    begins = _flags(_host(node_facts(), f"1.{minor}.0", members=None))
    assert f"--initial-cluster=etcd2={PEER}" in begins
    assert not any("initial-cluster-state" in flag for flag in begins)


@pytest.mark.parametrize("minor", range(17, 38))
def test_what_a_host_has(node_facts: MakeFacts, minor: int) -> None:
    """Breaks the host: it gets keys of the control plane, or a kubelet that looks for an API server, or open to others."""
    config = _host(node_facts(), f"1.{minor}.0")
    assert [ca.path for ca in authorities(config)] == ["etcd/ca"]
    names = ["etcd/server", "etcd/peer", "etcd/healthcheck-client", "apiserver-etcd-client"]
    assert [leaf.path for leaf in certificates(config)] == names
    # Others ask it by its address.
    assert all("192.0.2.22" in leaf.ip_addresses for leaf in certificates(config)[:2])
    assert host_kubeconfigs(config) == []
    assert not any(path.startswith(("ca.", "sa.", "front-proxy")) for path, _mode in certificate_files(config))
    assert question(config)["public_keys"] == []
    assert [image.rpartition("/")[2].partition(":")[0] for image in images(config)] == ["pause", "etcd"]
    files = {file.path: file.content for file in phase_files("kubelet_start", config)}
    kubelet = yaml.safe_load(files["/var/lib/kubelet/config.yaml"])
    assert (kubelet["address"], kubelet["authorization"]["mode"]) == ("127.0.0.1", "AlwaysAllow")
    assert not kubelet["authentication"]["anonymous"]["enabled"]
    assert not kubelet["authentication"]["webhook"]["enabled"]
    assert "clientCAFile" not in kubelet["authentication"]["x509"]
    assert 'Environment="KUBELET_KUBECONFIG_ARGS="' in files[DROP_IN]


def test_what_is_waited_for_and_checked(node_facts: MakeFacts) -> None:
    """Breaks the run: it waits for an API server that never comes, or the host is checked for one."""
    config = _host(node_facts())
    described = control_plane(config)
    assert [(item.name, item.required) for item in described.endpoints] == [("kubelet", True), ("etcd", True)]
    assert (list(described.components), described.ca) == (["etcd"], "/etc/kubernetes/pki/etcd/ca.crt")
    asked = questions(config)
    other = MEMBER["peers"][0]
    # Before it joins, and no more.
    assert list(asked["reachability"]["targets"]) == [other]
    assert "reachability" not in questions(_host(node_facts(etcd_has_data=True), members=None))
    assert {"etcd_directory", "manifests", "certificates"} <= asked.keys()
    assert [port["number"] for port in asked["ports"]["ports"]] == [10250, 2379, 2380]


def test_one_that_has_joined(node_facts: MakeFacts) -> None:
    """Breaks the second run: the manifest is written anew by what the members are now."""
    began = f"etcd1=https://192.0.2.21:2380,etcd2={PEER}"
    own = {"id": "2", "name": "etcd2", "peers": [PEER], "clients": [], "is_learner": False}
    config = _host(node_facts(etcd_has_data=True, etcd_joined=began), members=(MEMBER, own))
    assert config.etcd_joined == began
    assert (config.etcd_host or {})["has_vote"]
    first = _host(node_facts(etcd_has_data=True), members=None)
    assert (first.etcd_joined, (first.etcd_host or {})["has_vote"]) == (None, True)


def test_what_is_refused(node_facts: MakeFacts) -> None:
    """Breaks a host that is something else, or an etcd that would stand still."""
    with pytest.raises(KubewrightError, match="the host is a control plane"):
        _host(node_facts(controller_manager_mounts=[]))
    with pytest.raises(KubewrightError, match=r"v1\.16\.0: before 1\.17 etcd knows no members without a vote"):
        _host(node_facts(), "1.16.0")
    with pytest.raises(KubewrightError, match="etcd is external in the kubeadm document"):
        _host(node_facts(), etcd_external={"endpoints": ["https://192.0.2.5:2379"]})
    with pytest.raises(KubewrightError, match="data lie elsewhere than in /srv/etcd"):
        _host(node_facts(), members=None, is_whole=True, etcd_data_dir="/srv/etcd")
    with pytest.raises(KubewrightError, match="etcd has no member etcd2"):
        _host(node_facts(etcd_has_data=True))


def test_that_etcd_is_external_is_said_to_control_planes() -> None:
    """Breaks inventories that say it to all hosts."""
    own = {"kubewright_etcd_external": {}, "kubewright_etcd_data_dir": "/srv/etcd", "kubewright_x": 1}
    assert subject.etcd_host_variables(own) == {"kubewright_etcd_data_dir": "/srv/etcd", "kubewright_x": 1}
