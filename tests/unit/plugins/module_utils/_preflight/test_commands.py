# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where commands lie."""

from __future__ import annotations

import pathlib

import pytest
from inspected_folder import host_in

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import commands


def test_each_is_found_or_none(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks FileExisting-*: a command passes that is not there, or a file that cannot run."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, mode in (("kw-runs", 0o755), ("kw-text", 0o644)):
        (tmp_path / name).write_text("", encoding="ascii")
        (tmp_path / name).chmod(mode)
    found = commands.gather(host_in(), {"names": ["kw-runs", "kw-text", "kw-absent"]})
    assert found == {"paths": {"kw-runs": str(tmp_path / "kw-runs"), "kw-text": None, "kw-absent": None}}
