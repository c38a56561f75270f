# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes on files of our own, and on a kubelet that only says what it was told."""

from __future__ import annotations

import os
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.read import read


def _no_command(argv: t.Sequence[str]) -> Result:
    raise AssertionError(f"{argv} was run")


HOST = Host(_no_command)


def _write(path: pathlib.Path, content: str, expected: str | None = None) -> dict[str, t.Any]:
    return {
        "kind": "write_file",
        "path": str(path),
        "content": content,
        "mode": 0o600,
        "directory_mode": 0o700,
        "expected": expected,
        "watched": True,
    }


def _digest(path: pathlib.Path) -> str:
    return str(read(HOST, [str(path)], kubelet=False)["files"][str(path)]["digest"])


def _state(folder: pathlib.Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("check", [True, False])
def test_a_file_and_its_folder_are_made(tmp_path: pathlib.Path, check: bool) -> None:
    """Breaks the first run or its modes, or check mode, which writes nothing and shows the same."""
    path = tmp_path / "kubernetes/manifests/etcd.yaml"
    applied = apply(HOST, [_write(path, "a: 1\n")], check)
    assert applied.stale == []
    assert [(item["before_header"], item["before"], item["after"]) for item in applied.diff] == [
        (f"{path} (absent)", "", "a: 1\n")
    ]
    assert path.exists() is not check
    if not check:
        assert [stat.S_IMODE(item.stat().st_mode) for item in (path, path.parent)] == [0o600, 0o700]


def test_a_mode_is_tightened_without_a_new_file(tmp_path: pathlib.Path) -> None:
    """Breaks when a user's comment is lost with the mode."""
    path = tmp_path / "a.yaml"
    path.write_text("# mine\na: 1\n", encoding="utf-8")
    path.chmod(0o644)
    change = {"kind": "tighten_file", "path": str(path), "mode": 0o600, "expected": _digest(path)}
    [shown] = apply(HOST, [change], check=False).diff
    owner = f"owner: uid {os.geteuid()}, gid {path.stat().st_gid}\n"
    assert (shown["before"], shown["after"]) == (f"mode: 0644\n{owner}", "mode: 0600\nowner: uid 0, gid 0\n")
    assert path.read_text(encoding="utf-8") == "# mine\na: 1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("meanwhile", ["written", "removed", "made"])
def test_nothing_is_done_to_a_host_that_is_not_as_it_was_read(
    tmp_path: pathlib.Path, meanwhile: str, check: bool
) -> None:
    """Breaks when what somebody has written since the host was read is overwritten, or half of the changes are made."""
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    second.write_text("a: 1\n", encoding="utf-8")
    expected = _digest(second)
    if meanwhile == "made":
        expected = None
    elif meanwhile == "removed":
        second.unlink()
    else:
        second.write_text("a: 3\n", encoding="utf-8")
    before = _state(tmp_path)
    changes = [_write(first, "a: 2\n"), _write(second, "a: 2\n", expected), {"kind": "start_kubelet"}]
    assert apply(HOST, changes, check) == ([str(second)], [])
    assert _state(tmp_path) == before


def test_nothing_foreign_lies_in_a_watched_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the node: the kubelet runs whatever lies there, a temporary copy too."""
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    seen: set[str] = set()
    write, rename = os.write, os.rename

    def spy_write(descriptor: int, data: bytes) -> int:
        seen.update(os.listdir(manifests))
        return write(descriptor, data)

    def spy_rename(source: str, target: str, **folders: int) -> None:
        seen.update(os.listdir(manifests))
        rename(source, target, **folders)
        seen.update(os.listdir(manifests))

    monkeypatch.setattr(os, "write", spy_write)
    monkeypatch.setattr(os, "rename", spy_rename)
    apply(HOST, [_write(manifests / name, "a: 2\n") for name in ("etcd.yaml", "kube-apiserver.yaml")], check=False)
    assert seen == {"etcd.yaml", "kube-apiserver.yaml"}
    assert os.listdir(tmp_path) == ["manifests"]


def test_passwords_of_urls_are_not_shown(tmp_path: pathlib.Path) -> None:
    """Breaks when a proxy's password reaches the output by way of a manifest's diff, old or new."""
    path = tmp_path / "a.yaml"
    path.write_text("value: http://user:old@proxy:3128\n", encoding="utf-8")
    applied = apply(HOST, [_write(path, "value: http://user:new@proxy:3128\n", _digest(path))], check=False)
    assert "user" not in str(applied.diff)


@pytest.mark.parametrize("check", [True, False])
def test_the_kubelet_is_told_in_the_order_of_the_changes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, check: bool
) -> None:
    """Breaks when the kubelet comes up with its old configuration, or is restarted in check mode."""
    path, done = tmp_path / "config.yaml", []

    def run(argv: t.Sequence[str]) -> Result:
        done.append((argv[1], path.exists()))
        return Result(0, "", "")

    monkeypatch.setattr(kubelet_service, "find_command", lambda name: "/bin/" + name)
    changes = [{"kind": "stop_kubelet"}, _write(path, "a: 1\n"), {"kind": "enable_kubelet"}, {"kind": "start_kubelet"}]
    apply(Host(run), changes, check)
    assert done == (
        [] if check else [("stop", False), *((name, True) for name in ("enable", "daemon-reload", "restart"))]
    )
