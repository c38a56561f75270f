# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_files: the plan is the run, and the second run changes nothing."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

RunModule = t.Callable[..., t.Any]


def _arguments(folder: pathlib.Path) -> dict[str, t.Any]:
    names = {"absent.yaml": "a: 1\n", "same.yaml": "a: 1\nb: 2\n", "differs.yaml": "a: 1\n", "loose.yaml": "a: 1\n"}
    files = [
        {"path": str(folder / name), "content": content, "mode": 0o600, "directory_mode": 0o700}
        for name, content in names.items()
    ]
    return {"config": {}, "phase": "etcd", "files": files}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with a file of each kind."""
    for name, content, mode in (
        ("same.yaml", "# comment\nb: 2\na: 1\n", 0o600),
        ("differs.yaml", "a: 2\n", 0o600),
        ("loose.yaml", "a: 1\n", 0o644),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / name).chmod(mode)
    return tmp_path


def _state(folder: pathlib.Path) -> dict[str, tuple[str, int]]:
    return {path.name: (path.read_text(encoding="utf-8"), path.stat().st_mode) for path in folder.iterdir()}


def test_check_mode_predicts_the_run_and_writes_nothing(run_module: RunModule, folder: pathlib.Path) -> None:
    """Breaks the promise that the plan is complete and true."""
    before = _state(folder)
    planned = run_module("host_files", _arguments(folder), check=True)
    assert _state(folder) == before
    real = run_module("host_files", _arguments(folder))
    planned.result.pop("invocation", None)
    real.result.pop("invocation", None)
    assert planned.result == real.result
    assert real.result["changed"]
    assert [pathlib.Path(path).name for path in real.result["written"]] == ["absent.yaml", "differs.yaml", "loose.yaml"]
    assert [pathlib.Path(path).name for path in real.result["replaced"]] == ["differs.yaml"]
    assert len(real.result["diff"]) == 3


def test_the_second_run_changes_nothing(run_module: RunModule, folder: pathlib.Path) -> None:
    """Breaks idempotence."""
    run_module("host_files", _arguments(folder))
    before = _state(folder)
    second = run_module("host_files", _arguments(folder))
    assert (second.result["changed"], second.result["written"], second.result["diff"]) == (False, [], [])
    assert _state(folder) == before
    assert before["same.yaml"][0] == "# comment\nb: 2\na: 1\n"


def test_an_error_is_one_sentence_with_the_phase(run_module: RunModule, tmp_path: pathlib.Path) -> None:
    """Breaks when a path that cannot be written ends in a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    file = {"path": str(tmp_path / "file" / "x" / "y.yaml"), "content": "", "mode": 0o600, "directory_mode": 0o700}
    run = run_module("host_files", {"config": {}, "phase": "etcd", "files": [file]})
    assert run.code == 1
    assert run.result["msg"].startswith("etcd: ")
    assert "exception" not in run.result
