# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubernetes is taken off a host, which is a folder here."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import ServiceState
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset import reset as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset.layout import Layout
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.sandboxes import Pods, Sandbox


class World(t.NamedTuple):
    """host: whose files they are. done: what was done, in order. pods: that run; broken: the one that cannot be removed."""

    host: Host
    done: list[str]
    pods: list[Sandbox]
    broken: list[str]
    root: pathlib.Path


def _run(_argv: t.Sequence[str]) -> Result:
    return Result(1, "", "")


@pytest.fixture(name="world")
def fixture_world(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A control plane."""
    world = World(
        Host(_run, str(tmp_path)),
        [],
        [Sandbox(str(n), f"kube-system/{name}-cp1") for n, name in enumerate(("etcd", "coredns", "kube-apiserver"))],
        [],
        tmp_path,
    )
    root = str(tmp_path)
    for name in (
        "pki/ca.key",
        "manifests/etcd.yaml",
        "admin.conf",
        "mine.conf",
        "cni/10.conf",
        "kubelet/config.yaml",
        "etcd/member/wal/1",
        "etcd/lost+found",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    of = Layout([f"{root}/pki", f"{root}/kubelet", f"{root}/manifests"], [f"{root}/admin.conf"], f"{root}/etcd", ["/s"])
    monkeypatch.setattr(subject, "layout", lambda _host: of)
    monkeypatch.setattr(subject, "KUBELET_DIR", f"{root}/kubelet")
    monkeypatch.setattr(subject, "_FOLDERS", {"cni": (f"{root}/cni",)})
    monkeypatch.setattr(Host, "exists", lambda _self, path: pathlib.Path(path).exists())
    active = [True]

    def stop(_self: Host) -> None:
        world.done.append("stop")
        active[0] = False

    def remove(sandbox: Sandbox) -> None:
        if sandbox.pod in world.broken:
            raise OSError(5, "the network plugin does not answer")
        world.done.append(sandbox.pod)
        world.pods.remove(sandbox)

    monkeypatch.setattr(Host, "kubelet_state", lambda _self: ServiceState(active[0], False))
    monkeypatch.setattr(Host, "stop_kubelet", stop)
    monkeypatch.setattr(subject, "_runtimes", lambda _host, _sockets: [("/s", Pods(lambda: list(world.pods), remove))])
    monkeypatch.setattr(subject.InspectedHost, "interfaces", lambda _self: ["eth0", "cni0"])
    monkeypatch.setattr(subject.network, "remove_interfaces", lambda _run, names, _left: world.done.extend(names))
    return world


def _left(world: World) -> list[str]:
    return sorted(str(path.relative_to(world.root)) for path in world.root.rglob("*") if path.is_file())


def test_what_goes_and_what_stays(world: World) -> None:
    """Breaks the host: what is not the cluster's goes, something of it stays, or the API server ends before those that need it."""
    rows = subject.look(world.host, _run, []).rows()
    names = [row.artefact.removeprefix(f"{world.root}/") for row in rows]
    assert names == [
        "kubelet",
        *(f"pod kube-system/{name}-cp1" for name in ("etcd", "coredns", "kube-apiserver")),
        "etcd/member",
        "pki/ca.key",
        "kubelet/config.yaml",
        "admin.conf",
        "manifests/etcd.yaml",
    ]
    assert subject.reset(world.host, _run, []) == []
    assert world.done == ["stop", *(f"kube-system/{name}-cp1" for name in ("coredns", "kube-apiserver", "etcd"))]
    assert _left(world) == ["cni/10.conf", "etcd/lost+found", "mine.conf"]
    assert subject.look(world.host, _run, []).rows() == []


def test_what_people_are_asked_for(world: World) -> None:
    """Breaks a consent: what it is for stays."""
    assert "interface cni0" in [row.artefact for row in subject.look(world.host, _run, ["interfaces"]).rows()]
    subject.reset(world.host, _run, ["interfaces"])
    assert world.done[-1] == "cni0"
    assert "cni/10.conf" in _left(world)
    subject.reset(world.host, _run, ["cni"])
    assert "cni/10.conf" not in _left(world)


def test_a_pod_that_cannot_be_removed(world: World) -> None:
    """Breaks the reset for ever where a network plugin is gone; or nobody is told."""
    world.broken.append("kube-system/coredns-cp1")
    (warning,) = subject.reset(world.host, _run, [])
    assert warning.startswith(
        "the pod kube-system/coredns-cp1 could not be removed: the network plugin does not answer"
    )
    assert _left(world) == ["cni/10.conf", "etcd/lost+found", "mine.conf"]


def test_a_runtime_that_does_not_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks what runs: its files go, and it runs on."""

    def fails() -> list[Sandbox]:
        raise OSError(111, "Connection refused")

    monkeypatch.setattr(subject, "_runtimes", lambda _host, _sockets: [("/s", Pods(fails, lambda _sandbox: None))])
    before = _left(world)
    with pytest.raises(KubewrightError, match="cannot be asked for its pods: /s: Connection refused"):
        subject.look(world.host, _run, [])
    assert _left(world) == before
