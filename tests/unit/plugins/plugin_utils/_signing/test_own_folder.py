# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders of the controller that others could change. The tests of other owners need root, as CI has it."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.own_folder import (
    require_own,
    tighten_own,
)


@pytest.mark.parametrize("mode", [0o777, 0o722, 0o707])
def test_a_folder_that_others_can_write(tmp_path: pathlib.Path, mode: int) -> None:
    """Breaks the trust in the CAs that lie there: somebody else could put his own in their place."""
    tmp_path.chmod(mode)
    with pytest.raises(KubewrightError, match=f"has the mode {mode:04o}.*chmod go-w {tmp_path}"):
        require_own(str(tmp_path))


def test_a_folder_of_somebody_else(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the same trust; whoever has started the run by sudo is trusted."""
    monkeypatch.delenv("SUDO_UID", raising=False)
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(KubewrightError, match="belongs to the user 65534"):
        require_own(str(tmp_path))
    monkeypatch.setenv("SUDO_UID", "65534")
    require_own(str(tmp_path))


def test_what_is_right(tmp_path: pathlib.Path) -> None:
    """Breaks runs with a folder of one's own, or with none yet."""
    tmp_path.chmod(0o755)
    require_own(str(tmp_path))
    require_own(str(tmp_path / "absent"))


@pytest.mark.parametrize(("mode", "expected"), [(0o644, 0o600), (0o600, 0o600), (0o400, 0o400), (0o777, 0o600)])
def test_rights_of_others_are_taken_away(tmp_path: pathlib.Path, mode: int, expected: int) -> None:
    """Breaks the secrecy of a CA's key that somebody has copied there with the usual mode; a tighter one stays."""
    (tmp_path / "ca.key").write_text("x")
    (tmp_path / "ca.key").chmod(mode)
    tighten_own(str(tmp_path / "ca.key"), 0o600)
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == expected


def test_what_is_elsewhere_stays(tmp_path: pathlib.Path) -> None:
    """Breaks somebody's file by way of a link, or with a traceback where nothing is there."""
    (tmp_path / "other").write_text("x")
    (tmp_path / "other").chmod(0o644)
    (tmp_path / "ca.key").symlink_to(tmp_path / "other")
    for name in ("ca.key", "absent"):
        tighten_own(str(tmp_path / name), 0o600)
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0o644


def test_a_group_of_ones_own(tmp_path: pathlib.Path) -> None:
    """Breaks users with umask 002, whose group has nobody else in it; and groups of the system."""
    os.chown(tmp_path, 0, os.getegid())
    tmp_path.chmod(0o775)
    require_own(str(tmp_path))
    os.chown(tmp_path, 0, 1234)
    tmp_path.chmod(0o775)
    with pytest.raises(KubewrightError, match="chmod go-w"):
        require_own(str(tmp_path))
