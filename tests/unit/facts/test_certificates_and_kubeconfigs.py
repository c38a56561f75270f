# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates and kubeconfigs of every minor: subjects, usages, names, servers."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import kubeconfig_text
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.cluster_info import cluster_info
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    authorities,
    certificates,
    kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import certificate_files, profile_of
from credentials_made import finalized_text
from facts.ranges import MINORS, Fact, holding

MakeConfig = t.Callable[..., t.Any]

MASTERS, ADMINS = ("system:masters",), ("kubeadm:cluster-admins",)
CLIENT, SERVER = ("clientAuth",), ("serverAuth",)
# Path: (CA, common name, organizations, usages).
LEAVES = [
    Fact("D8.1", "apiserver", ("ca", "kube-apiserver", (), SERVER)),
    Fact("D8.1", "apiserver-kubelet-client", ("ca", "kube-apiserver-kubelet-client", MASTERS, CLIENT), 12, 28),
    Fact("D8.2", "apiserver-kubelet-client", ("ca", "kube-apiserver-kubelet-client", ADMINS, CLIENT), 29, 36),
    Fact("D8.2", "apiserver-kubelet-client", ("ca", "kube-apiserver-kubelet-client", (), CLIENT), 37),
    Fact("D8.1", "front-proxy-client", ("front-proxy-ca", "front-proxy-client", (), CLIENT)),
    Fact("D8.1", "etcd/server", ("etcd/ca", "cp1", (), (*SERVER, *CLIENT))),
    Fact("D8.1", "etcd/peer", ("etcd/ca", "cp1", (), (*SERVER, *CLIENT))),
    Fact("D8.1", "etcd/healthcheck-client", ("etcd/ca", "kube-etcd-healthcheck-client", MASTERS, CLIENT), 12, 28),
    Fact("D8.2", "etcd/healthcheck-client", ("etcd/ca", "kube-etcd-healthcheck-client", (), CLIENT), 29),
    Fact("D8.1", "apiserver-etcd-client", ("etcd/ca", "kube-apiserver-etcd-client", MASTERS, CLIENT), 12, 28),
    Fact("D8.2", "apiserver-etcd-client", ("etcd/ca", "kube-apiserver-etcd-client", (), CLIENT), 29),
]
API_NAMES = [
    "cp1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
]
# Path: (DNS names, addresses).
NAMES = [
    Fact("D8.1", "apiserver", ([*API_NAMES, "b.example", "a.example", "lb.example"], ["10.96.0.1", "192.0.2.10"])),
    Fact("K5.2", "etcd/server", (["cp1", "localhost"], ["127.0.0.1", "::1"]), 12, 12),
    Fact("D8.1", "etcd/server", (["cp1", "localhost"], ["127.0.0.1", "192.0.2.10", "::1"]), 13),
    Fact("D8.1", "etcd/peer", (["cp1", "localhost"], ["127.0.0.1", "192.0.2.10", "::1"])),
]
LB, LOCAL = "https://lb.example:6443", "https://192.0.2.10:6443"
# File: (user, organizations, server).
KUBECONFIGS = [
    Fact("D8.3", "admin", ("kubernetes-admin", MASTERS, LB), 12, 28),
    Fact("D8.3", "admin", ("kubernetes-admin", ADMINS, LB), 29),
    Fact("D8.3", "super-admin", ("kubernetes-super-admin", MASTERS, LB), 29),
    Fact("D8.3", "kubelet", ("system:node:cp1", ("system:nodes",), LB), 12, 32),
    Fact("D8.3", "kubelet", ("system:node:cp1", ("system:nodes",), LOCAL), 33),
    Fact("D8.3", "controller-manager", ("system:kube-controller-manager", (), LB), 12, 19),
    Fact("D8.3", "controller-manager", ("system:kube-controller-manager", (), LOCAL), 20),
    Fact("D8.3", "scheduler", ("system:kube-scheduler", (), LB), 12, 19),
    Fact("D8.3", "scheduler", ("system:kube-scheduler", (), LOCAL), 20),
]
# The shape of all certificates.
PROFILE = [
    Fact("D8.2", "algorithm", "RSA-2048"),
    Fact("D8.2", "leaf_seconds", 365 * 86400.0),
    Fact("D8.2", "ca_seconds", 3650 * 86400.0),
    Fact("D8.2", "ca_backdate_seconds", 0, 12, 27),
    Fact("D8.2", "ca_backdate_seconds", 300, 28),
    Fact("D8.2", "not_before", "ca", 12, 30),
    Fact("D8.2", "not_before", "backdated", 31),
    Fact("D8.2", "leaf_basic_constraints", False, 12, 20),
    Fact("D8.2", "leaf_basic_constraints", True, 21),
    Fact("D8.2", "ca_dns_san", False, 12, 21),
    Fact("D8.2", "ca_dns_san", True, 22),
    Fact("D8.2", "key_identifiers", False, 12, 18),
    Fact("D8.2", "key_identifiers", True, 19),
]
ALL = pytest.mark.parametrize("minor", MINORS)


@ALL
def test_subjects_and_usages(make_config: MakeConfig, minor: int) -> None:
    """D8.1, D8.2: breaks what a component may do with its certificate, or who signs it."""
    found = {
        leaf.path: (leaf.ca, leaf.common_name, leaf.organizations, leaf.usages)
        for leaf in certificates(make_config("1.%d.0" % minor))
    }
    assert found == holding(LEAVES, minor)


@ALL
def test_names(make_config: MakeConfig, minor: int) -> None:
    """D8.1, K5.2: breaks connections to a name or address that a certificate lacks; sorted and unique since 1.19."""
    config = make_config(
        "1.%d.0" % minor,
        apiserver_cert_sans=["b.example", "a.example"],
        control_plane_endpoint="lb.example",
    )
    leaves = {leaf.path: leaf for leaf in certificates(config) if leaf.dns_names or leaf.ip_addresses}
    expected = holding(NAMES, minor)
    assert {path: (sorted(leaf.dns_names), sorted(leaf.ip_addresses)) for path, leaf in leaves.items()} == {
        path: (sorted(names), sorted(addresses)) for path, (names, addresses) in expected.items()
    }
    in_order = [*API_NAMES, "lb.example", "b.example", "a.example"]
    assert list(leaves["apiserver"].dns_names) == (sorted(in_order) if minor >= 19 else in_order)


@ALL
def test_authorities(make_config: MakeConfig, minor: int) -> None:
    """D8.1: breaks the names of the CAs."""
    found = [(ca.path, ca.common_name) for ca in authorities(make_config("1.%d.0" % minor))]
    assert found == [("ca", "kubernetes"), ("front-proxy-ca", "front-proxy-ca"), ("etcd/ca", "etcd-ca")]


@ALL
def test_kubeconfigs(make_config: MakeConfig, minor: int) -> None:
    """D8.3: breaks who a kubeconfig's user is, or where it connects to."""
    found = {
        item.path[len("/etc/kubernetes/") : -len(".conf")]: (
            item.certificate.common_name,
            item.certificate.organizations,
            item.server,
        )
        for item in kubeconfigs(make_config("1.%d.0" % minor, control_plane_endpoint="lb.example"))
    }
    assert found == holding(KUBECONFIGS, minor)


# What a kubeconfig has beside its clusters, users and contexts. client-go 0.34 leaves preferences out where there are none.
KUBECONFIG_FIELDS = [
    Fact("K6", "apiVersion", "v1"),
    Fact("K6", "kind", "Config"),
    Fact("K6", "preferences", {}, 12, 33),
]


@ALL
def test_fields_of_kubeconfigs(make_config: MakeConfig, minor: int) -> None:
    """K6, K10.8: breaks when a kubeconfig, or the one in cluster-info, has a field that the minor's kubeadm does not write."""
    config = make_config("1.%d.0" % minor)
    wanted = kubeconfig_text("kubernetes", "x", LOCAL, b"pem", {"token": "x"}, preferences=True)
    texts = [finalized_text(wanted, config), cluster_info(config, b"pem")["data"]["kubeconfig"]]
    for text in texts:
        document = yaml.safe_load(text)
        for key in ("clusters", "contexts", "current-context", "users"):
            del document[key]
        assert document == holding(KUBECONFIG_FIELDS, minor)


@ALL
def test_profile(make_config: MakeConfig, minor: int) -> None:
    """D8.2: breaks the shape of the certificates: validity, extensions, kind of key."""
    assert profile_of(make_config("1.%d.0" % minor))._asdict() == holding(PROFILE, minor)


@ALL
def test_modes(make_config: MakeConfig, minor: int) -> None:
    """D8.2, K5.2: breaks when a private key can be read by others."""
    for path, mode in certificate_files(make_config("1.%d.0" % minor)):
        assert mode == (0o644 if path.endswith(".crt") else 0o600), path
