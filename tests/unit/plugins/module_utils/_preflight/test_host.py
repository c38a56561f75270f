# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reading of the host."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host


def _host(root: pathlib.Path | str = "") -> Host:
    return Host(lambda _argv: Result(0, "", ""), str(root))


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
