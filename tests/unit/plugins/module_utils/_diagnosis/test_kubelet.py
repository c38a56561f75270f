# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubelet's service and the manifests that it is told to run."""

from __future__ import annotations

import pytest
from diagnosed_node import MANIFESTS, RUNNING, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import kubelet as subject


def _faults(node: Node, *unhealthy: str) -> list[tuple[str, str]]:
    seen = node.situation(*unhealthy)
    found = [*subject.judge_service(seen), *subject.judge_manifests(seen)]
    return [(verdict.component, verdict.fault) for verdict in found]


def test_a_kubelet_that_is_well(node: Node) -> None:
    """Breaks trust in it: a finding on a control plane that is well."""
    assert _faults(node) == []


@pytest.mark.parametrize(
    ("systemd", "journal", "fault"),
    [
        (RUNNING.replace("=active", "=inactive").replace("running", "dead"), "", "KubeletStopped"),
        (RUNNING.replace("=loaded", "=masked"), "", "KubeletMasked"),
        (RUNNING.replace("=loaded", "=not-found"), "", "KubeletNotInstalled"),
        (
            RUNNING.replace("running", "auto-restart").replace("Status=0", "Status=1"),
            'E1130 04:00:00 run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --x"',
            "UnknownFlag",
        ),
        (
            RUNNING.replace("running", "auto-restart").replace("Status=0", "Status=1"),
            'E1130 04:00:00 run.go:72] "command failed" err="failed to load kubelet config file, path: /c, error: x"',
            "KubeletConfigurationInvalid",
        ),
        (RUNNING.replace("running", "auto-restart").replace("Status=0", "Status=1"), "nothing", "EndsItself"),
    ],
)
def test_a_kubelet_that_does_not_run(node: Node, systemd: str, journal: str, fault: str) -> None:
    """Breaks the diagnosis of the first thing that everything rests on."""
    node.systemd, node.journal = systemd, journal
    del node.started["kubelet"]
    assert _faults(node, "kubelet") == [("kubelet", fault)]


def test_a_kubelet_that_runs_and_is_not_well(node: Node) -> None:
    """Breaks when it is judged for sure while it only starts."""
    seen = node.situation("kubelet")
    (verdict,) = subject.judge_service(seen)
    assert (verdict.fault, verdict.is_sure) == ("KubeletUnhealthy", False)


def test_a_kubelet_that_nobody_starts_at_boot(node: Node) -> None:
    """Breaks the warning before the host is started again."""
    node.systemd = RUNNING.replace("enabled", "disabled")
    assert _faults(node) == [("kubelet", "KubeletDisabled")]


def test_a_manifest_that_is_gone_and_one_that_is_none(node: Node) -> None:
    """Breaks the diagnosis of what the kubelet leaves out without a word to anybody."""
    (node.root / f"{MANIFESTS[1:]}/kube-scheduler.yaml").unlink()
    node.put(f"{MANIFESTS}/etcd.yaml", "kind: List\n")
    assert _faults(node) == [("etcd", "ManifestInvalid"), ("kube-scheduler", "ManifestMissing")]


def test_a_manifest_that_only_this_reader_does_not_take(node: Node) -> None:
    """Breaks others' manifests: valid YAML is called broken; what the kubelet itself refuses is not."""
    path = f"{MANIFESTS}/etcd.yaml"
    node.put(path, "kind: &kind Pod\n")
    assert _faults(node) == []
    node.journal = f'E1130 file.go:187] "Could not process manifest file" err="couldn\'t parse as pod" path="{path}"'
    assert _faults(node) == [("etcd", "ManifestInvalid")]


def test_an_external_etcd_has_no_manifest(node: Node) -> None:
    """Breaks control planes with an external etcd."""
    (node.root / f"{MANIFESTS[1:]}/etcd.yaml").unlink()
    assert _faults(node) == [("etcd", "ManifestMissing")]
    node.edit("kube-apiserver", "https://127.0.0.1:2379", "https://192.0.2.5:2379")
    assert _faults(node) == []


@pytest.mark.parametrize("exists", [True, False])
def test_a_kubelet_that_looks_elsewhere(node: Node, exists: bool) -> None:
    """Breaks the diagnosis of another staticPodPath."""
    text = node.text("/var/lib/kubelet/config.yaml") or ""
    node.put("/var/lib/kubelet/config.yaml", text.replace(f"staticPodPath: {MANIFESTS}", "staticPodPath: /srv/pods"))
    if exists:
        (node.root / "srv/pods").mkdir(parents=True)
    assert _faults(node)[0] == ("kubelet", "StaticPodPathWrong")


def test_words_of_an_earlier_start(node: Node) -> None:
    """Breaks the cause: a fault that was mended is told, because its words are in the journal still."""
    node.systemd = RUNNING.replace("running", "auto-restart").replace("Status=0", "Status=1")
    del node.started["kubelet"]
    lines = ["failed to load kubelet config file, path: /c", "Started kubelet.service - kubelet."]
    node.journal = "\n".join([*lines, 'E1130 run.go:72] "command failed" err="unknown flag: --x"'])
    assert _faults(node, "kubelet") == [("kubelet", "UnknownFlag")]
