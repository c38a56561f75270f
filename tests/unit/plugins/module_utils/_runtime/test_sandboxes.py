# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pods of a runtime, asked over real sockets."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.sandboxes import (
    Sandbox,
    of_cri,
    of_docker,
)


def test_of_the_interface(tmp_path: pathlib.Path) -> None:
    """Breaks the reset: a pod is not found, or is removed without its network."""
    metadata = grpc.text_field(1, "etcd-cp1") + grpc.text_field(2, "uid") + grpc.text_field(3, "kube-system")
    listed = grpc.bytes_field(1, grpc.text_field(1, "id-1") + grpc.bytes_field(2, metadata))
    asked: list[tuple[str, bytes]] = []

    def handler(call: server.Call) -> None:
        method = call.method.rsplit("/", 1)[1]
        asked.append((method, call.message))
        call.send(server.answer(listed if method == "ListPodSandbox" else b""))

    with server.serving(tmp_path / "s", handler) as path:
        pods = of_cri(lambda method, message: grpc.call(path, method, message, 20))
        (sandbox,) = pods.all()
        pods.remove(sandbox)
    assert sandbox == Sandbox("id-1", "kube-system/etcd-cp1")
    assert asked == [
        ("ListPodSandbox", b""),
        ("StopPodSandbox", grpc.text_field(1, "id-1")),
        ("RemovePodSandbox", grpc.text_field(1, "id-1")),
    ]


def test_of_the_docker_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks minors whose kubelet uses Docker itself: a pause container goes before those that use its network."""
    containers = {
        "io.kubernetes.docker.type=container": [{"Id": "a", "Names": ["/k8s_etcd_etcd-cp1_kube-system_0_0"]}],
        "io.kubernetes.docker.type=podsandbox": [{"Id": "b", "Names": ["/k8s_POD_etcd-cp1_kube-system_0_0"]}],
    }
    removed: list[str] = []

    def listed(_path: str, labels: t.Sequence[str], states: t.Sequence[str], _timeout: float) -> list[dict[str, t.Any]]:
        assert "running" in states
        return containers[labels[0]]

    monkeypatch.setattr(docker_engine, "containers", listed)
    monkeypatch.setattr(docker_engine, "remove", lambda _path, container, _timeout: removed.append(container))
    pods = of_docker("/s", 20)
    for sandbox in pods.all():
        pods.remove(sandbox)
    assert removed == ["a", "b"]
    assert pods.all()[0].pod == "k8s_etcd_etcd-cp1_kube-system_0_0"
