# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding and running commands."""

from __future__ import annotations

import pathlib
import selectors
import sys
import time
import typing as t

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


def test_all_that_is_printed_is_read_on_a_busy_host() -> None:
    """Breaks answers of a busy host: what a command has printed last would be lost, as if there were no kubelet."""
    program = "import os, time; os.write(1, b'a' * 60000); os.write(2, b'b'); os.write(1, b'end')"
    for _time in range(50):
        found = run_command([sys.executable, "-c", program])
        assert (found.code, len(found.stdout), found.stdout[-3:], found.stderr) == (0, 60003, "end", "b")


def test_the_end_is_read_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the same where the reader gets no time for seconds."""
    select = selectors.DefaultSelector.select

    def late(self: t.Any, timeout: float | None = None) -> t.Any:
        time.sleep(1.5)
        return select(self, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", late)
    assert run_command(["sh", "-c", "echo a; sleep 0.2; echo b"]) == Result(0, "a\nb\n", "")


def test_what_is_left_running_and_prints_without_end() -> None:
    """Breaks a run that is kept by what a command has left running: it is read no longer than the command may last."""
    start = time.monotonic()
    found = run_command(["sh", "-c", "echo done; yes & sleep 0.1"], 2)
    assert (found.code, found.stdout[:5]) == (0, "done\n")
    assert time.monotonic() - start < 20


def test_what_leaves_the_group_of_a_command_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a run for ever: what is not killed with the command prints on, and would be read as long as it does."""
    select, looks = selectors.DefaultSelector.select, []

    def late(self: t.Any, timeout: float | None = None) -> t.Any:
        # There is always more by then.
        time.sleep(0.02)
        looks.append(timeout)
        assert len(looks) < 500, "it is read without end"
        return select(self, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", late)
    found = run_command(["sh", "-c", "setsid yes & sleep 60"], 0.5)
    assert (found.code, found.stdout[:2]) == (NO_END, "y\n")


def test_a_command_that_closes_its_output() -> None:
    """Breaks the exit code of one that goes on without an output, and its end in time."""
    assert run_command(["sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 4"]) == Result(4, "", "")
    assert run_command(["sh", "-c", "exec >&- 2>&-; sleep 60"], 0.3).code == NO_END
