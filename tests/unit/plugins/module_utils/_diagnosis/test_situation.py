# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known before anybody judges it."""

from __future__ import annotations

import os
import shutil

import pytest
from diagnosed_node import MANIFESTS, NOW, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import situation as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.health import Health
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import Ended


def _ended(created: float) -> Ended:
    return Ended("etcd", 0, created, created + 1, 1, "Error", "", "")


def test_what_is_looked_at(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks every judge: health of nobody, or the end of a container of another manifest."""
    changed = (node.times(f"{MANIFESTS}/etcd.yaml") or (0.0,))[0]
    monkeypatch.setattr(node, "clock", lambda: changed + 100)
    asked: list[str] = []

    def ask(url: str) -> Health:
        asked.append(url)
        return Health(404, "") if "readyz" in url else Health(200, "ok")

    monkeypatch.setattr(subject, "ask", ask)
    monkeypatch.setattr(node, "component", lambda name: [Process(3, (name,), 7.0)] if name != "etcd" else [])
    monkeypatch.setattr(subject, "ended_containers", lambda _plane, _since: [_ended(changed - 50), _ended(changed + 5)])
    seen = subject.situation(node)
    assert seen.ended == {"etcd": [_ended(changed + 5)]}
    assert seen.health["etcd"] == Health(0, "no process of it runs")
    # An API server of before 1.16 has no readyz.
    assert seen.is_well("kube-apiserver")
    assert seen.is_well("kubelet")
    assert set(seen.running) == {"kubelet", "kube-apiserver", "kube-controller-manager", "kube-scheduler"}
    assert any(url.endswith(":6443/readyz?verbose") for url in asked)
    assert set(subject.expected(seen.manifests)) == {"kubelet", *seen.pods}


def test_a_manifest_that_was_only_touched(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a host whose files were given back their owner or came from a backup: its pod is older than they are."""
    path = f"{MANIFESTS}/etcd.yaml"
    changed = (node.times(path) or (0.0, 0.0))[1]
    os.utime(node.path(path), (changed - 500, changed - 500))
    monkeypatch.setattr(node, "clock", lambda: changed + 100)
    monkeypatch.setattr(subject, "ask", lambda _url: Health(200, ""))
    ended = _ended(changed + 5)._replace(pod_created=changed - 50)
    monkeypatch.setattr(subject, "ended_containers", lambda _plane, _since: [ended])
    assert subject.situation(node).ended == {"etcd": [ended]}


def test_a_manifest_of_the_future(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a host whose clock was set back: every end is older than its manifest."""
    monkeypatch.setattr(node, "clock", lambda: NOW.timestamp() - 10**9)
    monkeypatch.setattr(subject, "ask", lambda _url: Health(200, ""))
    monkeypatch.setattr(subject, "ended_containers", lambda _plane, _since: [_ended(5.0)])
    assert subject.situation(node).ended == {"etcd": [_ended(5.0)]}


def test_how_the_runtime_is_asked(node: Node) -> None:
    """Breaks the words of containers: of another node, socket or folder."""
    seen = node.situation()
    plane = subject.watched(seen.layout, seen.pods)
    assert (plane.node_name, plane.pod_logs, plane.cri_socket) == ("cp1", "/var/log/pods", seen.layout.cri_socket)
    assert set(plane.components) == set(seen.pods)


@pytest.mark.parametrize("status", [401, 403])
def test_an_api_server_that_strangers_may_not_ask(node: Node, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Breaks clusters with anonymous-auth=false: an API server that answers is called broken."""
    monkeypatch.setattr(subject, "ask", lambda _url: Health(status, "Unauthorized"))
    monkeypatch.setattr(node, "component", lambda name: [Process(3, (name,), 7.0)])
    monkeypatch.setattr(subject, "ended_containers", lambda _plane, _since: [])
    assert subject.situation(node).is_well("kube-apiserver")


def test_a_worker(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of workers: the components of a control plane are missed on them."""
    shutil.rmtree(node.root / MANIFESTS[1:])
    monkeypatch.setattr(subject, "ask", lambda _url: Health(200, "ok"))
    assert subject.situation(node).manifests.missing
    seen = subject.situation(node, "worker")
    assert (list(seen.manifests.missing), seen.kind, list(seen.health)) == ([], "worker", ["kubelet"])
    assert list(subject.situation(node, "etcd").manifests.missing) == ["etcd"]
