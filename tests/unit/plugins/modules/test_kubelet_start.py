# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_start: when the kubelet is restarted and when it is left alone."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service as service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.modules import kubelet_start


@pytest.mark.parametrize(
    ("present", "mode", "state", "check", "commands", "changed"),
    [
        (None, 0, "inactive", False, ["daemon-reload", "restart"], True),
        (None, 0, "active", False, ["stop", "daemon-reload", "restart"], True),
        ("a: 1\n", 0o644, "active", False, [], False),
        ("a: 1\n", 0o644, "inactive", False, ["daemon-reload", "restart"], True),
        ("a: 1\n", 0o666, "active", False, [], True),
        ("a: 2\n", 0o644, "active", True, [], True),
        ("a: 1\n", 0o644, "inactive", True, [], True),
    ],
)
def test_restarts(
    run_module: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: pathlib.Path,
    present: str | None,
    mode: int,
    state: str,
    check: bool,
    commands: list[str],
    changed: bool,
) -> None:
    """Breaks a running node by a needless restart, or leaves the kubelet with its old configuration."""
    path = tmp_path / "config.yaml"
    if present is not None:
        path.write_text(present, encoding="utf-8")
        path.chmod(mode)
    done: list[str] = []

    def run(argv: t.Sequence[str]) -> Result:
        if argv[1] == "show":
            return Result(0, "LoadState=loaded\nActiveState=%s\n" % state, "")
        done.append(argv[1])
        return Result(0, "", "")

    monkeypatch.setattr(kubelet_start, "runner", lambda _module: run)
    monkeypatch.setattr(service, "find_command", lambda name: "/bin/" + name)
    file = {"path": str(path), "content": "a: 1\n", "mode": 0o644, "directory_mode": 0o700}
    result = run_module("kubelet_start", {"config": {}, "files": [file]}, check=check)
    assert (done, result.result["changed"]) == (commands, changed)
    assert result.result["started"] is (changed and mode != 0o666)
