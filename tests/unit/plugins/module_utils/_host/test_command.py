# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding and running commands."""

from __future__ import annotations

import pathlib
import time

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import (
    NO_END,
    Result,
    find_command,
    run_command,
)


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


def test_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the reading of answers on a host in another language, and a host without the command with a traceback."""
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert run_command(["sh", "-c", "printenv LC_ALL; echo why >&2; exit 3"]) == Result(3, "C\n", "why\n")
    absent = run_command(["/kubewright/no-such-command"])
    assert absent == Result(127, "", "/kubewright/no-such-command: No such file or directory")
    assert run_command(["/bin/a\0b"]).code == 127


@pytest.mark.parametrize("command", ["sleep 60", "sleep 60 & sleep 61; wait", "trap '' TERM; sleep 60"])
def test_a_command_without_end(command: str) -> None:
    """Breaks a run for ever: a container runtime that hangs keeps every question to it waiting."""
    start = time.monotonic()
    found = run_command(["sh", "-c", command], 0.5)
    assert (found.code, found.stderr) == (NO_END, "sh did not end within 0.5 s\n")
    assert time.monotonic() - start < 20


def test_a_command_that_leaves_something_running() -> None:
    """Breaks a run that waits for what was started in the background, and holds the output open."""
    start = time.monotonic()
    found = run_command(["sh", "-c", "echo done; sleep 30 &"], 20)
    assert (found.code, found.stdout) == (0, "done\n")
    assert time.monotonic() - start < 15


def test_output_without_end() -> None:
    """Breaks the host's memory: what is read has a limit, and the command is not kept waiting for its reader."""
    found = run_command(["sh", "-c", "yes | head -c 20000000; echo end >&2"], 60)
    assert (found.code, len(found.stdout), found.stderr) == (0, 4 * 2**20, "end\n")
