# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a report."""

from __future__ import annotations

import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._write_files import write_files


def test_all_of_them_and_their_folder(tmp_path: pathlib.Path) -> None:
    """Breaks a report: a file is left out, or stays as an earlier run has left it, or no folder is made for it."""
    folder = tmp_path / "a/b"
    for content in (b"one", b"other"):
        paths = write_files(str(folder), {"x": content, "y": b"y"})
        assert paths == [str(folder / "x"), str(folder / "y")]
        assert (folder / "x").read_bytes() == content
    assert sorted(item.name for item in folder.iterdir()) == ["x", "y"]
    assert stat.S_IMODE((folder / "x").stat().st_mode) == 0o644


def test_a_folder_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    """Breaks the message: whoever names a file as the folder is not told which."""
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(KubewrightError, match="file"):
        write_files(str(tmp_path / "file/x"), {"x": b""})
