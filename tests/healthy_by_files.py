# SPDX-License-Identifier: GPL-3.0-or-later
"""A control plane in a folder whose components are healthy by what their files say, asked over real HTTP."""

from __future__ import annotations

import http.server
import pathlib
import threading
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR, MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
    Endpoint,
)

KUBELET_CONFIG = KUBELET_DIR + "/config.yaml"
BAD = b"bad"


def manifest(component: str) -> str:
    """The path of a static pod's manifest."""
    return f"{MANIFESTS_DIR}/{component}.yaml"


class Node(WatchedHost):
    """A component is healthy where its file is there and does not hold C(BAD). Its process has read what is there.

    calls: what was done to the kubelet.
    """

    def __init__(self, root: pathlib.Path, ca: bytes) -> None:
        """root: an empty folder. ca: a CA (PEM), of which the API server without TLS has no need."""
        super().__init__(lambda _argv: Result(127, "", ""), str(root))
        self.root, self.calls = root, t.cast("list[str]", [])
        self.elapsed = 0.0
        self.since = dict.fromkeys(("kubelet", "etcd", "kube-apiserver", "kube-scheduler"), 0.0)
        for path in (*map(manifest, ("etcd", "kube-apiserver", "kube-scheduler")), KUBELET_CONFIG):
            self.put(path, b"good")
        self.put("/ca.crt", ca)
        node = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path[1:]
                content = node.content(KUBELET_CONFIG if name == "kubelet" else manifest(name))
                self.send_response(200 if content is not None and BAD not in content else 500)
                self.end_headers()

            def log_message(self, format: str, *arguments: t.Any) -> None:
                """Nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path: str, content: bytes) -> None:
        """Puts a file there."""
        there = self.root / path[1:]
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(content)

    def control_plane(self, timeout: float = 2.0) -> ControlPlane:
        """As a configuration describes it."""
        port = self.server.server_address[1]
        endpoints = [
            Endpoint(name, f"http://127.0.0.1:{port}/{name}", name == "kube-apiserver", name != "etcd")
            for name in ("kubelet", "kube-apiserver", "etcd", "kube-scheduler")
        ]
        pods = {name: Component({}) for name in ("etcd", "kube-apiserver", "kube-scheduler")}
        return ControlPlane("/ca.crt", "n1", "/pods", "/ca.crt", timeout, timeout, endpoints, pods)

    def oldest_start(self, name: str) -> float:
        """As C(since) says, else now."""
        return self.since[name] or time.time()

    def component(self, name: str) -> list[Process]:
        """No process of this machine."""
        return []

    def kubelet(self) -> Process | None:
        """None of this machine."""
        return None

    def start_kubelet(self) -> None:
        """Is counted."""
        self.calls.append("start")

    def monotonic(self) -> float:
        """A clock that only sleeping moves: a busy machine takes no time."""
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        """The clock goes on."""
        self.elapsed += seconds

    def close(self) -> None:
        """Ends its server."""
        self.server.shutdown()
        self.server.server_close()


__all__ = ("BAD", "KUBELET_CONFIG", "Node", "manifest")
