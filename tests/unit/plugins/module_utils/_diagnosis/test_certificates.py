# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and kubeconfigs against the clock, each other, and those who have to trust them."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from diagnosed_node import NOW, PKI, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import certificates as subject


def _found(node: Node, **known: t.Any) -> list[tuple[str, str]]:
    seen = node.situation(**known)
    findings = [*subject.judge_certificates(seen), *subject.judge_kubeconfigs(seen)]
    return [(finding.verdict.component, finding.verdict.fault) for finding in findings]


@pytest.fixture(name="away", autouse=True)
def fixture_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody answers at every address."""
    monkeypatch.setattr(Node, "connection", lambda _self, _host, _port, _seconds: "open")


def test_nothing_is_wrong_with_what_has_just_been_made(node: Node) -> None:
    """Breaks trust in it: a finding on a control plane that is well."""
    assert _found(node) == []


def _copied(source: str, target: str) -> t.Callable[[Node], None]:
    def change(node: Node) -> None:
        node.put(target, node.text(source) or "")

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            _copied(f"{PKI}/front-proxy-client.key", f"{PKI}/apiserver.key"),
            ("kube-apiserver", "CertificateKeyMismatch"),
        ),
        (_copied(f"{PKI}/etcd/peer.key", f"{PKI}/etcd/server.key"), ("etcd", "CertificateKeyMismatch")),
        (lambda node: node.put(f"{PKI}/apiserver.crt", "broken"), ("kube-apiserver", "CertificateUnreadable")),
        (lambda node: node.put(f"{PKI}/apiserver.key", "broken"), ("kube-apiserver", "KeyUnreadable")),
        (_copied(f"{PKI}/front-proxy-ca.crt", f"{PKI}/etcd/ca.crt"), ("etcd", "CertificateAuthorityMismatch")),
        (lambda node: node.put("/etc/kubernetes/scheduler.conf", "broken"), ("kube-scheduler", "KubeconfigInvalid")),
    ],
)
def test_files_that_do_not_fit(node: Node, change: t.Callable[[Node], None], found: tuple[str, str]) -> None:
    """Breaks the diagnosis of files that were restored, or copied, in part."""
    change(node)
    assert found in _found(node)


def test_a_certificate_that_has_expired_and_one_that_is_not_valid_yet(node: Node) -> None:
    """Breaks the commonest outage of all: nobody says that certificates have ended, or that the clock is wrong."""
    later, earlier = NOW.timestamp() + 2 * 365 * 86400, NOW.timestamp() - 86400
    expired = _found(node, now=later)
    assert ("etcd", "CertificateExpired") in expired
    assert ("kube-apiserver", "CertificateExpired") in expired
    assert ("kube-scheduler", "CertificateExpired") in expired
    assert {fault for _component, fault in _found(node, now=earlier)} == {"CertificateNotYetValid"}


def test_a_name_by_which_nobody_is_asked(node: Node) -> None:
    """Breaks the diagnosis of an address that has changed."""
    node.edit("kube-apiserver", "https://127.0.0.1:2379", "https://127.0.0.9:2379")
    assert ("etcd", "CertificateNameMissing") in _found(node)


def test_a_kubeconfig_of_another_cluster(node: Node, make_config: t.Any, tmp_path_factory: t.Any) -> None:
    """Breaks the diagnosis of a kubeconfig that was copied from elsewhere."""
    other = Node(
        pathlib.Path(tmp_path_factory.mktemp("other")),
        make_config("1.37.2", encryption_algorithm="ECDSA-P256"),
    )
    node.put("/etc/kubernetes/scheduler.conf", other.text("/etc/kubernetes/scheduler.conf") or "")
    assert _found(node) == [("kube-scheduler", "CertificateAuthorityMismatch")] * 2


def test_a_kubeconfig_that_names_another_address(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of an endpoint that is away while the API server itself is well."""
    monkeypatch.setattr(Node, "connection", lambda _self, _host, _port, _seconds: "refused")
    assert ("kube-scheduler", "KubeconfigServerWrong") in _found(node)


def test_a_client_certificate_that_is_gone(node: Node) -> None:
    """Breaks the diagnosis of a kubelet that cannot show who it is."""
    path = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    text = node.text("/etc/kubernetes/kubelet.conf") or ""
    lines = [line for line in text.splitlines() if "client-key-data" not in line]
    referring = [f"    client-certificate: {path}" if "client-certificate-data" in line else line for line in lines]
    node.put("/etc/kubernetes/kubelet.conf", "\n".join([*referring, f"    client-key: {path}", ""]))
    assert _found(node) == [("kubelet", "FileMissing")]


def test_what_is_not_looked_at_is_not_called_foreign(node: Node) -> None:
    """Breaks clusters whose certificates carry their intermediate CAs: each of them would be called foreign."""
    foreign = node.text(f"{PKI}/front-proxy-ca.crt") or ""
    node.put(f"{PKI}/etcd/ca.crt", foreign)
    assert ("etcd", "CertificateAuthorityMismatch") in _found(node)
    for name in ("etcd/server", "etcd/peer", "apiserver-etcd-client"):
        node.put(f"{PKI}/{name}.crt", (node.text(f"{PKI}/{name}.crt") or "") + foreign)
    assert ("etcd", "CertificateAuthorityMismatch") not in _found(node)
    assert ("kube-apiserver", "CertificateAuthorityMismatch") not in _found(node)


def test_a_kubelet_without_a_kubeconfig(node: Node) -> None:
    """Breaks a node that is just joining: it makes its kubeconfig itself."""
    (node.root / "etc/kubernetes/kubelet.conf").unlink()
    health = {"health": {}}
    assert ("kubelet", "FileMissing") in _found(node, **health)
    node.put("/etc/kubernetes/bootstrap-kubelet.conf", "x")
    assert _found(node, **health) == []
