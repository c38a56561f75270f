# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files change, and whether the kubelet is restarted for them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest, meaning
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import HostFile
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import TightenFile, WriteFile
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.files import plan_files, plan_kubelet

WANTED = HostFile("/etc/kubernetes/manifests/etcd.yaml", "a: 1\n", 0o600, 0o700)


def _found(text: str | None, mode: int = 0o600, is_roots: bool = True) -> dict[str, t.Any] | None:
    if text is None:
        return None
    return {
        "digest": digest(text.encode()),
        "meaning": meaning(WANTED.path, text),
        "mode": mode,
        "is_roots": is_roots,
    }


@pytest.mark.parametrize(
    ("text", "mode", "is_roots", "kinds"),
    [
        (None, 0, True, [WriteFile]),
        ("a: 1\n", 0o600, True, []),
        ("# mine\na: 1\n", 0o600, True, []),
        ("a: 2\n", 0o600, True, [WriteFile]),
        ("a: 1\n", 0o644, True, [TightenFile]),
        ("a: 1\n", 0o400, True, []),
        ("a: 1\n", 0o600, False, [TightenFile]),
        ("a: 2\n", 0o644, False, [WriteFile]),
    ],
)
def test_a_file(text: str | None, mode: int, is_roots: bool, kinds: list[type]) -> None:
    """Breaks the second run, which has nothing to do, or leaves a file that differs or that others can read."""
    changes = plan_files([WANTED], {"files": {WANTED.path: _found(text, mode, is_roots)}})
    assert [type(change) for change in changes] == kinds
    assert all(change.reason for change in changes)


def test_a_change_says_what_was_read() -> None:
    """Breaks the applier, which compares it with what is there: a file of somebody else's would be overwritten."""
    [change] = plan_files([WANTED], {"files": {WANTED.path: _found("a: 2\n")}})
    assert isinstance(change, WriteFile)
    assert (change.expected, change.watched) == (digest(b"a: 2\n"), True)
    other = WANTED._replace(path="/var/lib/kubelet/config.yaml")
    [change] = plan_files([other], {"files": {other.path: None}})
    assert isinstance(change, WriteFile)
    assert (change.expected, change.watched) == (None, False)


@pytest.mark.parametrize(
    ("text", "mode", "active", "kinds"),
    [
        (None, 0, False, ["write_file", "start_kubelet"]),
        (None, 0, True, ["stop_kubelet", "write_file", "start_kubelet"]),
        ("a: 1\n", 0o600, True, []),
        ("a: 1\n", 0o600, False, ["start_kubelet"]),
        ("a: 1\n", 0o666, True, ["tighten_file"]),
        ("a: 2\n", 0o600, True, ["stop_kubelet", "write_file", "start_kubelet"]),
    ],
)
def test_the_kubelet(text: str | None, mode: int, active: bool, kinds: list[str]) -> None:
    """Breaks a running node by a needless restart, or leaves the kubelet with its old configuration."""
    facts = {"files": {WANTED.path: _found(text, mode)}, "kubelet": {"active": active, "error": ""}}
    assert [change.kind for change in plan_kubelet([WANTED], facts)] == kinds


def test_a_kubelet_that_is_disabled() -> None:
    """Breaks the control plane at the next boot: nothing starts it, and no plan has named that."""
    facts = {
        "files": {WANTED.path: _found("a: 1\n", 0o600)},
        "kubelet": {"active": True, "disabled": True, "error": ""},
    }
    assert [change.kind for change in plan_kubelet([WANTED], facts)] == ["enable_kubelet"]
    facts["kubelet"]["active"] = False
    assert [change.kind for change in plan_kubelet([WANTED], facts)] == ["enable_kubelet", "start_kubelet"]


def test_a_kubelet_that_systemd_does_not_have() -> None:
    """Breaks the cause: files would be written for a kubelet that cannot run."""
    facts = {"files": {WANTED.path: None}, "kubelet": {"active": False, "error": "kubelet.service is masked"}}
    with pytest.raises(KubewrightError, match="is masked"):
        plan_kubelet([WANTED], facts)
    assert len(plan_files([WANTED], facts)) == 1
