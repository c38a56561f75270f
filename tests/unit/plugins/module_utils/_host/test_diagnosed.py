# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host as those see it who look for what is wrong."""

from __future__ import annotations

import pathlib
import stat

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost


def test_kind_and_mode(tmp_path: pathlib.Path) -> None:
    """Breaks volumes that need a file, a folder or a socket: what is there is not told, or behind a link is not seen."""
    host = DiagnosedHost(lambda _argv: Result(127, "", ""), str(tmp_path))
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to("file")
    assert stat.S_ISDIR(host.mode("/folder") or 0)
    assert stat.S_ISREG(host.mode("/link") or 0)
    assert host.mode("/none") is None


def test_it_is_both(tmp_path: pathlib.Path) -> None:
    """Breaks the diagnosis: it needs what those see who wait, and what those see who inspect."""
    host = DiagnosedHost(lambda _argv: Result(0, "said", ""), str(tmp_path))
    assert host.run(["x"]).stdout == "said"
    assert host.names("/") == []
    assert host.times("/none") is None
