# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that somebody else reads while lines are added to it."""

from __future__ import annotations

import pathlib
import stat

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.line_file import lines_in


def test_lines(tmp_path: pathlib.Path) -> None:
    """Breaks what is told while a run waits; shows it to everybody; or leaves it behind."""
    path = tmp_path / "a.progress"
    with lines_in(str(path)) as say:
        say("one")
        assert path.read_text(encoding="utf-8") == "one\n"
        say("two\nof http://user:secret@proxy/\x1b[2J")
        assert path.read_text(encoding="utf-8").splitlines() == ["one", "two\\x0aof http://***@proxy/\\x1b[2J"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_a_file_that_is_there_already(tmp_path: pathlib.Path) -> None:
    """Breaks somebody else's file, behind a link too; the wait goes on."""
    there = tmp_path / "there"
    there.write_text("kept", encoding="utf-8")
    (tmp_path / "link").symlink_to(there)
    for path in ("there", "link", "none/below"):
        with lines_in(str(tmp_path / path)) as say:
            say("one")
    with lines_in("") as say:
        say("one")
    assert there.read_text(encoding="utf-8") == "kept"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["link", "there"]
