# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All judges, and the root cause first."""

from __future__ import annotations

import shutil
import typing as t

import pytest
from diagnosed_node import MANIFESTS, NOW, PKI, RUNNING, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import all as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import container_runtime, pods
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.etcd import alarms
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.disk import Space
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import COMPONENTS
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import Ended
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import Images

LOG = "/var/log/pods/a/0.log"


@pytest.fixture(name="well", autouse=True)
def fixture_well(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk, runtime, images and network are as they should be."""
    images = Images("", lambda _image: True, lambda _image, _seconds: None, lambda: "containerd")
    monkeypatch.setattr(pods, "runtime_of", lambda _socket, _docker: images)
    monkeypatch.setattr(container_runtime, "_refusal", lambda _path: None)
    monkeypatch.setattr(node, "space", lambda _folder: Space(2**40, 9, 2**40))
    monkeypatch.setattr(node, "write_refusal", lambda _folder: None)
    monkeypatch.setattr(Node, "connection", lambda _self, _host, _port, _seconds: "open")
    monkeypatch.setattr(subject, "judge_etcd", lambda _seen: [])


def _acute(node: Node, *unhealthy: str, **known: t.Any) -> list[tuple[str, str]]:
    return [(item.component, item.fault) for item in subject.diagnose(node.situation(*unhealthy, **known)).acute]


def _crashed(node: Node, component: str, words: str) -> dict[str, list[Ended]]:
    node.put(LOG, f"2026-11-30T04:00:00Z stderr F {words}\n")
    now = NOW.timestamp()
    return {component: [Ended(component, 3, now, now, 1, "Error", "", LOG)]}


def test_a_control_plane_that_is_well(node: Node) -> None:
    """Breaks trust in it: anything is found where all is well."""
    found = subject.diagnose(node.situation())
    assert (found.acute, found.other, found.starting) == ([], [], [])
    assert set(found.health.values()) == {"healthy"}


def test_what_needs_another_is_not_blamed(node: Node) -> None:
    """Breaks the order: the API server that ends because etcd is away is named in place of etcd."""
    ended = _crashed(node, "etcd", "flag provided but not defined: -x")
    ended["kube-apiserver"] = [
        ended["etcd"][0]._replace(name="kube-apiserver", log="/other.log"),
    ]
    node.put("/other.log", "2026-11-30T04:00:00Z stderr F Error: context deadline exceeded\n")
    assert _acute(node, "etcd", "kube-apiserver", "kube-scheduler", ended=ended) == [("etcd", "UnknownFlag")]


def test_what_ends_again_and_again_for_another_is_not_blamed(node: Node) -> None:
    """Breaks the list: each component that cannot live without the API server is a fault of its own."""
    (node.root / f"{PKI[1:]}/sa.pub").unlink()
    ended = _crashed(node, "kube-scheduler", "I1130 words that nobody knows")
    found = _acute(node, "kube-apiserver", "kube-scheduler", ended=ended)
    assert found == [("kube-apiserver", "FileMissing")]


def test_an_etcd_that_is_well_and_takes_no_writes(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a full database: etcd says that it is well, and the API server that it is not."""
    full = Verdict("etcd", "EtcdQuotaExceeded", "takes no more writes", [], "Compact it.")
    monkeypatch.setattr(subject, "judge_etcd", lambda _seen: [full])
    assert _acute(node, "kube-apiserver") == [("etcd", "EtcdQuotaExceeded")]


def test_two_that_are_wrong(node: Node) -> None:
    """Breaks when only the first of two mistakes is told: the second costs another outage."""
    (node.root / f"{PKI[1:]}/sa.pub").unlink()
    ended = _crashed(node, "etcd", "flag provided but not defined: -x")
    found = _acute(node, "etcd", "kube-apiserver", ended=ended)
    assert found == [("etcd", "UnknownFlag"), ("kube-apiserver", "FileMissing")]


def test_a_certificate_of_etcd_by_which_the_api_server_fails(node: Node) -> None:
    """Breaks the commonest outage: etcd says that it is well, and its certificate has expired."""
    later = NOW.timestamp() + 2 * 365 * 86400
    node.started = dict.fromkeys(node.started, later - 3600)
    found = _acute(node, "kube-apiserver", now=later)
    assert found[0] == ("etcd", "CertificateExpired")
    assert subject.diagnose(node.situation(now=later)).acute == []
    assert ("etcd", "CertificateExpired") in {
        (item.component, item.fault) for item in subject.diagnose(node.situation(now=later)).other
    }


def test_what_starts_is_not_judged_by_its_silence(node: Node) -> None:
    """Breaks healthy starts: what needs its time is called broken; or nothing is ever said of what stays silent."""
    node.started["kube-scheduler"] = NOW.timestamp() - 5
    found = subject.diagnose(node.situation("kube-scheduler"))
    assert (found.acute, found.starting) == ([], ["kube-scheduler"])
    node.started["kube-scheduler"] = NOW.timestamp() - 500
    assert _acute(node, "kube-scheduler") == [("kube-scheduler", "NotHealthy")]


def test_what_the_kubelet_says_of_what_starts(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the first minute of an image that cannot be pulled: the kubelet says so at once."""
    lacking = Images("", lambda _image: False, lambda _image, _seconds: None, lambda: "containerd")
    monkeypatch.setattr(pods, "runtime_of", lambda _socket, _docker: lacking)
    node.started["kubelet"] = NOW.timestamp() - 5
    del node.started["kube-scheduler"]
    node.journal = 'E1130 "Unhandled Error" err="... kube-scheduler-cp1 ... ErrImagePull: i/o timeout"'
    assert _acute(node, "kube-scheduler") == [("kube-scheduler", "ImageMissing")]


def test_a_kubelet_that_is_stopped_is_acute_although_all_pods_run(node: Node) -> None:
    """Breaks when a kubelet that is stopped is only noticed at the next fault."""
    node.systemd = RUNNING.replace("=active", "=inactive")
    del node.started["kubelet"]
    assert _acute(node, "kubelet") == [("kubelet", "KubeletStopped")]


def test_an_alarm_is_acute_although_all_answers(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a cluster in which nothing can be changed any more: reads are answered, so all is called well."""
    (alarm,) = alarms({"alarms": [{"alarm": "NOSPACE"}]})
    monkeypatch.setattr(subject, "judge_etcd", lambda _seen: [alarm])
    assert _acute(node) == [("etcd", "EtcdQuotaExceeded")]


@pytest.mark.parametrize("is_sure", [True, False])
def test_a_lost_quorum_is_acute_although_all_answers(
    node: Node, monkeypatch: pytest.MonkeyPatch, is_sure: bool
) -> None:
    """Breaks the one sentence that is needed then: an API server that cannot read its rules refuses the question, and is called well."""
    lost = Verdict("etcd", "EtcdNoQuorum", "has no quorum", [], "Bring back one of them.", is_sure)
    monkeypatch.setattr(subject, "judge_etcd", lambda _seen: [lost])
    assert _acute(node) == ([("etcd", "EtcdNoQuorum")] if is_sure else [])


def test_a_runtime_that_is_stopped_is_acute_although_all_pods_run(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a node that is about to be NotReady: all is called well, as what runs goes on to run."""
    monkeypatch.setattr(container_runtime, "_refusal", lambda _path: "Connection refused")
    stopped = RUNNING.replace("=active", "=inactive").replace("running", "dead")
    monkeypatch.setattr(node, "systemd", stopped)
    assert ("container runtime", "ContainerRuntimeDown") in _acute(node)
    # Where its service runs, the socket may be another one than the kubelet's.
    monkeypatch.setattr(node, "systemd", RUNNING)
    found = subject.diagnose(node.situation())
    assert (list(found.acute), [item.fault for item in found.other]) == ([], ["ContainerRuntimeDown"])


def test_passwords_are_not_shown(node: Node) -> None:
    """Breaks secrets: a proxy's password in a component's last words."""
    ended = _crashed(node, "kube-scheduler", "Error: proxy http://user:secret@proxy.example.com failed")
    (verdict,) = subject.diagnose(node.situation("kube-scheduler", ended=ended)).acute
    assert "secret" not in verdict.text()
    assert "http://***@proxy.example.com" in verdict.text()


def _worker(node: Node) -> Situation:
    shutil.rmtree(node.root / MANIFESTS[1:])
    seen = node.situation(*COMPONENTS[1:], kind="worker")
    return seen._replace(manifests=seen.manifests._replace(missing=()))


def test_a_worker_that_is_well(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of all workers: each is said to lack the manifests of a control plane, or their folder."""
    monkeypatch.setattr(Node, "connection", lambda _self, _host, _port, _seconds: "open")
    found = subject.diagnose(_worker(node))
    assert (found.health, found.acute, found.other) == ({"kubelet": "healthy"}, [], [])


def test_a_worker_that_does_not_reach_its_control_plane(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a worker whose kubelet says that it is well, and whose node is not ready."""
    monkeypatch.setattr(Node, "connection", lambda _self, _host, _port, _seconds: "refused")
    (verdict,) = subject.diagnose(_worker(node)).acute
    assert (verdict.component, verdict.fault, verdict.is_sure) == ("kubelet", "ApiServerUnreachable", False)
    assert verdict.evidence[1].endswith(":6443: refused")


def test_a_host_of_an_external_etcd(node: Node) -> None:
    """Breaks the diagnosis of such a host: its kubelet is said to lack a cluster, or its etcd that is gone is not missed."""
    for component in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        (node.root / f"{MANIFESTS[1:]}/{component}.yaml").unlink()
    (node.root / "etc/kubernetes/kubelet.conf").unlink()
    seen = node.situation(kind="etcd")
    seen = seen._replace(manifests=seen.manifests._replace(missing=[]))
    assert subject.diagnose(seen).acute == []
    (node.root / f"{MANIFESTS[1:]}/etcd.yaml").unlink()
    gone = node.situation("etcd", kind="etcd")
    gone = gone._replace(manifests=gone.manifests._replace(missing=["etcd"]))
    assert [(item.component, item.fault) for item in subject.diagnose(gone).acute] == [("etcd", "ManifestMissing")]
