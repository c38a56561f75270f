# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster that runs cannot be given: by the manifests that this collection itself renders for it."""

from __future__ import annotations

import posixpath
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.manifests import read_manifest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.running_cluster import check

MakeConfig = t.Callable[..., Config]
EXTERNAL = {"etcd_external": {"endpoints": ["http://192.0.2.5:2379"]}}
SUBNET = {"pod_subnet": "10.244.0.0/16"}


def _running(config: Config) -> dict[str, t.Any]:
    """The facts of a host that runs what a configuration declares."""
    files = [file for phase in ("etcd", "control_plane") for file in phase_files(phase, config)]
    found = {posixpath.basename(file.path): read_manifest(file.content)._asdict() for file in files}
    return {"files": found, "cluster_domain": config.dns_domain}


def _failed(checks: list[Check]) -> list[Check]:
    return [item for item in checks if not item.passed]


@pytest.mark.parametrize("version", ["1.12.10", "1.20.2", "1.28.0", "1.37.2"])
def test_what_runs_is_what_is_declared(make_config: MakeConfig, version: str) -> None:
    """Breaks every second run; or a first one, on which nothing runs."""
    for given in ({}, SUBNET, EXTERNAL):
        config = make_config(version, **given)
        assert _failed(check(config, _running(config))) == []
        assert [item.found for item in check(config, {"files": {}})] == ["no cluster yet"]


@pytest.mark.parametrize("version", ["1.12.10", "1.20.2", "1.37.2"])
@pytest.mark.parametrize(
    ("old", "new", "found", "wanted", "variable"),
    [
        (
            {},
            {"service_subnet": "10.97.0.0/16"},
            "--service-cluster-ip-range=10.97.0.0/16 declared for kube-apiserver",
            "10.96.0.0/12, with which the cluster runs",
            "kubewright_service_subnet",
        ),
        (
            SUBNET,
            {"pod_subnet": "10.245.0.0/16"},
            "--cluster-cidr=10.245.0.0/16 declared for kube-controller-manager",
            "10.244.0.0/16, with which the cluster runs",
            "kubewright_pod_subnet",
        ),
        (
            {},
            {"etcd_data_dir": "/srv/etcd"},
            "--data-dir=/srv/etcd declared for etcd",
            "/var/lib/etcd, with which the cluster runs: etcd would begin again with nothing in it",
            "kubewright_etcd_data_dir",
        ),
        ({}, {"node_name": "other"}, "--name=other declared for etcd", "with which the cluster runs", "node_name"),
        ({}, {"dns_domain": "example.org"}, "the DNS domain example.org declared", "cluster.local, with", "dns_domain"),
        (
            {},
            {"certificates_dir": "/srv/pki"},
            "the folder /srv/pki declared for certificates, which has no CA",
            "/etc/kubernetes/pki, with which the cluster runs",
            "move /etc/kubernetes/pki there before",
        ),
        (
            EXTERNAL,
            {},
            "an etcd of this host declared",
            "http://192.0.2.5:2379, with which",
            "kubewright_etcd_external",
        ),
    ],
)
def test_what_cannot_be_changed(
    make_config: MakeConfig,
    version: str,
    old: dict[str, t.Any],
    new: dict[str, t.Any],
    found: str,
    wanted: str,
    variable: str,
) -> None:
    """Breaks a cluster: its services, nodes or data are lost to a variable that was mistyped."""
    (failed,) = _failed(check(make_config(version, **new), _running(make_config(version, **old))))
    assert (failed.name, failed.severity, failed.found) == ("RunningCluster", "error", found)
    assert wanted in failed.wanted
    assert variable in failed.cure


def test_the_cluster_name(make_config: MakeConfig) -> None:
    """Breaks what a cloud provider has made for a cluster."""
    running = _running(make_config("1.31.0"))
    (failed,) = _failed(check(make_config("1.31.0", cluster_name="other"), running))
    assert "kubewright_cluster_name" in failed.cure


@pytest.mark.parametrize(("version", "fails"), [("1.31.9", False), ("1.32.0", True), ("1.30.0", True)])
def test_another_minor_is_an_upgrade(make_config: MakeConfig, version: str, fails: bool) -> None:
    """Breaks a cluster by an upgrade that only changes manifests, or a patch release is refused."""
    failed = _failed(check(make_config(version), _running(make_config("1.31.0"))))
    assert [item.cure for item in failed] == [
        "Set kubewright_kubernetes_version back, and upgrade with kubeadm upgrade first."
    ] * fails


def test_what_may_be_changed(make_config: MakeConfig) -> None:
    """Breaks changes that a cluster takes: a pod subnet for one that has none, flags, a folder of certificates that were moved."""
    running = _running(make_config("1.31.0"))
    for given in (SUBNET, {"apiserver_extra_args": {"v": "2"}}, {"bind_port": 7443}):
        assert _failed(check(make_config("1.31.0", **given), running)) == []
    moved = make_config("1.31.0", certificates_dir="/srv/pki")
    moved.data["node"]["ca_key"] = True
    assert _failed(check(moved, running)) == []


def test_all_at_once(make_config: MakeConfig) -> None:
    """Breaks a person's patience: each mistake would cost a run."""
    wrong = make_config("1.31.0", service_subnet="10.97.0.0/16", dns_domain="x.org", etcd_data_dir="/srv/etcd")
    assert len(_failed(check(wrong, _running(make_config("1.31.0"))))) == 3


def test_facts_of_an_odd_shape(make_config: MakeConfig) -> None:
    """Breaks with a traceback on manifests of somebody's own."""
    odd = {"pod": "kube-system/kube-apiserver", "etcd_data_dir": None}
    config = make_config("1.31.0")
    checks = check(config, {"files": {"kube-apiserver.yaml": odd, "etcd.yaml": {**odd, "pod": "kube-system/etcd"}}})
    assert _failed(checks) == []
