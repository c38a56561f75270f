# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers that have ended, asked over real sockets."""

from __future__ import annotations

import http.server
import json
import pathlib
import socket
import socketserver
import threading
import typing as t
import urllib.parse

import pytest

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import (
    Ended,
    ended_by_cri,
    ended_by_docker,
)

PODS = {f"{name}-cp1": name for name in ("etcd", "kube-apiserver")}
LOG = "/var/log/pods/kube-system_kube-apiserver-cp1_1/kube-apiserver/2.log"


def _pair(number: int, key: str, value: str) -> bytes:
    return grpc.bytes_field(number, grpc.text_field(1, key) + grpc.text_field(2, value))


def _container(name: str, state: int, created: int, attempt: int = 0, pod: str = "") -> bytes:
    fields = grpc.text_field(1, f"id-{name}-{created}") + grpc.text_field(2, f"pod-{name}")
    fields += grpc.bytes_field(3, grpc.text_field(1, name) + grpc.number_field(2, attempt))
    fields += grpc.number_field(6, state) + grpc.number_field(7, created * 10**9)
    labels = _pair(8, "io.kubernetes.container.name", name) + _pair(8, "io.kubernetes.pod.name", pod or f"{name}-cp1")
    return grpc.bytes_field(1, fields + labels)


def test_of_the_interface(tmp_path: pathlib.Path) -> None:
    """Breaks when a container counts that runs, is older, or is none of the control plane; or one of its facts is lost."""
    listed = b"".join(
        [
            _container("kube-apiserver", 2, 200, 2),
            _container("kube-apiserver", 1, 210, 3),
            _container("etcd", 2, 90),
            _container("coredns", 2, 200),
            _container("etcd", 2, 200, pod="cilium-etcd-cp1"),
            _container("etcd", 2, 140),
            _container("etcd", 2, 150),
        ]
    )
    status = grpc.number_field(6, 205 * 10**9) + grpc.number_field(7, 2**64 - 1) + grpc.text_field(10, "Error")
    status += grpc.text_field(11, "words") + grpc.text_field(15, LOG)
    sandbox = grpc.bytes_field(1, grpc.text_field(1, "pod-etcd") + grpc.number_field(4, 95 * 10**9))
    asked: list[tuple[str, bytes]] = []

    def handler(call: server.Call) -> None:
        method = call.method.rsplit("/", 1)[1]
        asked.append((method, call.message))
        if method == "ListPodSandbox":
            call.send(server.answer(sandbox))
        elif method == "ContainerStatus" and call.message == grpc.text_field(1, "id-etcd-140"):
            # The kubelet has removed it meanwhile.
            call.send(server.refusal(5, "not found"))
        else:
            call.send(server.answer(listed if method == "ListContainers" else grpc.bytes_field(1, status)))

    with server.serving(tmp_path / "s", handler) as path:
        found = ended_by_cri(lambda method, message: grpc.call(path, method, message, 20), PODS, 100.0)
    assert found == [
        Ended("etcd", 0, 150.0, 205.0, -1, "Error", "words", LOG, 95.0),
        Ended("kube-apiserver", 2, 200.0, 205.0, -1, "Error", "words", LOG),
    ]
    for question, field in ((asked[0][1], 4), (asked[-1][1], 3)):
        selector = grpc.fields(t.cast(bytes, grpc.fields(question)[1][0]))[field][0]
        assert grpc.fields(t.cast(bytes, selector)) == {1: [b"io.kubernetes.pod.namespace"], 2: [b"kube-system"]}
    assert asked[-1][0] == "ListPodSandbox"
    assert [message for method, message in asked if method == "ContainerStatus"] == [
        grpc.text_field(1, "id-kube-apiserver-200"),
        grpc.text_field(1, "id-etcd-140"),
        grpc.text_field(1, "id-etcd-150"),
    ]


class _Server(socketserver.UnixStreamServer):
    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """An address as the HTTP handler wants one."""
        connection, _address = super().get_request()
        return connection, ("local", 0)


@pytest.fixture(name="engine")
def fixture_engine(tmp_path: pathlib.Path) -> t.Iterator[t.Callable[[dict[str, t.Any]], str]]:
    """Answers of a Docker engine by their paths."""
    servers = []

    def serve(answers: dict[str, t.Any]) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = answers.get(urllib.parse.unquote_plus(self.path))
                self.send_response(200 if found is not None else 404)
                self.end_headers()
                self.wfile.write(json.dumps(found if found is not None else {"message": self.path}).encode())

            def log_message(self, format: str, *arguments: t.Any) -> None:
                """Nothing."""

        servers.append(_Server(str(tmp_path / "docker.sock"), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return str(tmp_path / "docker.sock")

    yield serve
    for one in servers:
        one.shutdown()
        one.server_close()


def test_of_the_docker_engine(engine: t.Callable[[dict[str, t.Any]], str]) -> None:
    """Breaks minors whose kubelet uses Docker itself."""
    filters = {
        "label": ["io.kubernetes.pod.namespace=kube-system", "io.kubernetes.docker.type=container"],
        "status": ["exited", "dead"],
    }
    labels = {
        "io.kubernetes.container.name": "kube-apiserver",
        "io.kubernetes.pod.name": "kube-apiserver-cp1",
        "io.kubernetes.container.logpath": LOG,
        "io.kubernetes.sandbox.id": "pod",
    }
    pods = {
        "label": ["io.kubernetes.pod.namespace=kube-system", "io.kubernetes.docker.type=podsandbox"],
        "status": ["created", "running", "paused", "restarting", "removing", "exited", "dead"],
    }
    name = "/k8s_kube-apiserver_kube-apiserver-cp1_kube-system_0123_2"
    path = engine(
        {
            "/containers/json?all=1&filters=" + json.dumps(filters): [
                {"Id": "a", "Names": [name], "Labels": labels, "Created": 200},
                {"Id": "b", "Names": [name], "Labels": labels, "Created": 99},
                {"Id": "c", "Names": [], "Labels": None, "Created": 200},
                {"Id": "gone", "Names": [name], "Labels": labels, "Created": 201},
            ],
            "/containers/json?all=1&filters=" + json.dumps(pods): [{"Id": "pod", "Created": 190}],
            "/containers/a/json": {
                "State": {"ExitCode": 137, "OOMKilled": True, "Error": "", "FinishedAt": "2026-11-30T04:00:00.123Z"}
            },
        }
    )
    assert ended_by_docker(path, PODS, 100.5, 20) == [
        Ended("kube-apiserver", 2, 200.0, 1796011200.0, 137, "OOMKilled", "", LOG, 191.0)
    ]
