# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of files and of the kubelet."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.read import read


def _run(argv: t.Sequence[str]) -> Result:
    return Result(0, "LoadState=loaded\nActiveState=active\n", "")


def test_files(tmp_path: pathlib.Path) -> None:
    """Breaks when what is in a file leaves the host, or another text or mode is not seen."""
    path = tmp_path / "a.yaml"
    path.write_text("password: secret\n", encoding="utf-8")
    path.chmod(0o640)
    absent = tmp_path / "absent/b.yaml"
    found = read(Host(_run), [str(path), str(absent)], kubelet=False)
    assert list(found) == ["files"]
    assert found["files"][str(absent)] is None
    first = found["files"][str(path)]
    assert (first["mode"], first["is_roots"]) == (0o640, True)
    assert "secret" not in str(found)
    path.write_text("# why\npassword: secret\n", encoding="utf-8")
    second = read(Host(_run), [str(path)], kubelet=False)["files"][str(path)]
    assert second["digest"] != first["digest"]
    assert second["meaning"] == first["meaning"]


def test_the_kubelet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when a kubelet that runs is started again."""
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: "/bin/" + name)
    assert read(Host(_run), [], kubelet=True) == {
        "files": {},
        "kubelet": {"active": True, "disabled": False, "error": ""},
    }
