# SPDX-License-Identifier: GPL-3.0-or-later
"""What openssl, which shares no code with what made them, says of every certificate of a finished control plane."""

from __future__ import annotations

import ipaddress
import re
import typing as t

import pytest
from finished_node import Node

SERVER, CLIENT = "sslserver", "sslclient"
AUTHORITIES = ("ca", "front-proxy-ca", "etcd/ca")


class Leaf(t.NamedTuple):
    """A leaf certificate. ca: the path of its CA. purposes: what it is for, by openssl's names."""

    ca: str
    purposes: tuple[str, ...]


LEAVES = {
    "apiserver": Leaf("ca", (SERVER,)),
    "apiserver-kubelet-client": Leaf("ca", (CLIENT,)),
    "front-proxy-client": Leaf("front-proxy-ca", (CLIENT,)),
    "etcd/server": Leaf("etcd/ca", (SERVER, CLIENT)),
    "etcd/peer": Leaf("etcd/ca", (SERVER, CLIENT)),
    "etcd/healthcheck-client": Leaf("etcd/ca", (CLIENT,)),
    "apiserver-etcd-client": Leaf("etcd/ca", (CLIENT,)),
}
SERVERS = tuple(path for path, leaf in LEAVES.items() if SERVER in leaf.purposes)
KUBECONFIGS = ("admin", "controller-manager", "scheduler")
# The kubelet's kubeconfig refers to this file.
ROTATED = "/var/lib/kubelet/pki/kubelet-client-current.pem"
UNDECLARED_NAME, UNDECLARED_ADDRESS = "undeclared.example.net", "198.51.100.77"


def folder(node: Node) -> str:
    return str(node.variable("certificates_dir", "/etc/kubernetes/pki"))


def verification(node: Node, ca: str, purpose: str) -> str:
    """The command that verifies a certificate, which follows as a path or comes through a pipe.

    Before 1.19 the certificates have no key identifiers, and openssl's strict rules (RFC 5280) demand them.
    """
    minor = int(str(node.variable("kubernetes_version", "1.20.2")).split(".")[1])
    strict = "-x509_strict" if minor >= 19 else ""
    # The CA may be an intermediate one, whose root is not on the host.
    return f"openssl verify -partial_chain {strict} -purpose {purpose} -CAfile {folder(node)}/{ca}.crt"


def embedded(name: str, field: str) -> str:
    """The command that prints what a kubeconfig embeds. The key stays on the node: it goes only through a pipe there."""
    command = f"kubectl --kubeconfig /etc/kubernetes/{name}.conf config view --raw"
    return f"{command} -o jsonpath='{{{field}}}' | base64 -d"


def user(name: str, field: str) -> str:
    return embedded(name, f".users[0].user.{field}")


def lasts(node: Node, certificate: str, days: int) -> bool:
    """Whether a certificate, printed by a command, is still valid in so many days."""
    answer = node.run(f"{certificate} | openssl x509 -noout -checkend {days * 86400} || true").strip()
    assert answer in ("Certificate will not expire", "Certificate will expire"), answer
    return answer == "Certificate will not expire"


def declared_names(node: Node, path: str) -> set[str]:
    """The names that a server's certificate has to have, by the scenario's variables and Kubernetes' documentation."""
    name = str(node.variable("node_name", node.name))
    address = str(node.variable("advertise_address", node.variables["ansible_host"]))
    if path == "apiserver":
        network = ipaddress.ip_network(node.variable("service_subnet", "10.96.0.0/12"))
        service = "kubernetes.default.svc"
        names = {name, address, "kubernetes", "kubernetes.default", service, str(network[1])}
        names |= {f"{service}.{node.variable('dns_domain', 'cluster.local')}"}
        names |= {node.variable("control_plane_endpoint", name).split(":")[0]}
        return names | set(node.variable("apiserver_cert_sans", []))
    local = {name, address, "localhost", "127.0.0.1", "::1"}
    return local | set(node.variable(f"{path.replace('/', '_')}_cert_sans", []))


def is_address(name: str) -> bool:
    return re.fullmatch(r"[0-9.]+|[0-9a-f]*:[0-9a-f:]*", name) is not None


@pytest.mark.parametrize("path", LEAVES)
def test_leaf_is_good_for_its_purposes_alone(node: Node, path: str) -> None:
    """Breaks when a leaf is not signed by its CA, has ended, breaks RFC 5280, or lacks or exceeds the usage of its role."""
    leaf = LEAVES[path]
    certificate = f"{folder(node)}/{path}.crt"
    for purpose in leaf.purposes:
        node.run(f"{verification(node, leaf.ca, purpose)} {certificate}")
    for purpose in {SERVER, CLIENT} - set(leaf.purposes):
        refused = node.run(f"{verification(node, leaf.ca, purpose)} {certificate} 2>&1 || true")
        assert "certificate purpose" in refused, refused


@pytest.mark.parametrize("path", LEAVES)
def test_leaf_is_of_no_other_ca(node: Node, path: str) -> None:
    """Breaks when one CA stands for another, by which etcd's clients would be the API server's and the other way round."""
    for ca in set(AUTHORITIES) - {LEAVES[path].ca}:
        command = f"{verification(node, ca, LEAVES[path].purposes[0])} {folder(node)}/{path}.crt 2>&1 || true"
        assert "unable to get local issuer certificate" in node.run(command)


@pytest.mark.parametrize("path", SERVERS)
def test_every_declared_name_is_matched(node: Node, path: str) -> None:
    """Breaks when a client that checks the server's name or address refuses it, or any name at all would match."""
    names = declared_names(node, path)
    certificate = f"openssl x509 -noout -in {folder(node)}/{path}.crt"
    checks = [
        f"{certificate} {'-checkip' if is_address(name) else '-checkhost'} {name}"
        for name in sorted(names | {UNDECLARED_NAME, UNDECLARED_ADDRESS})
    ]
    # openssl 3.2 and later also say it by the exit code.
    lines = node.run("; ".join([*checks, "true"])).splitlines()
    matched = {line.split()[1] for line in lines if line.endswith(" does match certificate")}
    unmatched = {line.split()[1] for line in lines if line.endswith(" does NOT match certificate")}
    assert matched == names
    assert unmatched == {UNDECLARED_NAME, UNDECLARED_ADDRESS}


@pytest.mark.parametrize("path", AUTHORITIES)
def test_ca_and_key_belong_together(node: Node, path: str) -> None:
    """Breaks when a CA, whose key is on the host, is written with another's key."""
    public = node.run(f"openssl x509 -in {folder(node)}/{path}.crt -noout -pubkey")
    assert public == node.run(f"openssl pkey -in {folder(node)}/{path}.key -pubout")


@pytest.mark.parametrize("path", LEAVES)
def test_certificate_and_key_belong_together(node: Node, path: str) -> None:
    """Breaks when a certificate is written with another's key."""
    public = node.run(f"openssl x509 -in {folder(node)}/{path}.crt -noout -pubkey")
    assert public == node.run(f"openssl pkey -in {folder(node)}/{path}.key -pubout")


def test_service_account_pair_fits(node: Node) -> None:
    """Breaks when sa.pub is not the public half of sa.key."""
    assert node.run(f"cat {folder(node)}/sa.pub") == node.run(f"openssl pkey -in {folder(node)}/sa.key -pubout")


@pytest.mark.parametrize("path", [*AUTHORITIES, *LEAVES])
def test_validity(node: Node, path: str) -> None:
    """Breaks when a certificate lasts shorter or longer than kubeadm's: a year, and ten years for a CA."""
    certificate = f"cat {folder(node)}/{path}.crt"
    days = 3650 if path in AUTHORITIES else 365
    assert (lasts(node, certificate, days - 1), lasts(node, certificate, days)) == (True, False)


@pytest.mark.parametrize("name", KUBECONFIGS)
def test_client_certificate_of_a_kubeconfig(node: Node, name: str) -> None:
    """Breaks when a kubeconfig's certificate is not its CA's, has another's key, lasts too short, or could serve as well."""
    certificate = user(name, "client-certificate-data")
    node.run(f"{certificate} | {verification(node, 'ca', CLIENT)}")
    assert "certificate purpose" in node.run(f"{certificate} | {verification(node, 'ca', SERVER)} 2>&1 || true")
    public = node.run(f"{certificate} | openssl x509 -noout -pubkey")
    assert public == node.run(f"{user(name, 'client-key-data')} | openssl pkey -pubout")
    assert (lasts(node, certificate, 364), lasts(node, certificate, 365)) == (True, False)
    authority = node.run(embedded(name, ".clusters[0].cluster.certificate-authority-data"))
    assert authority == node.run(f"cat {folder(node)}/ca.crt")


def test_client_certificate_of_the_kubelet(node: Node) -> None:
    """Breaks when the certificate with which the kubelet began is not the CA's or no client's."""
    node.run(f"{verification(node, 'ca', CLIENT)} {ROTATED}")
    assert node.run(f"openssl x509 -in {ROTATED} -noout -pubkey") == node.run(f"openssl pkey -in {ROTATED} -pubout")
    authority = node.run(embedded("kubelet", ".clusters[0].cluster.certificate-authority-data"))
    assert authority == node.run(f"cat {folder(node)}/ca.crt")
