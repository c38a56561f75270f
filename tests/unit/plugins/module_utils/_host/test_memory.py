# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files without a name."""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.memory import as_file, as_file_of_child


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


def test_a_command_reads_it() -> None:
    """Breaks what a command is given in a file: a process that was started has other descriptors than the one that has started it."""
    with as_file_of_child(b"rules") as path:
        answer = subprocess.run(["cat", path], check=False, capture_output=True)
    assert (answer.returncode, answer.stdout) == (0, b"rules")
