# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_apply on this machine: files are written once, and check mode writes nothing."""

from __future__ import annotations

import fcntl
import hashlib
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock

Run = t.Callable[..., t.Any]


def _write(path: pathlib.Path, expected: str | None = None) -> dict[str, t.Any]:
    wanted = {"path": str(path), "content": "new\n", "mode": 0o600, "directory_mode": 0o755, "expected": expected}
    return {"phase": "etcd", "changes": [{"kind": "write_file", "reason": "it differs", **wanted}]}


@pytest.mark.parametrize("check", [True, False])
def test_a_file(run_module: Run, tmp_path: pathlib.Path, check: bool) -> None:
    """Breaks the applier: another content or mode, or check mode that writes or says something else."""
    path = tmp_path / "etc/a.yaml"
    run = run_module("host_apply", _write(path), check=check)
    assert (run.code, run.result["changed"], run.result["stale"]) == (0, True, [])
    assert [item["after_header"] for item in run.result["diff"]] == [str(path)]
    assert path.exists() is not check
    if not check:
        assert (path.read_text(), path.stat().st_mode & 0o777) == ("new\n", 0o600)


def test_a_file_that_somebody_has_changed(run_module: Run, tmp_path: pathlib.Path) -> None:
    """Breaks when what was written between reading and writing is overwritten unseen."""
    path = tmp_path / "a.yaml"
    path.write_text("mine\n", encoding="ascii")
    run = run_module("host_apply", _write(path, hashlib.sha256(b"old\n").hexdigest()))
    assert (run.result["changed"], run.result["stale"], path.read_text()) == (False, [str(path)], "mine\n")


def test_what_a_user_can_fix(run_module: Run, tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where a file lies in place of a folder; the phase of the task is named."""
    (tmp_path / "file").write_text("", encoding="ascii")
    run = run_module("host_apply", _write(tmp_path / "file/a.yaml"))
    assert (run.code, run.result["msg"].startswith("etcd: ")) == (1, True)
    assert "exception" not in run.result


def test_another_run_is_at_work(run_module: Run, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks two runs on one host: both would write."""
    monkeypatch.setattr(lock, "HOST", str(tmp_path / "lock"))
    task = dict(_write(tmp_path / "a.yaml"), lock_timeout=0.1)
    with (tmp_path / "lock").open("w", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run = run_module("host_apply", task)
        assert (run.code, "etcd: another run is at work" in run.result["msg"]) == (1, True)
        assert not (tmp_path / "a.yaml").exists()
    assert run_module("host_apply", task).result["changed"] is True
