# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is below a folder, and what is mounted there."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import trees as subject


def test_it_removes_what_it_is_told(tmp_path: pathlib.Path) -> None:
    """Breaks a host: what a link names is removed; or a second run fails."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/file").write_text("x")
    (folder / "link").symlink_to(kept)
    (folder / "file").write_text("x")
    paths = subject.entries(str(folder))
    assert [pathlib.Path(path).name for path in paths] == ["file", "link", "sub"]
    subject.remove(paths, "")
    assert (list(folder.iterdir()), (kept / "file").read_text()) == ([], "x")
    subject.remove(paths, "")
    assert subject.entries(str(tmp_path / "absent")) == []


def test_a_folder_that_is_a_link(tmp_path: pathlib.Path) -> None:
    """Breaks where the kubelet's folder is a link to another disk: it is left full, or the link is removed."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/file").write_text("x")
    (tmp_path / "kubelet").symlink_to(tmp_path / "disk")
    subject.remove(subject.entries(str(tmp_path / "kubelet")), "")
    assert list((tmp_path / "disk").iterdir()) == []
    assert (tmp_path / "kubelet").is_symlink()


@pytest.mark.parametrize("point", ["sub", "sub/deep"])
def test_what_is_mounted_stays(tmp_path: pathlib.Path, point: str) -> None:
    """Breaks data: a disk that somebody has mounted below a folder of the cluster is emptied."""
    (tmp_path / "sub/deep").mkdir(parents=True)
    (tmp_path / "file").write_text("x")
    info = f"1 1 0:1 / {tmp_path}/{point} rw - ext4 /dev/sdb rw\n"
    with pytest.raises(KubewrightError, match="is mounted, and would be emptied"):
        subject.remove(subject.entries(str(tmp_path)), info)
    assert (tmp_path / "file").exists()
