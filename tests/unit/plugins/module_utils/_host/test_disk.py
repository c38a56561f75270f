# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a folder's disk says of itself, tried on real folders."""

from __future__ import annotations

import os
import pathlib
import shutil

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.disk import (
    fdatasync_ms,
    space,
    write_refusal,
)


def test_what_is_left_is_what_others_say(tmp_path: pathlib.Path) -> None:
    """Breaks the checks of free space: what only root may use must not count, and the unit is the byte."""
    found = space(str(tmp_path))
    assert found is not None
    # Others write meanwhile.
    assert abs(found.free_bytes - shutil.disk_usage(tmp_path).free) < 2**30
    state = os.statvfs(tmp_path)
    assert abs(found.root_bytes - state.f_bfree * state.f_frsize) < 2**30
    assert found.free_inodes is None or found.free_inodes > 0


def test_a_file_system_without_a_count_of_inodes() -> None:
    """Breaks hosts on btrfs, which says 0: they would have no inodes left."""
    for folder in ("/proc", "/sys"):
        state, found = os.statvfs(folder), space(folder)
        assert found is not None
        assert (found.free_inodes is None) is (state.f_files == 0)


def test_a_folder_that_is_not_there(tmp_path: pathlib.Path) -> None:
    """Breaks a blank host with a traceback."""
    path = str(tmp_path / "absent")
    assert (space(path), fdatasync_ms(path)) == (None, None)
    assert write_refusal(path) == "No such file or directory"


def test_trying_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    """Breaks etcd, which does not start with files of others in its folder."""
    before = tmp_path.stat().st_mtime_ns
    assert write_refusal(str(tmp_path)) is None
    milliseconds = fdatasync_ms(str(tmp_path))
    assert milliseconds is None or 0 < milliseconds < 60_000
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mtime_ns == before


def test_a_folder_that_takes_no_files() -> None:
    """Breaks the check of a file system that is mounted for reading only; one that cannot be tried says nothing."""
    refusal = write_refusal("/proc/self/fd")
    assert refusal is None or "/" not in refusal
    assert fdatasync_ms("/proc/self/fd") is None
