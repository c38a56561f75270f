# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubeadm's own documents, as each minor stores them in the cluster."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubeadm_cluster import (
    cluster_configuration,
    cluster_status,
)

MakeConfig = t.Callable[..., Config]


def test_default_document_of_1_12(make_config: MakeConfig) -> None:
    """K10.1: breaks kubeadm 1.12's upgrade and join, which read this document."""
    assert cluster_configuration(make_config("1.12.2", pod_subnet="10.244.0.0/16")) == {
        "apiServerExtraArgs": {"authorization-mode": "Node,RBAC"},
        "apiVersion": "kubeadm.k8s.io/v1alpha3",
        "auditPolicy": {"logDir": "/var/log/kubernetes/audit", "logMaxAge": 2, "path": ""},
        "certificatesDir": "/etc/kubernetes/pki",
        "clusterName": "kubernetes",
        "controlPlaneEndpoint": "",
        "etcd": {"local": {"dataDir": "/var/lib/etcd", "image": ""}},
        "imageRepository": "k8s.gcr.io",
        "kind": "ClusterConfiguration",
        "kubernetesVersion": "v1.12.2",
        "networking": {"dnsDomain": "cluster.local", "podSubnet": "10.244.0.0/16", "serviceSubnet": "10.96.0.0/12"},
        "unifiedControlPlaneImage": "",
    }


COMMON = {
    "certificatesDir": "/etc/kubernetes/pki",
    "clusterName": "kubernetes",
    "controllerManager": {},
    "etcd": {"local": {"dataDir": "/var/lib/etcd"}},
    "kind": "ClusterConfiguration",
    "networking": {"dnsDomain": "cluster.local", "serviceSubnet": "10.96.0.0/12"},
    "scheduler": {},
}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "1.13.0",
            {
                "apiVersion": "kubeadm.k8s.io/v1beta1",
                "apiServer": {
                    "extraArgs": {"authorization-mode": "Node,RBAC"},
                    "timeoutForControlPlane": "4m0s",
                },
                "controlPlaneEndpoint": "",
                "dns": {"type": "CoreDNS"},
                "imageRepository": "k8s.gcr.io",
                "kubernetesVersion": "v1.13.0",
                "networking": {"dnsDomain": "cluster.local", "podSubnet": "", "serviceSubnet": "10.96.0.0/12"},
            },
        ),
        (
            "1.20.0",
            {
                "apiVersion": "kubeadm.k8s.io/v1beta2",
                "apiServer": {
                    "extraArgs": {"authorization-mode": "Node,RBAC"},
                    "timeoutForControlPlane": "4m0s",
                },
                "dns": {"type": "CoreDNS"},
                "imageRepository": "k8s.gcr.io",
                "kubernetesVersion": "v1.20.0",
            },
        ),
        (
            "1.22.0",
            {
                "apiVersion": "kubeadm.k8s.io/v1beta3",
                "apiServer": {
                    "extraArgs": {"authorization-mode": "Node,RBAC"},
                    "timeoutForControlPlane": "4m0s",
                },
                "dns": {},
                "imageRepository": "k8s.gcr.io",
                "kubernetesVersion": "v1.22.0",
            },
        ),
        (
            "1.30.0",
            {
                "apiVersion": "kubeadm.k8s.io/v1beta3",
                "apiServer": {"timeoutForControlPlane": "4m0s"},
                "dns": {},
                "imageRepository": "registry.k8s.io",
                "kubernetesVersion": "v1.30.0",
            },
        ),
        (
            "1.37.0",
            {
                "apiVersion": "kubeadm.k8s.io/v1beta4",
                "apiServer": {},
                "caCertificateValidityPeriod": "87600h0m0s",
                "certificateValidityPeriod": "8760h0m0s",
                "dns": {},
                "encryptionAlgorithm": "RSA-2048",
                "imageRepository": "registry.k8s.io",
                "kubernetesVersion": "v1.37.0",
                "proxy": {},
            },
        ),
    ],
)
def test_default_document(make_config: MakeConfig, version: str, expected: dict[str, t.Any]) -> None:
    """D2.2: breaks the stored configuration: a field that this API version does not have, or one that it always has."""
    assert cluster_configuration(make_config(version)) == {**COMMON, **expected}


@pytest.mark.parametrize(
    ("version", "stored"),
    [
        ("1.30.0", {"profiling": "false"}),
        ("1.31.0", [{"name": "profiling", "value": "false"}]),
    ],
)
def test_the_form_of_extra_arguments(make_config: MakeConfig, version: str, stored: t.Any) -> None:
    """D2.3: breaks kubeadm's reading: a dictionary until v1beta3, a list from v1beta4 on."""
    document = cluster_configuration(make_config(version, scheduler_extra_args={"profiling": False}))
    assert document["scheduler"]["extraArgs"] == stored


@pytest.mark.parametrize("version", ["1.12.0", "1.13.0", "1.31.0"])
def test_external_etcd(make_config: MakeConfig, version: str) -> None:
    """K1.3: breaks when the stored document says that etcd is local."""
    config = make_config(version, etcd_external={"endpoints": ["http://192.0.2.5:2379"]})
    etcd = cluster_configuration(config)["etcd"]
    assert list(etcd) == ["external"]
    assert etcd["external"] == {"caFile": "", "certFile": "", "endpoints": ["http://192.0.2.5:2379"], "keyFile": ""}


@pytest.mark.parametrize(
    ("version", "api"), [("1.12.0", "v1alpha3"), ("1.13.0", "v1beta1"), ("1.21.0", "v1beta2"), ("1.22.0", None)]
)
def test_cluster_status(make_config: MakeConfig, version: str, api: str | None) -> None:
    """D2.2: breaks kubeadm join until 1.21, which looks up the API endpoints there."""
    expected = {
        "apiEndpoints": {"cp1": {"advertiseAddress": "192.0.2.10", "bindPort": 6443}},
        "apiVersion": "kubeadm.k8s.io/%s" % api,
        "kind": "ClusterStatus",
    }
    assert cluster_status(make_config(version)) == (expected if api else None)


def test_old_volumes_say_writable(make_config: MakeConfig) -> None:
    """K1.3: breaks extra volumes of 1.12, which would become read-only, or writable, at kubeadm's next upgrade."""
    volumes = [
        {"name": "rw", "hostPath": "/a", "mountPath": "/b"},
        {"name": "ro", "hostPath": "/c", "mountPath": "/d", "readOnly": True, "pathType": "File"},
    ]
    document = cluster_configuration(make_config("1.12.0", apiserver_extra_volumes=volumes))
    assert document["apiServerExtraVolumes"] == [
        {"name": "rw", "hostPath": "/a", "mountPath": "/b", "writable": True},
        {"name": "ro", "hostPath": "/c", "mountPath": "/d", "pathType": "File"},
    ]
