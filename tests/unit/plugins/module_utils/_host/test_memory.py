# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files without a name."""

from __future__ import annotations

import os
import pathlib
import tempfile

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.memory import as_file


@pytest.mark.parametrize("has_memory_files", [True, False])
def test_nothing_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, has_memory_files: bool
) -> None:
    """Breaks the secrecy of the administrator's key: it lay in /tmp, and stayed there where the run was killed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if not has_memory_files:
        monkeypatch.delattr(os, "memfd_create")
    with as_file(b"secret") as path:
        assert pathlib.Path(path).read_bytes() == b"secret"
        assert list(tmp_path.iterdir()) == []
    assert not os.path.exists(path)
