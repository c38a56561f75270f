# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way back, of a control plane that answers over real HTTP."""

from __future__ import annotations

import contextlib
import os
import pathlib
import typing as t

import pytest
from healthy_by_files import BAD, KUBELET_CONFIG, Node, manifest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import PATH
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.keep import keep
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.put_back import PutBack, put_back

API, SCHEDULER = manifest("kube-apiserver"), manifest("kube-scheduler")
POLICY = "/etc/kubernetes/audit/policy.yaml"
CAUSE = KubewrightError("not healthy after 3 s: kube-apiserver does not know the flag --x")


@pytest.fixture(name="node")
def fixture_node(tmp_path: pathlib.Path, sound: pathlib.Path) -> t.Iterator[Node]:
    """A node on which all is well."""
    (tmp_path / "run").mkdir()
    with contextlib.closing(Node(tmp_path, (sound / "ca.crt").read_bytes())) as node:
        yield node


def _put_back(node: Node, **more: t.Any) -> KubewrightError:
    return put_back(node.control_plane(), node, CAUSE, lambda _text: None, **more)


def test_without_anything_kept_the_cause_is_told(node: Node) -> None:
    """Breaks the first run: a control plane that was never healthy has nothing to go back to."""
    assert _put_back(node) is CAUSE
    assert node.calls == []


def test_all_is_as_it_was(node: Node) -> None:
    """Breaks the host: a file stays as it was changed, has another mode, or a new one stays."""
    paths = [SCHEDULER, API, KUBELET_CONFIG, POLICY]
    os.chmod(node.root / API[1:], 0o600)
    os.utime(node.root / API[1:], (1000.0, 1000.0))
    keep(node.control_plane(), node, paths)
    for path in paths:
        node.put(path, BAD)
    error = _put_back(node)
    assert isinstance(error, PutBack)
    # What the components read comes before the components.
    assert error.paths == [KUBELET_CONFIG, POLICY, SCHEDULER, API]
    assert [node.content(path) for path in paths] == [b"good", b"good", b"good", None]
    status = (node.root / API[1:]).stat()
    assert (status.st_mode & 0o777, status.st_mtime) == (0o600, 1000.0)
    assert not node.exists(PATH)
    assert node.calls == ["start"]
    assert str(error).startswith(f"{CAUSE}\nThe host is as it was before: put back ")
    assert ", with which kubelet, kube-apiserver, etcd, kube-scheduler are healthy again (after 0 s)." in str(error)


def test_a_kubelet_that_reaches_the_api_server_is_left_alone(node: Node) -> None:
    """Breaks the other pods of a node: its kubelet is restarted although it replaces a pod by itself."""
    keep(node.control_plane(), node, [SCHEDULER])
    node.put(SCHEDULER, BAD)
    assert isinstance(_put_back(node), PutBack)
    assert node.calls == []


def test_what_was_not_changed_yet_is_not_written(node: Node) -> None:
    """Breaks a run that was cut off before its change: what is as it was is told to have been put back."""
    keep(node.control_plane(), node, [API, SCHEDULER])
    node.put(SCHEDULER, BAD)
    error = _put_back(node)
    assert isinstance(error, PutBack)
    assert error.paths == [SCHEDULER]


def test_what_is_not_healthy_with_it_either_stays_kept(node: Node) -> None:
    """Breaks the next run, which could not put it back once the rest is well; or tells that all is well."""
    keep(node.control_plane(), node, [API])
    node.put(API, BAD)
    node.put(SCHEDULER, BAD)
    error = put_back(node.control_plane(0.2), node, CAUSE, lambda _text: None)
    assert f"These files were put back: {API}. After 0 s not all is as it was: kube-scheduler: " in str(error)
    assert node.content(API) == b"good"
    assert node.exists(PATH)


def test_what_was_broken_before_is_no_reason(node: Node) -> None:
    """Breaks a right change beside a component that was not healthy before: it would be undone, and all be told to be well."""
    node.put(API, BAD)
    keep(node.control_plane(), node, [SCHEDULER, API])
    node.put(SCHEDULER, b"right")
    assert _put_back(node) is CAUSE
    assert node.content(SCHEDULER) == b"right"


def test_a_run_that_was_cut_off_before_its_change(node: Node) -> None:
    """Breaks the message, which would tell of files that nobody has changed, or restarts a kubelet for nothing."""
    keep(node.control_plane(), node, [API])
    node.put(SCHEDULER, BAD)
    assert _put_back(node) is CAUSE
    assert (node.calls, node.exists(PATH)) == ([], False)


@pytest.mark.parametrize("path", [POLICY, API])
def test_one_file_that_cannot_be_written(node: Node, path: str) -> None:
    """Breaks the other files: the control plane stays away for one of them."""
    node.put(POLICY, b"good")
    paths = [POLICY, SCHEDULER, API]
    keep(node.control_plane(), node, paths)
    for name in paths:
        node.put(name, BAD)
    there = node.root / path[1:]
    there.unlink()
    there.mkdir()
    error = put_back(node.control_plane(0.2), node, CAUSE, lambda _text: None)
    assert isinstance(error, PutBack)
    assert set(error.paths) == set(paths) - {path}
    assert error.details == {"changed": True, "put_back": error.paths}
    assert "Is a directory" in str(error)
    assert node.exists(PATH)


def test_a_kubelet_that_does_not_start(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks what is told: all files are as they were, and only the kubelet is not."""
    keep(node.control_plane(), node, [KUBELET_CONFIG])
    node.put(KUBELET_CONFIG, BAD)

    def fails() -> None:
        raise KubewrightError("systemctl restart failed")

    monkeypatch.setattr(node, "start_kubelet", fails)
    error = _put_back(node)
    assert isinstance(error, PutBack)
    assert f"These files were put back: {KUBELET_CONFIG}. " in str(error)
    assert "systemctl restart failed" in str(error)
    assert node.content(KUBELET_CONFIG) == b"good"


def test_what_cannot_be_put_back_is_told_beside_the_cause(node: Node) -> None:
    """Breaks the cause, or waits for another run without an end."""
    keep(node.control_plane(), node, [API])
    node.put(API, BAD)
    node.put(PATH, b"{")
    error = _put_back(node)
    assert str(error).startswith(f"{CAUSE}\nWhat was changed could not be put back: {PATH} is damaged")
    assert node.content(API) == BAD
    with lock.locked(node.path(lock.HOST), "another", lock.Waiting(1.0)):
        held = set(lock._held)
        lock._held.clear()
        assert "could not be put back: another run is at work" in str(_put_back(node, lock_seconds=0.1))
        lock._held.update(held)
