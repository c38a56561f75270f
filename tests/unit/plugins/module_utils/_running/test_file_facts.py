# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When files were changed, on real files."""

from __future__ import annotations

import os
import pathlib
import time

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.file_facts import changed_at

HOST = WatchedHost(lambda _argv: Result(127, "", ""))


def test_a_written_file_was_changed_now(tmp_path: pathlib.Path) -> None:
    """Breaks every restart: the time of the content is not found."""
    path = tmp_path / "scheduler.conf"
    path.write_text("x", encoding="utf-8")
    os.utime(path, (5000, 5000))
    assert changed_at(HOST, str(path)) == 5000.0
    assert changed_at(HOST, str(tmp_path / "absent")) is None


def test_a_time_that_is_still_to_come_is_not_believed(tmp_path: pathlib.Path) -> None:
    """Breaks the second run: a file that was dated ahead restarts its readers in every run until then."""
    path = tmp_path / "scheduler.conf"
    path.write_text("x", encoding="utf-8")
    os.utime(path, (time.time() + 9999, time.time() + 9999))
    found = changed_at(HOST, str(path))
    assert found is not None
    assert found <= time.time()


def test_what_a_process_sees(tmp_path: pathlib.Path) -> None:
    """Breaks when a process that sees the same file is restarted for it, or one that sees another is not."""
    seen, other = tmp_path / "seen", tmp_path / "other"
    seen.write_text("x", encoding="utf-8")
    other.write_text("x", encoding="utf-8")
    assert not HOST.sees_another(os.getpid(), str(seen), str(seen))
    assert HOST.sees_another(os.getpid(), str(seen), str(other))
    assert not HOST.sees_another(os.getpid(), str(tmp_path / "absent"), str(other))
