# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reading of the host, and that all of it lies below a root."""

from __future__ import annotations

import os
import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost


def _host(root: pathlib.Path | str = "") -> InspectedHost:
    return InspectedHost(lambda _argv: Result(0, "", ""), str(root))


def test_the_kernels_own_files() -> None:
    """Breaks every check of /proc: the kernel refuses a read of 4 MiB from /proc/sys, and gives its files no size."""
    host = _host()
    assert (host.text("/proc/sys/net/ipv4/ip_forward") or "").strip() in {"0", "1"}
    assert any(line.startswith("MemTotal:") for line in host.lines("/proc/meminfo"))


def test_what_is_not_there(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback on a host that lacks a file."""
    host = _host(tmp_path)
    assert host.text("/nothing") is None
    assert host.lines("/nothing") == []
    assert host.names("/nothing") is None
    assert host.link("/nothing") is None
    assert not host.exists("/nothing")


def test_below_another_root(tmp_path: pathlib.Path) -> None:
    """Breaks the tests that read recorded files in place of this machine's."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/b").write_bytes(b"\xff1\n2")
    (tmp_path / "etc/a").symlink_to("target")
    host = _host(tmp_path)
    assert host.names("/etc") == ["a", "b"]
    assert host.link("/etc/a") == "target"
    assert host.exists("/etc/a")
    assert host.lines("/etc/b") == ["\ufffd1", "2"]


def test_a_pipe_is_not_waited_for(tmp_path: pathlib.Path) -> None:
    """Breaks with a module that hangs until somebody writes into a pipe that lies among the files."""
    os.mkfifo(tmp_path / "pipe")
    assert _host(tmp_path).data("/pipe") is None


def test_a_large_file_is_cut_off(tmp_path: pathlib.Path) -> None:
    """Breaks hosts on which a log has the name of a manifest: all of it would be held in memory."""
    (tmp_path / "log").write_bytes(b"x" * (4 * 2**20 + 1))
    assert len(_host(tmp_path).data("/log") or b"") == 4 * 2**20


def test_names_that_are_not_utf_8(tmp_path: pathlib.Path) -> None:
    """Breaks when a file cannot be read by the name that it was found by."""
    (tmp_path / os.fsdecode(b"a\xff")).write_text("x")
    names = _host(tmp_path).names("/")
    assert [_host(tmp_path).text(f"/{name}") for name in names or []] == ["x"]


def test_what_is_written_lies_below_the_root_too(tmp_path: pathlib.Path) -> None:
    """Breaks tests that would write to this machine's own folders in place of a root of their own."""
    host = _host(tmp_path)
    host.write("/etc/a", b"1", 0o644, 0o755, "/etc")
    host.tighten("/etc/a", 0o600)
    state = host.file("/etc/a")
    assert state is not None
    assert (state.content, state.mode) == (b"1", 0o600)
    assert (tmp_path / "etc/a").read_bytes() == b"1"


def test_the_disk_of_a_folder(tmp_path: pathlib.Path) -> None:
    """Breaks when a folder that is not there is a traceback, or trying a disk leaves something behind."""
    host = _host(tmp_path)
    assert (host.space("/absent"), host.fdatasync_ms("/absent")) == (None, None)
    assert host.write_refusal("/absent") == "No such file or directory"
    space = host.space("/")
    assert space is not None
    assert space.free_bytes > 0
    assert host.write_refusal("/") is None
    assert list(tmp_path.iterdir()) == []
