# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static pods of a control plane."""

from __future__ import annotations

import pytest
from diagnosed_node import MANIFESTS, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import static_pod as subject


def test_those_of_kubeadm(node: Node) -> None:
    """Breaks every judge: a component's flags, volumes or probe are not read."""
    found = subject.manifests(node, MANIFESTS)
    assert set(found.pods) == {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"}
    assert (found.unread, found.missing) == ({}, [])
    pod = found.pods["kube-apiserver"]
    assert pod.flag("etcd-servers") == "https://127.0.0.1:2379"
    assert pod.flag("no-such-flag") == ""
    assert pod.probe.startswith("https://")
    assert pod.probe.endswith(":6443/livez")
    assert subject.Volume("/etc/kubernetes/pki", "DirectoryOrCreate") in pod.volumes
    assert ("/etc/kubernetes/pki", "/etc/kubernetes/pki") in pod.mounts


def test_files_that_are_none(node: Node) -> None:
    """Breaks the diagnosis of a manifest that somebody has broken, or left beside the others."""
    node.put(f"{MANIFESTS}/kube-scheduler.yaml", "kind: Pod\n  spec: {{\n")
    node.put(f"{MANIFESTS}/.hidden.yaml", "kind: Nothing\n")
    node.put(f"{MANIFESTS}/other.yaml", "kind: ConfigMap\nmetadata:\n  name: a\n")
    (node.root / f"{MANIFESTS[1:]}/folder").mkdir()
    (node.root / f"{MANIFESTS[1:]}/etcd.yaml").unlink()
    found = subject.manifests(node, MANIFESTS)
    assert set(found.unread) == {f"{MANIFESTS}/kube-scheduler.yaml", f"{MANIFESTS}/other.yaml"}
    assert found.missing == ["etcd"]


@pytest.mark.parametrize("text", ["kind: Pod\nspec:\n  containers: []\n", "kind: Pod\n", "- 1\n", "kind: List\n"])
def test_no_pod_of_a_component(text: str) -> None:
    """Breaks when a file of another shape is a traceback."""
    with pytest.raises(subject.NoPod):
        subject.read_static_pod("/m.yaml", text)


def test_no_yaml_of_ours() -> None:
    """Breaks when what only this reader does not take is called broken."""
    with pytest.raises(Unreadable) as raised:
        subject.read_static_pod("/m.yaml", "kind: &kind Pod\n")
    assert not isinstance(raised.value, subject.NoPod)


def test_a_probe_at_a_port_with_a_name() -> None:
    """Breaks 1.34 and later, whose manifests name the port."""
    text = """kind: Pod
spec:
  containers:
  - name: kube-scheduler
    image: a:v1
    ports:
    - containerPort: 10259
      name: probe-port
    livenessProbe:
      httpGet:
        host: 0.0.0.0
        path: /livez
        port: probe-port
        scheme: HTTPS
"""
    assert subject.read_static_pod("/m.yaml", text).probe == "https://127.0.0.1:10259/livez"


def test_a_container_that_a_patch_has_put_before_it(node: Node) -> None:
    """Breaks control planes with a sidecar: the component has no manifest, although it runs."""
    node.edit("kube-apiserver", "  containers:\n", "  containers:\n  - name: kms\n    image: kms:v1\n")
    assert subject.manifests(node, MANIFESTS).pods["kube-apiserver"].flag("etcd-servers")


def test_a_copy_beside_a_manifest(node: Node) -> None:
    """Breaks the sight of what runs: the copy with another flag takes the place of the manifest."""
    text = node.text(f"{MANIFESTS}/etcd.yaml") or ""
    node.put(f"{MANIFESTS}/etcd.yaml.bak", text.replace("--name=", "--name=old-"))
    assert not subject.manifests(node, MANIFESTS).pods["etcd"].flag("name").startswith("old-")
