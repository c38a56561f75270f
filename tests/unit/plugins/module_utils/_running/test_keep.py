# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept before a change, of a control plane that answers over real HTTP."""

from __future__ import annotations

import contextlib
import os
import pathlib
import time
import typing as t

import pytest
from healthy_by_files import BAD, KUBELET_CONFIG, Node, manifest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import PATH, load
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.keep import (
    changed_components,
    changed_since,
    keep,
    owner,
)

API, SCHEDULER = manifest("kube-apiserver"), manifest("kube-scheduler")
CERTIFICATE, POLICY = "/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/audit/policy.yaml"
PEM = "/var/lib/kubelet/pki/kubelet-client-current.pem"


@pytest.fixture(name="node")
def fixture_node(tmp_path: pathlib.Path, sound: pathlib.Path) -> t.Iterator[Node]:
    """A node on which all is well."""
    with contextlib.closing(Node(tmp_path, (sound / "ca.crt").read_bytes())) as node:
        yield node


def test_owners() -> None:
    """Breaks the question whether there is something to go back to: that of another component would be asked."""
    paths = [CERTIFICATE, KUBELET_CONFIG, SCHEDULER, POLICY, PEM]
    # The kubelet makes the last one itself, and reads it again by itself.
    owners = ["kube-apiserver", "kubelet", "kube-scheduler", "kube-apiserver", "kube-apiserver"]
    assert [owner(path) for path in paths] == owners
    assert changed_components(paths) == ["kubelet", "kube-apiserver", "kube-scheduler"]


def test_what_is_healthy_is_kept(node: Node) -> None:
    """Breaks the way back: a file is not kept, or one that was absent would stay."""
    described = node.control_plane()
    assert keep(described, node, [API, CERTIFICATE]).files == [API, CERTIFICATE]
    kept = load(node)
    assert kept is not None
    assert set(kept.healthy) == {"kubelet", "kube-apiserver", "etcd", "kube-scheduler"}
    assert [(path, file.content) for path, file in kept.files.items()] == [(API, b"good"), (CERTIFICATE, None)]
    assert kept.files[API].modified == (node.root / API[1:]).stat().st_mtime


def test_nothing_is_kept_of_what_is_not_healthy(node: Node) -> None:
    """Breaks a mend: what never worked would be put back in its place."""
    node.put(SCHEDULER, BAD)
    described = node.control_plane()
    assert keep(described, node, [SCHEDULER]).files == []
    assert not node.exists(PATH)
    assert keep(described, node, [SCHEDULER, API]) == ([API], ["kube-scheduler"])


def test_one_that_is_away_for_a_moment(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the way back on a busy host: one answer that is late, and nothing is kept."""
    node.put(API, BAD)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        node.elapsed += seconds
        pauses.append(seconds)
        if len(pauses) == 3:
            node.put(API, b"good")

    monkeypatch.setattr(node, "sleep", sleep)
    assert keep(node.control_plane(), node, [API]) == ([API], [])
    assert len(pauses) == 3


def test_one_that_stays_away(node: Node) -> None:
    """Breaks the change of what never worked: it is waited for as long as it takes."""
    node.put(API, BAD)
    assert keep(node.control_plane(), node, [API]) == ([], ["kube-apiserver"])
    assert node.elapsed == pytest.approx(5.0)


def test_the_first_of_several_changes_counts(node: Node) -> None:
    """Breaks a second change after one that was cut off: the manifest that never was healthy would be kept."""
    described = node.control_plane()
    keep(described, node, [API])
    node.put(API, b"first " + BAD)
    assert keep(described, node, [API, SCHEDULER]).files == [SCHEDULER]
    node.put(API, b"second")
    # It answers, but the kubelet has not restarted it.
    node.since["kube-apiserver"] = 1.0
    assert keep(described, node, [API]).files == []
    kept = load(node)
    assert kept is not None
    assert kept.files[API].content == b"good"


def test_what_has_become_healthy_since_is_kept_anew(node: Node) -> None:
    """Breaks the way back after somebody has mended the manifest by hand: what is much older would be put back."""
    described = node.control_plane()
    keep(described, node, [API, KUBELET_CONFIG])
    node.put(API, b"by hand")
    node.since = dict.fromkeys(node.since, time.time() + 1.0)
    assert keep(described, node, [API]).files == [API]
    kept = load(node)
    assert kept is not None
    assert {path: file.content for path, file in kept.files.items()} == {API: b"by hand"}


def test_what_no_process_has_read_yet_is_kept_on(node: Node) -> None:
    """Breaks a run that changes a policy, then a manifest: the policy from before would be lost while all still answers."""
    described = node.control_plane()
    node.put(POLICY, b"good")
    node.since = dict.fromkeys(node.since, time.time() - 60.0)
    keep(described, node, [POLICY])
    node.put(POLICY, BAD)
    assert keep(described, node, [API]).files == [API]
    kept = load(node)
    assert kept is not None
    assert {path: file.content for path, file in kept.files.items()} == {POLICY: b"good", API: b"good"}


def test_what_is_kept_of_another_cluster_is_forgotten(node: Node, sound: pathlib.Path) -> None:
    """Breaks a host that was reset and initialised again: the files of the cluster before would be put back."""
    described = node.control_plane()
    node.since = dict.fromkeys(node.since, time.time() - 60.0)
    keep(described, node, [SCHEDULER])
    node.put("/ca.crt", (sound / "etcd/ca.crt").read_bytes())
    assert keep(described, node, [API]).files == [API]
    kept = load(node)
    assert kept is not None
    assert list(kept.files) == [API]


def test_a_damaged_file_does_not_keep_a_change_from_being_made(node: Node) -> None:
    """Breaks every change after the file was damaged."""
    node.put(PATH, b"{")
    assert keep(node.control_plane(), node, [API]).files == [API]
    assert load(node) is not None


def test_times_that_are_still_to_come_say_nothing(node: Node) -> None:
    """Breaks a host whose clock was set back: a new process would seem to be older than its manifest for ever."""
    assert set(changed_since(node, [API, KUBELET_CONFIG, POLICY, PEM])) == {"kube-apiserver", "kubelet"}
    os.utime(node.root / API[1:], (time.time() + 3600,) * 2)
    assert set(changed_since(node, [API, KUBELET_CONFIG])) == {"kubelet"}
