# SPDX-License-Identifier: GPL-3.0-or-later
"""That each changed variable has reached what runs."""

from __future__ import annotations

import json

import pytest
from finished_node import INVENTORY, Node, eventually

FLAGS = {
    "kube-apiserver": [
        "--secure-port=7443",
        "--service-cluster-ip-range=10.112.0.0/16",
        "--profiling=false",
        "--max-requests-inflight=300",
        "--audit-log-maxage=7",
        "--audit-policy-file=/etc/kubernetes/audit/audit.yaml",
        "--client-ca-file=/etc/kubernetes/certificates/ca.crt",
        "--service-account-issuer=https://kubernetes.default.svc.edge.example.com",
    ],
    "kube-controller-manager": ["--cluster-cidr=10.245.0.0/16", "--cluster-name=edge", "--profiling=false"],
    "kube-scheduler": ["--profiling=false"],
    "etcd": [
        "--data-dir=/var/lib/etcd/edge",
        "--listen-metrics-urls=http://127.0.0.1:2382",
        "--name=alternative-node",
        "--snapshot-count=5000",
    ],
    "kubelet": ["--hostname-override=alternative-node", "--v=1"],
}


@pytest.mark.parametrize("program", FLAGS)
def test_flags_of_the_running_process(node: Node, program: str) -> None:
    """Breaks when an argument does not reach the process that runs."""
    running = node.run(f"tr '\\0' ' ' < /proc/$(pgrep -o -f '^([^ ]*/)?{program} ')/cmdline").split()
    assert [flag for flag in FLAGS[program] if flag not in running] == []


def test_names_in_the_served_certificate(node: Node) -> None:
    """Breaks when a declared name is not in the certificate that the API server presents, or its key is not ECDSA."""
    command = "openssl s_client -connect 127.0.0.1:7443 </dev/null 2>/dev/null | openssl x509 -noout -text"
    text = node.run(f"bash -c '{command}'")
    for name in ("DNS:api.example.com", "IP Address:192.0.2.10", "DNS:alternative-cp1", "IP Address:10.112.0.1"):
        assert name in text
    assert "id-ecPublicKey" in text


def test_the_companys_own_cas_sign(node: Node) -> None:
    """Breaks when a given CA is not the one that signs, is changed on its way, or its key can be read by others."""
    folder = "/etc/kubernetes/certificates"
    issuer = node.run(f"openssl x509 -noout -issuer -in {folder}/apiserver.crt")
    assert "Example Kubernetes" in issuer
    assert "Example etcd" in node.run(f"openssl x509 -noout -issuer -in {folder}/etcd/server.crt")
    assert "front-proxy-ca" in node.run(f"openssl x509 -noout -issuer -in {folder}/front-proxy-client.crt")
    given = INVENTORY.parent / "files"
    assert node.run(f"cat {folder}/ca.crt") == (given / "intermediate.crt").read_text(encoding="ascii")
    assert node.run(f"stat -c '%a %U' {folder}/ca.key {folder}/etcd/ca.key").split() == ["600", "root"] * 2


def test_the_key_of_a_given_ca_is_in_no_output(second_run: str) -> None:
    """Breaks the company's CA: with -vvv its key must not be shown."""
    keys = list((INVENTORY.parent / "files").glob("*.key"))
    assert keys
    for key in keys:
        lines = key.read_text(encoding="ascii").splitlines()[1:-1]
        assert [line for line in lines if line in second_run] == []


def test_extra_volumes_are_mounted(node: Node) -> None:
    """Breaks when an extra volume is not in its component's manifest."""
    for component in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        assert f"path: /opt/extra-{component[5:]}" in node.run(f"cat /etc/kubernetes/manifests/{component}.yaml")


def test_audit_log_grows(node: Node) -> None:
    """Breaks when the policy, its mount or the log's folder is wrong. Breaks too when the user's rule is not in it."""
    log = "/var/log/kubernetes/audit/audit.log"
    before = int(node.run(f"stat -c %s {log}"))
    node.kubectl("get namespaces")
    eventually(lambda: int(node.run(f"stat -c %s {log}")) > before, "the audit log grows")
    assert "system:kube-proxy" in node.run("cat /etc/kubernetes/audit/audit.yaml")


def test_node_has_no_taint(node: Node) -> None:
    """Breaks when an empty list of taints is taken for none given."""
    eventually(
        lambda: "taints" not in json.loads(node.kubectl("get node alternative-node -o json"))["spec"],
        "the node has no taint",
    )


def test_endpoint_of_clients(node: Node) -> None:
    """Breaks when the endpoint does not stand where clients read it."""
    assert node.kubectl("config view -o jsonpath={.clusters[0].cluster.server}") == "https://alternative-cp1:7443"
    info = node.kubectl("-n kube-public get configmap cluster-info -o jsonpath={.data.kubeconfig}")
    assert "server: https://alternative-cp1:7443" in info


def test_dns_service(node: Node) -> None:
    """Breaks when DNS does not lie at the tenth address of the service subnet or the domain is not the user's."""
    assert node.kubectl("-n kube-system get service kube-dns -o jsonpath={.spec.clusterIP}") == "10.112.0.10"
    assert "edge.example.com" in node.kubectl("-n kube-system get configmap coredns -o jsonpath={.data.Corefile}")


def test_kubelet_and_kube_proxy_configuration(node: Node) -> None:
    """Breaks when a user's field does not reach the component's configuration."""
    assert node.kubectl("get node alternative-node -o jsonpath={.status.capacity.pods}") == "50"
    proxy = node.kubectl("-n kube-system get configmap kube-proxy -o jsonpath='{.data.config\\.conf}'")
    assert "metricsBindAddress: 127.0.0.1:11249" in proxy


def test_declared_token_is_withheld(second_run: str) -> None:
    """Breaks when the token is printed although kubewright_skip_token_print is on."""
    assert "--token <value withheld> --discovery-token-ca-cert-hash sha256:" in second_run
    assert "0123456789abcdef" not in second_run
