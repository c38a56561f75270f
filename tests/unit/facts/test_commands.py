# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole command line of every component in every minor, flag by flag.

A flag that is missing, is one too many, or has another value in any minor turns the test of that minor red.
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import kubelet
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd
from facts.ranges import MINORS, Fact, holding, sections

PKI = "/etc/kubernetes/pki"
KCM, SCHEDULER = "/etc/kubernetes/controller-manager.conf", "/etc/kubernetes/scheduler.conf"
CONTAINERD = "/run/containerd/containerd.sock"
IP = "192.0.2.10"

APISERVER = [
    Fact("D4.1", "advertise-address", IP),
    Fact("D4.1", "allow-privileged", "true"),
    Fact("D4.1", "authorization-mode", "Node,RBAC"),
    Fact("D4.1", "client-ca-file", f"{PKI}/ca.crt"),
    Fact("D4.1", "enable-admission-plugins", "NodeRestriction"),
    Fact("D4.1", "enable-bootstrap-token-auth", "true"),
    Fact("D4.1", "etcd-cafile", f"{PKI}/etcd/ca.crt"),
    Fact("D4.1", "etcd-certfile", f"{PKI}/apiserver-etcd-client.crt"),
    Fact("D4.1", "etcd-keyfile", f"{PKI}/apiserver-etcd-client.key"),
    Fact("D4.1", "etcd-servers", "https://127.0.0.1:2379"),
    Fact("D4.2", "insecure-port", "0", last=21),
    Fact("D4.1", "kubelet-client-certificate", f"{PKI}/apiserver-kubelet-client.crt"),
    Fact("D4.1", "kubelet-client-key", f"{PKI}/apiserver-kubelet-client.key"),
    Fact("D4.1", "kubelet-preferred-address-types", "InternalIP,ExternalIP,Hostname"),
    Fact("D4.1", "proxy-client-cert-file", f"{PKI}/front-proxy-client.crt"),
    Fact("D4.1", "proxy-client-key-file", f"{PKI}/front-proxy-client.key"),
    Fact("D4.1", "requestheader-allowed-names", "front-proxy-client"),
    Fact("D4.1", "requestheader-client-ca-file", f"{PKI}/front-proxy-ca.crt"),
    Fact("D4.1", "requestheader-extra-headers-prefix", "X-Remote-Extra-"),
    Fact("D4.1", "requestheader-group-headers", "X-Remote-Group"),
    Fact("D4.1", "requestheader-username-headers", "X-Remote-User"),
    Fact("D4.1", "secure-port", "6443"),
    Fact("D4.2", "service-account-issuer", "https://kubernetes.default.svc.cluster.local", first=20),
    Fact("D4.1", "service-account-key-file", f"{PKI}/sa.pub"),
    Fact("D4.2", "service-account-signing-key-file", f"{PKI}/sa.key", first=20),
    Fact("D4.1", "service-cluster-ip-range", "10.96.0.0/12"),
    Fact("D4.1", "tls-cert-file", f"{PKI}/apiserver.crt"),
    Fact("D4.1", "tls-private-key-file", f"{PKI}/apiserver.key"),
]
CONTROLLER_MANAGER = [
    Fact("K8.4", "address", "127.0.0.1", last=13),
    Fact("D5.2", "bind-address", "127.0.0.1", first=14),
    Fact("D5.1", "allocate-node-cidrs", "true"),
    Fact("D5.1", "authentication-kubeconfig", KCM),
    Fact("D5.1", "authorization-kubeconfig", KCM),
    Fact("D5.1", "client-ca-file", f"{PKI}/ca.crt"),
    Fact("D5.1", "cluster-cidr", "10.244.0.0/16"),
    Fact("D5.2", "cluster-name", "kubernetes", first=18),
    Fact("D5.1", "cluster-signing-cert-file", f"{PKI}/ca.crt"),
    Fact("D5.1", "cluster-signing-key-file", f"{PKI}/ca.key"),
    Fact("D5.1", "controllers", "*,bootstrapsigner,tokencleaner"),
    Fact("D5.1", "kubeconfig", KCM),
    Fact("D5.1", "leader-elect", "true"),
    Fact("D5.2", "node-cidr-mask-size", "24", last=19),
    Fact("D5.2", "port", "0", first=19, last=22),
    Fact("D5.1", "requestheader-client-ca-file", f"{PKI}/front-proxy-ca.crt"),
    Fact("D5.1", "root-ca-file", f"{PKI}/ca.crt"),
    Fact("D5.1", "service-account-private-key-file", f"{PKI}/sa.key"),
    Fact("D5.2", "service-cluster-ip-range", "10.96.0.0/12", first=16),
    Fact("D5.1", "use-service-account-credentials", "true"),
]
SCHEDULER_FLAGS = [
    Fact("K8.5", "address", "127.0.0.1", last=13),
    Fact("D6", "authentication-kubeconfig", SCHEDULER, first=16),
    Fact("D6", "authorization-kubeconfig", SCHEDULER, first=16),
    Fact("D6", "bind-address", "127.0.0.1", first=14),
    Fact("D6", "kubeconfig", SCHEDULER),
    Fact("D6", "leader-elect", "true"),
    Fact("D6", "port", "0", first=19, last=22),
]
ETCD = [
    Fact("K8.6", "advertise-client-urls", "https://127.0.0.1:2379", last=12),
    Fact("D7.1", "advertise-client-urls", f"https://{IP}:2379", first=13),
    Fact("D7.1", "cert-file", f"{PKI}/etcd/server.crt"),
    Fact("D7.1", "client-cert-auth", "true"),
    Fact("D7.1", "data-dir", "/var/lib/etcd"),
    Fact("D7.2", "experimental-initial-corrupt-check", "true", first=24, last=33),
    Fact("D7.2", "experimental-watch-progress-notify-interval", "5s", first=25, last=33),
    Fact("D7.2", "feature-gates", "InitialCorruptCheck=true", first=34),
    Fact("K8.6", "initial-advertise-peer-urls", "https://127.0.0.1:2380", last=12),
    Fact("D7.1", "initial-advertise-peer-urls", f"https://{IP}:2380", first=13),
    Fact("K8.6", "initial-cluster", "cp1=https://127.0.0.1:2380", last=12),
    Fact("D7.1", "initial-cluster", f"cp1=https://{IP}:2380", first=13),
    Fact("D7.1", "key-file", f"{PKI}/etcd/server.key"),
    Fact("K8.6", "listen-client-urls", "https://127.0.0.1:2379", last=12),
    Fact("D7.1", "listen-client-urls", f"https://127.0.0.1:2379,https://{IP}:2379", first=13),
    Fact("D7.2", "listen-metrics-urls", "http://127.0.0.1:2381", first=16),
    Fact("K8.6", "listen-peer-urls", "https://127.0.0.1:2380", last=12),
    Fact("D7.1", "listen-peer-urls", f"https://{IP}:2380", first=13),
    Fact("D7.1", "name", "cp1"),
    Fact("D7.1", "peer-cert-file", f"{PKI}/etcd/peer.crt"),
    Fact("D7.1", "peer-client-cert-auth", "true"),
    Fact("D7.1", "peer-key-file", f"{PKI}/etcd/peer.key"),
    Fact("D7.1", "peer-trusted-ca-file", f"{PKI}/etcd/ca.crt"),
    Fact("D7.2", "snapshot-count", "10000"),
    Fact("D7.1", "trusted-ca-file", f"{PKI}/etcd/ca.crt"),
    Fact("D7.2", "watch-progress-notify-interval", "5s", first=34),
]
KUBELET_CONTAINERD = [
    Fact("D9.3", "container-runtime", "remote", last=25),
    Fact("D9.3", "container-runtime-endpoint", CONTAINERD, last=23),
    Fact("D9.3", "container-runtime-endpoint", "unix://" + CONTAINERD, first=24, last=33),
    *(
        Fact("D9.3", "pod-infra-container-image", f"{registry}/pause:{tag}", first=first, last=last)
        for first, last, registry, tag in (
            (21, 21, "k8s.gcr.io", "3.4.1"),
            (22, 22, "k8s.gcr.io", "3.5"),
            (23, 23, "k8s.gcr.io", "3.6"),
            (24, 24, "k8s.gcr.io", "3.7"),
            (25, 25, "registry.k8s.io", "3.8"),
            (26, 30, "registry.k8s.io", "3.9"),
            (31, 33, "registry.k8s.io", "3.10"),
            (34, 34, "registry.k8s.io", "3.10.1"),
        )
    ),
    Fact("D9.3", "hostname-override", "node-7"),
    Fact("D9.3", "resolv-conf", "/run/systemd/resolve/resolv.conf", last=18),
]
KUBELET_DOCKER = [
    Fact("D9.3", "cgroup-driver", "systemd", last=18),
    Fact("D9.3", "network-plugin", "cni"),
    Fact("D9.3", "pod-infra-container-image", "k8s.gcr.io/pause:3.1", first=13, last=17),
    Fact("D9.3", "pod-infra-container-image", "k8s.gcr.io/pause:3.2", first=18, last=20),
    Fact("D9.3", "pod-infra-container-image", "k8s.gcr.io/pause:3.4.1", first=21, last=21),
    Fact("D9.3", "pod-infra-container-image", "k8s.gcr.io/pause:3.5", first=22, last=22),
    Fact("D9.3", "pod-infra-container-image", "k8s.gcr.io/pause:3.6", first=23),
]

MakeConfig = t.Callable[..., t.Any]


def _flags(command: t.Sequence[str]) -> dict[str, str]:
    pairs = [argument[2:].partition("=") for argument in command]
    flags = {name: value for name, _equals, value in pairs}
    assert [name for name, _equals, _value in pairs] == sorted(flags)
    return flags


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize(
    ("facts", "pod"),
    [
        (APISERVER, control_plane.apiserver),
        (CONTROLLER_MANAGER, control_plane.controller_manager),
        (SCHEDULER_FLAGS, control_plane.scheduler),
        (ETCD, etcd),
    ],
    ids=[
        f"{sections(APISERVER)}-kube-apiserver",
        f"{sections(CONTROLLER_MANAGER)}-kube-controller-manager",
        f"{sections(SCHEDULER_FLAGS)}-kube-scheduler",
        f"{sections(ETCD)}-etcd",
    ],
)
def test_command(make_config: MakeConfig, facts: list[Fact], pod: t.Callable[[t.Any], t.Any], minor: int) -> None:
    """Breaks a component in that minor: a flag that it does not know, lacks, or has with another value."""
    values = pod(make_config("1.%d.0" % minor, pod_subnet="10.244.0.0/16"))
    program, *arguments = values["command"]
    assert program == values["name"]
    assert values["image"].split("/")[-1].startswith(program + ":")
    # authorization-mode stands among the user's flags until 1.13, which come first there.
    order = [item for item in arguments if not item.startswith("--authorization-mode")] if minor < 14 else arguments
    assert order == sorted(order)
    found = dict(item[2:].split("=", 1) for item in arguments)
    assert found == holding(facts, minor)


@pytest.mark.parametrize("minor", MINORS)
def test_kubelet_flags_with_containerd(make_config: MakeConfig, minor: int) -> None:
    """D9.3: breaks the kubelet in that minor."""
    facts = {"systemd_resolved": True, "docker_cgroup_driver": "systemd"}
    config = make_config("1.%d.0" % minor, facts=facts, cri_socket=CONTAINERD, node_name="node-7")
    assert _flags(kubelet.kubelet_arguments(config)) == holding(KUBELET_CONTAINERD, minor)


@pytest.mark.parametrize("minor", [minor for minor in MINORS if minor < 24])
def test_kubelet_flags_with_docker(make_config: MakeConfig, minor: int) -> None:
    """D9.3, K4.1: breaks the kubelet with Docker, which ended with 1.23."""
    config = make_config(
        "1.%d.0" % minor, facts={"docker_cgroup_driver": "systemd"}, cri_socket="/var/run/dockershim.sock"
    )
    assert _flags(kubelet.kubelet_arguments(config)) == holding(KUBELET_DOCKER, minor)


@pytest.mark.parametrize(
    ("version", "first"),
    [("1.13.0", "--zz=1"), ("1.14.0", "--advertise-address=192.0.2.10"), ("1.35.0", "--advertise-address=192.0.2.10")],
)
def test_where_the_users_flags_stand(make_config: MakeConfig, version: str, first: str) -> None:
    """D3.1: breaks the order of arguments, by which kubeadm's upgrade sees a difference."""
    arguments = control_plane.apiserver(make_config(version, apiserver_extra_args={"zz": "1"}))["command"][1:]
    assert next(item for item in arguments if not item.startswith("--authorization-mode")) == first
    last = control_plane.apiserver(make_config("1.36.0", apiserver_extra_args={"aa": "1"}))["command"][-1]
    assert last == "--aa=1"
