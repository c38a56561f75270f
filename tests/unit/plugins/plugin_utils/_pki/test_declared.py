# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificates and kubeconfigs a minor has."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    authorities,
    certificates,
    kubeconfigs,
)

MakeConfig = t.Callable[..., Config]
EXTERNAL = {"endpoints": ["http://192.0.2.5:2379"]}


def _by_path(config: Config) -> dict[str, Certificate]:
    return {item.path: item for item in certificates(config)}


def test_the_set_with_a_local_etcd(make_config: MakeConfig) -> None:
    """K5.2: breaks when a certificate, its CA, its common name or its usage differs from kubeadm's."""
    both, server, client = ("serverAuth", "clientAuth"), ("serverAuth",), ("clientAuth",)
    assert [(item.path, item.ca, item.common_name, item.usages) for item in certificates(make_config("1.31.0"))] == [
        ("apiserver", "ca", "kube-apiserver", server),
        ("apiserver-kubelet-client", "ca", "kube-apiserver-kubelet-client", client),
        ("front-proxy-client", "front-proxy-ca", "front-proxy-client", client),
        ("etcd/server", "etcd/ca", "cp1", both),
        ("etcd/peer", "etcd/ca", "cp1", both),
        ("etcd/healthcheck-client", "etcd/ca", "kube-etcd-healthcheck-client", client),
        ("apiserver-etcd-client", "etcd/ca", "kube-apiserver-etcd-client", client),
    ]
    assert [(item.path, item.common_name) for item in authorities(make_config("1.31.0"))] == [
        ("ca", "kubernetes"),
        ("front-proxy-ca", "front-proxy-ca"),
        ("etcd/ca", "etcd-ca"),
    ]


def test_an_external_etcd_needs_no_certificates_of_ours(make_config: MakeConfig) -> None:
    """Breaks when a CA is made for an etcd that has its own."""
    config = make_config("1.31.0", etcd_external=EXTERNAL)
    assert [item.path for item in authorities(config)] == ["ca", "front-proxy-ca"]
    assert {item.ca for item in certificates(config)} == {"ca", "front-proxy-ca"}


def _groups(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


@pytest.mark.parametrize(
    ("version", "kubelet_client", "etcd_client"),
    [
        ("1.12.0", "system:masters", "system:masters"),
        ("1.28.0", "system:masters", "system:masters"),
        ("1.29.0", "kubeadm:cluster-admins", None),
        ("1.36.0", "kubeadm:cluster-admins", None),
        ("1.36.1", None, None),
        ("1.37.0", None, None),
    ],
)
def test_organizations(
    make_config: MakeConfig, version: str, kubelet_client: str | None, etcd_client: str | None
) -> None:
    """D8.1: breaks the rights of client certificates: a group too many, or none where the minor relies on it."""
    found = _by_path(make_config(version))
    assert found["apiserver-kubelet-client"].organizations == _groups(kubelet_client)
    assert found["apiserver-etcd-client"].organizations == _groups(etcd_client)
    assert found["etcd/healthcheck-client"].organizations == _groups(etcd_client)
    for path in ("apiserver", "front-proxy-client", "etcd/server", "etcd/peer"):
        assert found[path].organizations == ()


def test_apiserver_names(make_config: MakeConfig) -> None:
    """K5.2: breaks TLS for clients that come by a name that is missing; 1.12 keeps kubeadm's order."""
    config = make_config(
        "1.12.0",
        control_plane_endpoint="lb.example.com:8443",
        apiserver_cert_sans=["extra.example.com", "198.51.100.7"],
        dns_domain="k8s.test",
        service_subnet="10.111.7.0/16",
    )
    leaf = _by_path(config)["apiserver"]
    assert leaf.dns_names == (
        "cp1",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.k8s.test",
        "lb.example.com",
        "extra.example.com",
    )
    assert leaf.ip_addresses == ("10.111.0.1", "192.0.2.10", "198.51.100.7")


def test_names_are_sorted_and_single_since_1_19(make_config: MakeConfig) -> None:
    """D8.1: breaks when duplicates stay in 1.19, or go in 1.18."""
    variables = {"apiserver_cert_sans": ["cp1", "192.0.2.10", "a.example"]}
    new = _by_path(make_config("1.19.0", **variables))["apiserver"]
    old = _by_path(make_config("1.18.0", **variables))["apiserver"]
    assert list(new.dns_names) == sorted(set(new.dns_names))
    assert new.ip_addresses == ("10.96.0.1", "192.0.2.10")
    assert old.dns_names.count("cp1") == 2


@pytest.mark.parametrize(("version", "with_address"), [("1.12.0", False), ("1.13.0", True)])
def test_etcd_server_names(make_config: MakeConfig, version: str, with_address: bool) -> None:
    """K5.2, D8.1: breaks etcd's certificate for its node address, which 1.12 has for peers only."""
    found = _by_path(make_config(version, etcd_server_cert_sans=["s.example"], etcd_peer_cert_sans=["p.example"]))
    assert ("192.0.2.10" in found["etcd/server"].ip_addresses) is with_address
    assert set(found["etcd/server"].ip_addresses) >= {"127.0.0.1", "::1"}
    assert set(found["etcd/server"].dns_names) == {"cp1", "localhost", "s.example"}
    assert set(found["etcd/peer"].dns_names) == {"cp1", "localhost", "p.example"}
    assert set(found["etcd/peer"].ip_addresses) == {"192.0.2.10", "127.0.0.1", "::1"}


LOCAL, BALANCER = "https://192.0.2.10:6443", "https://lb.example.com:6443"


@pytest.mark.parametrize(
    ("version", "admin_group", "files", "controllers", "kubelet"),
    [
        ("1.12.0", "system:masters", 4, BALANCER, BALANCER),
        ("1.19.0", "system:masters", 4, BALANCER, BALANCER),
        ("1.19.1", "system:masters", 4, LOCAL, BALANCER),
        ("1.28.0", "system:masters", 4, LOCAL, BALANCER),
        ("1.29.0", "kubeadm:cluster-admins", 5, LOCAL, BALANCER),
        ("1.33.0", "kubeadm:cluster-admins", 5, LOCAL, LOCAL),
    ],
)
def test_kubeconfigs(
    make_config: MakeConfig, version: str, admin_group: str, files: int, controllers: str, kubelet: str
) -> None:
    """D8.3: breaks when a kubeconfig is missing, talks to the wrong endpoint or carries the wrong rights."""
    found = {item.path: item for item in kubeconfigs(make_config(version, control_plane_endpoint="lb.example.com"))}
    assert len(found) == files
    subjects = {
        path.rpartition("/")[2]: (item.server, item.certificate.common_name, item.certificate.organizations)
        for path, item in found.items()
    }
    assert subjects["admin.conf"] == (BALANCER, "kubernetes-admin", (admin_group,))
    assert subjects["kubelet.conf"] == (kubelet, "system:node:cp1", ("system:nodes",))
    assert subjects["controller-manager.conf"] == (controllers, "system:kube-controller-manager", ())
    assert subjects["scheduler.conf"] == (controllers, "system:kube-scheduler", ())
    if files == 5:
        assert subjects["super-admin.conf"] == (BALANCER, "kubernetes-super-admin", ("system:masters",))
