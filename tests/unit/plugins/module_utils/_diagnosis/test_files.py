# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that flags name."""

from __future__ import annotations

from diagnosed_node import PKI, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import files as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.pod_manifest import NOWHERE


def _found(node: Node, component: str, *unhealthy: str) -> list[tuple[str, str]]:
    seen = node.situation(*unhealthy)
    return [(verdict.fault, verdict.cause) for verdict in subject.judge_files(seen, seen.pods[component])]


def test_nothing_is_missing(node: Node) -> None:
    """Breaks trust in it: a finding on a control plane that is well."""
    for name in node.situation().pods:
        assert _found(node, name, name) == []


def test_a_file_that_is_gone(node: Node) -> None:
    """Breaks the diagnosis of a file that was deleted."""
    (node.root / f"{PKI[1:]}/sa.pub").unlink()
    assert _found(node, "kube-apiserver") == [("FileMissing", f"has no file {PKI}/sa.pub")]


def test_a_file_that_no_volume_shows(node: Node) -> None:
    """Breaks the diagnosis of a flag without its volume; or an image that has the file is called broken."""
    node.edit("kube-scheduler", "    - kube-scheduler\n", "    - kube-scheduler\n    - --config=/srv/scheduler.yaml\n")
    assert _found(node, "kube-scheduler") == []
    assert [fault for fault, _cause in _found(node, "kube-scheduler", "kube-scheduler")] == ["FileNotMounted"]


def test_a_file_that_is_written(node: Node) -> None:
    """Breaks when a log that does not exist yet is missed."""
    added = f"    - kube-apiserver\n    - --log-file={PKI}/a.log\n    - --audit-log-path={PKI}/b.log\n"
    node.edit("kube-apiserver", "    - kube-apiserver\n", added)
    assert _found(node, "kube-apiserver", "kube-apiserver") == []


def test_a_volume_at_another_path(node: Node) -> None:
    """Breaks users' own volumes: the file is looked for where only the pod has it."""
    seen = node.situation()
    mounts = [("/etc/a", "/srv/a"), ("/etc/a/b", "/srv/b"), ("/etc/c", NOWHERE)]
    pod = seen.pods["kube-scheduler"]._replace(mounts=mounts)
    assert subject.on_host(pod, "/etc/a/x") == "/srv/a/x"
    assert subject.on_host(pod, "/etc/a/b/x") == "/srv/b/x"
    assert subject.on_host(pod, "/etc/ab") is None
    # Of a volume that is none of the host's.
    assert subject.on_host(pod, "/etc/c/x") is None


def test_a_file_of_several_flags(node: Node) -> None:
    """Breaks the sight of what is wrong: one file that is gone is told three times."""
    (node.root / "etc/kubernetes/scheduler.conf").unlink()
    seen = node.situation()
    (verdict,) = subject.judge_files(seen, seen.pods["kube-scheduler"])
    assert "--authentication-kubeconfig, --authorization-kubeconfig, --kubeconfig" in verdict.evidence[0]


def test_a_value_of_several_files(node: Node) -> None:
    """Breaks control planes with certificates by name: two paths in one value are one file that is not there."""
    added = "    - kube-apiserver\n    - --tls-sni-cert-key=/etc/kubernetes/pki/a.crt,/etc/kubernetes/pki/a.key:a.example.com\n"
    node.edit("kube-apiserver", "    - kube-apiserver\n", added)
    assert _found(node, "kube-apiserver", "kube-apiserver") == []
