# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding commands."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import find_command


def test_only_an_executable_file_is_a_command(tmp_path: pathlib.Path) -> None:
    """Breaks when a folder or a file that cannot run counts as installed."""
    (tmp_path / "kw-folder").mkdir()
    (tmp_path / "kw-text").write_text("", encoding="utf-8")
    program = tmp_path / "kw-program"
    program.write_text("", encoding="utf-8")
    program.chmod(0o755)
    path = str(tmp_path)
    assert find_command("kw-folder", path) is None
    assert find_command("kw-text", path) is None
    assert find_command("kw-program", path) == str(program)


def test_the_usual_folders_count_where_path_lacks_them() -> None:
    """Breaks under sudo, whose PATH may have no sbin folders."""
    assert find_command("sh", "") is not None
    assert find_command("kubewright-no-such-command", "") is None
