# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a static pod has no process that stays."""

from __future__ import annotations

import os

import pytest
from diagnosed_node import MANIFESTS, NOW, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import pods as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import Ended
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import Images

LOG = "/var/log/pods/a/0.log"


@pytest.fixture(name="images", autouse=True)
def fixture_images(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The images that the runtime lacks."""
    lacking: set[str] = set()
    found = Images("", lambda image: image not in lacking, lambda _image, _seconds: None, lambda: "containerd")
    monkeypatch.setattr(subject, "runtime_of", lambda _socket, _docker: found)
    return lacking


def _found(node: Node, component: str, *ended: Ended) -> list[tuple[str, str, bool]]:
    seen = node.situation(component, ended={component: list(ended)})
    return [(found.component, found.fault, found.is_sure) for found in subject.judge_pod(seen, seen.pods[component])]


def _ended(code: int, attempt: int = 0, reason: str = "Error") -> Ended:
    return Ended("kube-scheduler", attempt, NOW.timestamp(), NOW.timestamp(), code, reason, "", LOG)


def test_a_component_that_is_well(node: Node) -> None:
    """Breaks trust in it: an end of long ago is judged while the component runs."""
    seen = node.situation(ended={"kube-scheduler": [_ended(1)]})
    assert list(subject.judge_pod(seen, seen.pods["kube-scheduler"])) == []


def test_the_last_words_of_its_container(node: Node) -> None:
    """Breaks the diagnosis of nearly every mistake in a flag."""
    node.put(LOG, "2026-11-30T04:00:00Z stderr F Error: unknown flag: --x\n")
    assert _found(node, "kube-scheduler", _ended(1)) == [("kube-scheduler", "UnknownFlag", True)]
    assert _found(node, "kube-scheduler", _ended(0)) == []
    assert _found(node, "kube-scheduler", _ended(137, reason="OOMKilled")) == [("kube-scheduler", "OutOfMemory", True)]


def test_one_that_was_killed(node: Node) -> None:
    """Breaks the cause: whoever was killed by somebody is told to correct its flags."""
    node.put(LOG, "2026-11-30T04:00:00Z stderr F words that nobody knows\n")
    assert _found(node, "kube-scheduler", _ended(137, attempt=9)) == []
    assert _found(node, "kube-scheduler", _ended(1, attempt=9)) == [("kube-scheduler", "EndsItself", False)]


def test_one_that_goes_on_since(node: Node) -> None:
    """Breaks the cause: a fault that was mended is told again, when the component lacks something else."""
    node.put(LOG, "2026-11-30T04:00:00Z stderr F Error: unknown flag: --x\n")
    long_ago = _ended(1)._replace(finished=NOW.timestamp() - 100)
    node.started["kube-scheduler"] = NOW.timestamp() - 90
    assert _found(node, "kube-scheduler", long_ago) == []
    node.started["kube-scheduler"] = NOW.timestamp() - 5
    assert _found(node, "kube-scheduler", long_ago) == [("kube-scheduler", "UnknownFlag", True)]


def test_a_volume_that_needs_what_is_not_there(node: Node) -> None:
    """Breaks the diagnosis of a pod that is never started, and has no log."""
    volume = "  volumes:\n  - hostPath:\n      path: /srv/none\n      type: File\n    name: none\n"
    node.edit("kube-scheduler", "  volumes:\n", volume)
    # The kubelet does not look at one that nobody mounts.
    assert _found(node, "kube-scheduler") == []
    mount = "    volumeMounts:\n    - mountPath: /srv/none\n      name: none\n"
    node.edit("kube-scheduler", "    volumeMounts:\n", mount)
    assert _found(node, "kube-scheduler")[0] == ("kube-scheduler", "HostPathMissing", True)
    (node.root / "srv/none").mkdir(parents=True)
    assert _found(node, "kube-scheduler")[0] == ("kube-scheduler", "HostPathMissing", True)
    (node.root / "srv/none").rmdir()
    node.put("/srv/none", "")
    assert _found(node, "kube-scheduler") == []


@pytest.mark.parametrize("colon", [":", ","])
def test_a_folder_that_the_kubelet_waits_for(node: Node, colon: str) -> None:
    """Breaks the diagnosis of a folder that is missing: for a minute nothing is told, as what is being started may come."""
    volume = "  volumes:\n  - hostPath:\n      path: /srv/none\n      type: Directory\n    name: none\n"
    node.edit("kube-scheduler", "  volumes:\n", volume)
    node.edit(
        "kube-scheduler", "    volumeMounts:\n", "    volumeMounts:\n    - mountPath: /srv/none\n      name: none\n"
    )
    assert _found(node, "kube-scheduler")[0] == ("kube-scheduler", "HostPathMissing", False)
    node.journal = (
        f'E1130 nestedpendingoperations.go "MountVolume.SetUp failed for volume: hostPath type check failed{colon} /srv/none is not a '
        'directory" pod="kube-system/kube-scheduler-cp1"'
    )
    assert _found(node, "kube-scheduler")[0] == ("kube-scheduler", "HostPathMissing", True)


def test_an_image_that_is_not_there(node: Node, images: set[str]) -> None:
    """Breaks the diagnosis of a registry that is away; or one that is being pulled is given up."""
    images.add(node.situation().pods["kube-scheduler"].image)
    assert _found(node, "kube-scheduler") == []
    del node.started["kube-scheduler"]
    manifest = str(node.root / f"{MANIFESTS[1:]}/kube-scheduler.yaml")
    os.utime(manifest, (NOW.timestamp() - 5, NOW.timestamp() - 5))
    assert _found(node, "kube-scheduler") == []
    os.utime(manifest, (NOW.timestamp() - 500, NOW.timestamp() - 500))
    assert _found(node, "kube-scheduler") == [("kube-scheduler", "ImageMissing", False)]
    node.journal = (
        'E1130 kuberuntime_manager.go "Unhandled Error" err="... kube-scheduler-cp1 ... ErrImagePull: not found"'
    )
    assert _found(node, "kube-scheduler") == [("kube-scheduler", "ImageMissing", True)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            'E1130 pod_workers.go:1324] "Error syncing pod, skipping" err="failed to CreatePodSandbox: rpc error: runc create failed: '
            'expected cgroupsPath to be of format \\"slice:prefix:name\\"" pod="kube-system/kube-scheduler-cp1"',
            ("kubelet", "CgroupDriverMismatch", True),
        ),
        (
            'E1130 "Error syncing pod, skipping" err="failed to CreatePodSandbox: no such network" pod="kube-system/kube-scheduler-cp1"',
            ("kube-scheduler", "SandboxFailed", False),
        ),
        (
            'I1130 "Message for Container of pod" containerName="kube-scheduler" pod="kube-system/kube-scheduler-cp1" '
            'containerMessage="Container kube-scheduler failed liveness probe, will be restarted"',
            ("kube-scheduler", "LivenessProbeFails", False),
        ),
    ],
)
def test_what_the_kubelet_says(node: Node, line: str, found: tuple[str, str, bool]) -> None:
    """Breaks the diagnosis of what only the kubelet knows."""
    del node.started["kube-scheduler"]
    node.journal = f"{line.replace('kube-scheduler', 'kube-proxy')}\n"
    assert _found(node, "kube-scheduler") == []
    node.journal = f"{line}\nanother line\n"
    assert _found(node, "kube-scheduler") == [found]
    assert f"{MANIFESTS}/kube-scheduler.yaml" == node.situation().pods["kube-scheduler"].path
