# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the report."""

from __future__ import annotations

import json
import os
import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.write import write_reports
from preflight_fleet import fleet, single

NAMES = ["preflight.html", "preflight.json", "preflight.xml"]


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_three_files_for_everyone_to_read(tmp_path: pathlib.Path) -> None:
    """Breaks when a file is missing, left behind, or not readable by others whatever the umask."""
    folder = tmp_path / "reports" / "preflight"
    before = os.umask(0o077)
    try:
        paths = write_reports(fleet(), str(folder))
    finally:
        os.umask(before)
    assert paths == [str(folder / name) for name in ("preflight.json", "preflight.xml", "preflight.html")]
    assert sorted(os.listdir(folder)) == NAMES
    assert {_mode(folder / name) for name in NAMES} == {0o644}
    assert (_mode(folder), _mode(folder.parent)) == (0o755, 0o755)


def test_the_last_run_counts(tmp_path: pathlib.Path) -> None:
    """Breaks when a report says something of an earlier run."""
    write_reports(fleet(), str(tmp_path))
    write_reports(single(), str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == NAMES
    assert len(json.loads((tmp_path / "preflight.json").read_text())["hosts"]) == 1
    assert "cp2" not in (tmp_path / "preflight.xml").read_text() + (tmp_path / "preflight.html").read_text()


def test_a_folder_that_cannot_be_made(tmp_path: pathlib.Path) -> None:
    """Breaks when the user gets a traceback, or no word of where and why."""
    (tmp_path / "file").write_text("something else")
    for folder in ("file", "file/preflight"):
        with pytest.raises(KubewrightError, match=f"{tmp_path}/file is not a folder"):
            write_reports(single(), str(tmp_path / folder))


def test_a_file_that_cannot_be_written(tmp_path: pathlib.Path) -> None:
    """Breaks when a failure is silent: the report of an earlier run would be taken for this one's."""
    (tmp_path / "preflight.xml").mkdir()
    with pytest.raises(KubewrightError, match=f"{tmp_path}/preflight.xml cannot be written: Is a directory"):
        write_reports(single(), str(tmp_path))
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
