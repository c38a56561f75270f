# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of a worker, by what the cluster says."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from joined_cluster import cluster_of
from resolving import resolved

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join import worker as subject
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.cluster import version_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import resolve
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

Facts = dict[str, t.Any]
MakeFacts = t.Callable[..., Facts]
VERSIONS = [f"v1.{minor}.0" for minor in range(12, 38)]


def _worker(facts: Facts, cluster: dict[str, t.Any], **own: t.Any) -> Config:
    version = version_of(cluster)
    (name,) = cluster["kubelet"]
    text = subject.kubelet_text(cluster, name)
    variables = {f"kubewright_{name}": value for name, value in own.items()}
    read = read_input(subject.worker_variables(variables, cluster["configuration"], text))
    found = resolve(read, subject.worker_facts(dict(facts, default_address=None, hostname="worker1")))
    config = Config(subject.joining(found, cluster, text))
    assert config.version == version
    return config


def _files(config: Config) -> dict[str, str]:
    return {file.path: file.content for file in phase_files("kubelet_start", config)}


@pytest.mark.parametrize("version", VERSIONS)
def test_its_files(node_facts: MakeFacts, version: str) -> None:
    """Breaks a worker in some minor: its kubelet runs with other settings than those of the cluster, or trusts another CA."""
    first = Config(resolved(node_facts(), version, kubelet_configuration={"maxPods": 50}, pod_subnet="10.244.0.0/16"))
    cluster = cluster_of(first)
    config = _worker(node_facts(), cluster)
    files = _files(config)
    assert files["/etc/kubernetes/pki/ca.crt"] == "CA\n"
    (stored,) = cluster["kubelet"].values()
    instance = yaml.safe_load(files.get("/var/lib/kubelet/instance-config.yaml", "{}"))
    assert yaml.safe_load(files["/var/lib/kubelet/config.yaml"]) == {**yaml.safe_load(stored), **instance}
    if config.release.version.minor < 19:
        assert files["/var/lib/kubelet/config.yaml"] == stored
    flags = files["/var/lib/kubelet/kubeadm-flags.env"]
    assert flags == _files(first)["/var/lib/kubelet/kubeadm-flags.env"]
    assert "register-with-taints" not in flags


def test_what_its_own_variables_say(node_facts: MakeFacts) -> None:
    """Breaks a worker of its own kind: its taints, flags and name are not its own, or it changes what is the cluster's."""
    cluster = cluster_of(Config(resolved(node_facts(), "v1.36.0")))
    taints = [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}, {"key": "slow", "effect": "PreferNoSchedule"}]
    config = _worker(
        node_facts(),
        cluster,
        taints=taints,
        node_name="worker9",
        kubelet_extra_args={"node-labels": "zone=a"},
        kubernetes_version="v1.30.0",
        kubelet_configuration={"maxPods": 7},
        pod_subnet="10.9.0.0/16",
    )
    flags = _files(config)["/var/lib/kubelet/kubeadm-flags.env"]
    assert "--register-with-taints=gpu=yes:NoSchedule,slow:PreferNoSchedule" in flags
    assert "--node-labels=zone=a" in flags
    assert "--hostname-override=worker9" in flags
    assert (config.version, config.pod_subnet, config.kubelet.get("maxPods")) == ("v1.36.0", "", None)


def test_what_is_waited_for(node_facts: MakeFacts) -> None:
    """Breaks every worker: components of a control plane are waited for that it does not have."""
    config = _worker(node_facts(), cluster_of(Config(resolved(node_facts(), "v1.20.2"))))
    plane = control_plane(config)
    assert [(item.name, item.required) for item in plane.endpoints] == [("kubelet", True)]
    assert (plane.components, plane.ca, plane.node_name) == ({}, "/etc/kubernetes/pki/ca.crt", "worker1")


def test_what_the_cluster_lacks(node_facts: MakeFacts) -> None:
    """Breaks with a traceback on a cluster that was made otherwise."""
    cluster = cluster_of(Config(resolved(node_facts(), "v1.36.0")))
    with pytest.raises(KubewrightError, match="no ConfigMap kube-system/kubelet-config-1"):
        subject.kubelet_text(cluster, "kubelet-config-1.20")
