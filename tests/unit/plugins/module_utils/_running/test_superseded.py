# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which static pods the kubelet has not replaced."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import superseded as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.superseded import (
    left_as_they_are,
    relief,
    superseded,
)


def test_only_a_pod_that_is_older_than_its_manifest_counts(tmp_path: pathlib.Path) -> None:
    """Breaks when a fresh control plane, a new pod, another node's or another component's pod is taken for an old one.

    And when a kubelet is restarted again that has read the manifests already.
    """
    pods = {
        "kube-system_etcd-n1_a": 100.0,
        "kube-system_kube-apiserver-n1_a": 100.0,
        "kube-system_kube-apiserver-n1_b": 300.0,
        "kube-system_kube-scheduler-n11_a": 100.0,
    }
    for name, moment in pods.items():
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (moment, moment))
    written = dict.fromkeys(("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"), 200.0)
    assert superseded(WatchedHost(lambda _argv: Result(127, "", "")), written, 150.0, "n1", str(tmp_path)) == ["etcd"]
    assert superseded(WatchedHost(lambda _argv: Result(127, "", "")), written, 250.0, "n1", str(tmp_path)) == []


def test_a_pod_that_the_kubelet_leaves_as_it_is() -> None:
    """Breaks the mend of a manifest that somebody has changed while the kubelet was away: its pod is never started anew.

    And when a process is ended that the kubelet is still to replace, or that was started after its manifest was written.
    """
    started = {"etcd": 100.0, "kube-apiserver": 300.0}

    class Host(WatchedHost):
        def component(self, name: str) -> list[Process]:
            return [Process(7, (name,), started[name])] if name in started else []

    host = Host(lambda _argv: Result(127, "", ""))
    written = dict.fromkeys(("etcd", "kube-apiserver", "kube-scheduler"), 200.0)
    assert left_as_they_are(host, written, 250.0) == [Process(7, ("etcd",), 100.0)]
    assert left_as_they_are(host, written, 150.0) == []


def test_relief_leaves_those_alone_whose_new_process_nobody_waits_for(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks a healthy cluster: where a backup gave all manifests another time, a slow scheduler ends etcd and the API server too."""
    ended: list[str] = []

    class Host(WatchedHost):
        def kubelet(self) -> Process | None:
            return Process(1, ("kubelet",), 300.0)

        def component(self, name: str) -> list[Process]:
            return [Process(7, (name,), 100.0)]

        def terminate(self, wanted: Process) -> None:
            ended.extend(wanted.arguments)

    components = {name: Component({}) for name in ("etcd", "kube-apiserver", "kube-scheduler")}
    plane = ControlPlane("", "n1", str(tmp_path), "", 1.0, 1.0, [], components)
    monkeypatch.setattr(subject, "manifest_times", lambda _host, _paths: dict.fromkeys(components, 200.0))
    host = Host(lambda _argv: Result(127, "", ""))
    relief(plane, host, lambda _replaced, _text: None, ["kube-scheduler"]).act()
    assert ended == ["kube-scheduler"]


def test_a_pod_that_the_kubelet_lets_wait(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks who changes several things in a row: the controller manager, which ends with each API server, is waited for in vain.

    And when the kubelet is restarted for one that is just being started, or for another node's.
    """
    journal = 'E1130 pod_workers.go:1] "Error syncing pod" err="CrashLoopBackOff: back-off 2m40s ... pod=kube-scheduler-n1_kube-system"'
    said: list[str] = []

    class Host(WatchedHost):
        def kubelet(self) -> Process | None:
            return Process(1, ("kubelet",), 300.0)

        def component(self, name: str) -> list[Process]:
            return [] if name == "kube-scheduler" else [Process(7, (name,), 250.0)]

        def start_kubelet(self) -> None:
            said.append("restarted")

    components = {name: Component({}) for name in ("etcd", "kube-scheduler")}
    plane = ControlPlane("", "n1", str(tmp_path), "", 1.0, 1.0, [], components)
    monkeypatch.setattr(subject, "manifest_times", lambda _host, _paths: dict.fromkeys(components, 200.0))
    monkeypatch.setattr(subject.kubelet_service, "journal", lambda _run, _lines: [journal])
    act = relief(
        plane, Host(lambda _argv: Result(127, "", "")), lambda names, text: said.extend([*names, text]), []
    ).act
    act()
    assert said[0] == "kube-scheduler"
    assert "let kube-scheduler wait" in said[1]
    assert said[2:] == ["restarted"]
    said.clear()
    monkeypatch.setattr(subject.kubelet_service, "journal", lambda _run, _lines: [journal.replace("-n1_", "-n11_")])
    act()
    assert said == []
