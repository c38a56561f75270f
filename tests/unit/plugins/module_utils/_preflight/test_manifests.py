# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The manifests folder."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import manifests

POD = "kind: Pod\nmetadata:\n  name: etcd\n"


@pytest.mark.parametrize(
    ("text", "pod", "data_dir"),
    [
        (POD + "  namespace: kube-system\n", "kube-system/etcd", None),
        (POD, "default/etcd", None),
        (POD + "spec:\n  volumes:\n  - name: etcd-data\n    hostPath:\n      path: /data\n", "default/etcd", "/data"),
        (POD + "spec:\n  volumes:\n  - name: etcd-data\n    emptyDir: {}\n", "default/etcd", None),
        (POD + "spec: 1\n", None, None),
        ("kind: Service\nmetadata:\n  name: etcd\n", None, None),
        ("kind: Pod\nmetadata: null\n", None, None),
        ("", None, None),
        ("- 1\n", None, None),
        ("a: &x 1\n", None, None),
        ("kind: Pod\nmetadata: {name: haproxy, namespace: kube-system}\n", "kube-system/haproxy", None),
        ("kind: Pod\nmetadata: {namespace: a, labels: {app: x}, name: b}\n", "a/b", None),
        (
            POD + "  namespace: kube-system\n  labels: {name: other}\nspec:\n  command: [a, -f, b]\n",
            "kube-system/etcd",
            None,
        ),
        (POD + "  labels:\n    namespace: other\nspec:\n  resources: {requests: {cpu: 50m}}\n", "default/etcd", None),
        (
            POD
            + "  annotations: {a: b}\nspec:\n  volumes:\n  - hostPath:\n      path: /data\n      type: Directory\n    name: etcd-data\n",
            "default/etcd",
            "/data",
        ),
        ("kind: Service\nmetadata: {name: etcd}\n", None, None),
        ("kind: Pod\nspec: {a: b}\n", None, None),
    ],
)
def test_read_manifest(text: str, pod: str | None, data_dir: str | None) -> None:
    """Breaks the second run (our own manifest counts as foreign), or overwrites somebody else's."""
    assert manifests.read_manifest(text) == manifests.Manifest(pod, data_dir)


SERVER = """kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --service-cluster-ip-range=10.96.0.0/12
    - --oidc-client-secret=s3cret
    args:
    - --client-ca-file=/etc/kubernetes/pki/ca.crt
    image: registry.k8s.io/kube-apiserver:v1.37.2
"""


def test_what_says_which_cluster_runs() -> None:
    """Breaks the refusal of what cannot be changed; or a flag is told that may hold a secret."""
    found = manifests.read_manifest(SERVER)
    assert found.flags == {
        "service-cluster-ip-range": "10.96.0.0/12",
        "client-ca-file": "/etc/kubernetes/pki/ca.crt",
    }
    assert found.image == "registry.k8s.io/kube-apiserver:v1.37.2"
    assert manifests.read_manifest(SERVER.replace("containers", "initContainers")).flags == {}


@pytest.mark.parametrize(
    ("text", "domain"),
    [("clusterDomain: example.org\n", "example.org"), ("", None), ("a: b\n", None), ("- 1\n", None), ("&", None)],
)
def test_the_domain_of_the_cluster(tmp_path: pathlib.Path, text: str, domain: str | None) -> None:
    """Breaks the refusal of another DNS domain, or fails on a host without a kubelet."""
    folder = tmp_path / "var/lib/kubelet"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    facts = manifests.gather(InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path)), {})
    assert facts["cluster_domain"] == domain


def test_hidden_files_are_not_read(tmp_path: pathlib.Path) -> None:
    """Breaks on the editor's and this collection's own files with a dot, which the kubelet leaves alone."""
    folder = tmp_path / "etc/kubernetes/manifests"
    folder.mkdir(parents=True)
    for name in (".etcd.yaml.swp", "etcd.yaml"):
        (folder / name).write_text(POD, encoding="utf-8")
    facts = manifests.gather(InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path)), {})
    assert list(facts["files"]) == ["etcd.yaml"]


def test_names_that_cannot_be_shown(tmp_path: pathlib.Path) -> None:
    """Breaks when a manifest with an odd name is not read, or its name reaches a terminal as it is."""
    folder = tmp_path / "etc/kubernetes/manifests"
    folder.mkdir(parents=True)
    text = "kind: Pod\nmetadata:\n  name: x\n"
    for name in (b"a\xff.yaml", "b\u202e.yaml".encode(), b"c\n.yaml"):
        (folder / os.fsdecode(name)).write_text(text)
    facts = manifests.gather(InspectedHost(lambda _argv: Result(0, "", ""), str(tmp_path)), {})
    assert {name: facts["files"][name]["pod"] for name in facts["files"]} == {
        r"a\xff.yaml": "default/x",
        r"b\u202e.yaml": "default/x",
        r"c\x0a.yaml": "default/x",
    }
