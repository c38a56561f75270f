# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phases that are carried out within the execution of another one."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.carry import Carrier
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host


def _write(path: str, expected: str | None = None) -> dict[str, t.Any]:
    usual = {"kind": "write_file", "mode": 0o600, "directory_mode": 0o755, "watched": False, "shown": None}
    return {**usual, "path": path, "content": "new\n", "expected": expected, "reason": "it is absent"}


def _carrier(root: pathlib.Path, *items: tuple[str, int, list[dict[str, t.Any]]]) -> Carrier:
    host = Host(lambda _argv: Result(127, "", ""), str(root))
    return Carrier(host, [dict(zip(("phase", "after", "changes"), item, strict=True)) for item in items], lambda: 0.0)


def test_each_comes_when_what_it_needs_is_there(tmp_path: pathlib.Path) -> None:
    """Breaks the first run: etcd would start before its certificates are there, or only after all the others."""
    carrier = _carrier(tmp_path, ("etcd", 2, [_write("/a")]), ("control_plane", 5, [_write("/b")]))
    carrier.reached(1)
    assert list(tmp_path.iterdir()) == []
    carrier.reached(2)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    carrier.reached(5)
    assert carrier.results["control_plane"]["changed"]
    assert carrier.results["etcd"]["diff"][0]["before_header"] == "/a (absent)"
    assert carrier.results["etcd"]["seconds"] == 0.0


def test_a_failure_ends_it(tmp_path: pathlib.Path) -> None:
    """Breaks the order of the phases: what comes after one that failed would be done all the same, or nobody is told why."""
    (tmp_path / "file").touch()
    carrier = _carrier(tmp_path, ("etcd", 1, [_write("/file/a")]), ("control_plane", 1, [_write("/b")]))
    carrier.reached(1)
    assert list(carrier.results) == ["etcd"]
    assert carrier.results["etcd"]["failed"]
    assert carrier.results["etcd"]["msg"].startswith(f"etcd: {tmp_path}/file ")
    assert not (tmp_path / "b").exists()


def test_what_somebody_else_has_written_stays(tmp_path: pathlib.Path) -> None:
    """Breaks a host that has changed since it was read: the phase has to read it again, and those after it come after that."""
    (tmp_path / "a").write_text("mine", encoding="ascii")
    carrier = _carrier(tmp_path, ("etcd", 1, [_write("/a")]), ("control_plane", 1, [_write("/b")]))
    carrier.reached(1)
    assert (carrier.results["etcd"]["changed"], carrier.results["etcd"]["stale"]) == (False, ["/a"])
    assert list(carrier.results) == ["etcd"]
    assert (tmp_path / "a").read_text(encoding="ascii") == "mine"
