# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a control plane has its parts, by what its kubelet was told."""

from __future__ import annotations

import pytest
from diagnosed_node import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import layout as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process


def test_of_kubeadm(node: Node) -> None:
    """Breaks everything: another folder is looked at than the kubelet's."""
    found = subject.layout(node)
    assert found.manifests == "/etc/kubernetes/manifests"
    assert (found.pod_logs, found.node_name) == ("/var/log/pods", "cp1")
    assert (found.kubeconfig, found.port) == ("/etc/kubernetes/kubelet.conf", 10250)
    assert found.healthz == "http://127.0.0.1:10248/healthz"
    assert found.cri_socket.endswith("/run/containerd/containerd.sock")
    assert not found.docker


def test_of_the_flags_of_the_kubelet_that_runs(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a control plane whose kubelet has other folders and names."""
    node.put("/srv/kubelet.yaml", "healthzPort: 20248\nhealthzBindAddress: '::1'\nport: 20250\npodLogsDir: /srv/logs\n")
    flags = ("--config=/srv/kubelet.yaml", "--pod-manifest-path=/srv/pods/", "--hostname-override=CP9")
    flags += ("--kubeconfig", "/srv/kubelet.conf", "--container-runtime-endpoint=unix:///run/crio.sock")
    monkeypatch.setattr(node, "kubelet", lambda: Process(7, ("kubelet", *flags), 0.0))
    found = subject.layout(node)
    assert (found.manifests, found.pod_logs, found.node_name) == ("/srv/pods", "/srv/logs", "cp9")
    assert (found.healthz, found.port) == ("http://[::1]:20248/healthz", 20250)
    assert (found.kubeconfig, found.cri_socket) == ("/srv/kubelet.conf", "unix:///run/crio.sock")


def test_of_a_kubelet_that_does_not_run(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis just where it is needed: with a configuration that nobody can read, too."""
    monkeypatch.setattr(node, "kubelet", lambda: None)
    node.put("/var/lib/kubelet/config.yaml", "{{ }")
    node.put("/var/lib/kubelet/kubeadm-flags.env", 'KUBELET_KUBEADM_ARGS="--hostname-override=cp7 --v=2"\n')
    found = subject.layout(node)
    assert (found.node_name, found.manifests, found.configuration) == ("cp7", "/etc/kubernetes/manifests", {})


@pytest.mark.parametrize("socket", ["/run/containerd/containerd.sock", "/var/run/docker.sock"])
def test_a_kubelet_without_an_endpoint(node: Node, socket: str) -> None:
    """Breaks minors before 1.24 with the Docker engine."""
    node.put("/var/lib/kubelet/config.yaml", "port: 10250\n")
    node.put("/var/lib/kubelet/kubeadm-flags.env", "")
    node.put(socket, "")
    assert subject.layout(node).docker == ("docker" in socket)


def test_the_docker_engine_with_its_own_containerd(node: Node) -> None:
    """Breaks minors before 1.24: the engine's containerd, which answers no kubelet, is called away."""
    node.put("/var/lib/kubelet/config.yaml", "port: 10250\n")
    node.put("/var/lib/kubelet/kubeadm-flags.env", "")
    for socket in ("/run/containerd/containerd.sock", "/var/run/docker.sock"):
        node.put(socket, "")
    assert subject.layout(node).docker
    del node.started["kubelet"]
    node.put("/var/lib/kubelet/kubeadm-flags.env", 'KUBELET_KUBEADM_ARGS="--container-runtime=remote"\n')
    assert not subject.layout(node).docker
