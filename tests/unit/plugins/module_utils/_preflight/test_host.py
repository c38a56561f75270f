# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a host's files."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._host import Host

LARGE = 4 * 2**20


def _host(root: str = "") -> Host:
    return Host(lambda argv: Result(0, " ".join(argv), ""), root)


def test_settings_of_the_kernel_can_be_read() -> None:
    """Breaks every check that looks at /proc/sys, where the kernel fills no more than 4 MiB at a time."""
    assert _host().text("/proc/sys/kernel/ostype") == "Linux\n"


def test_files_are_read_whole_up_to_4_mib(tmp_path: pathlib.Path) -> None:
    """Breaks large kernel configurations, or lets a huge file fill the memory."""
    (tmp_path / "a").write_bytes(bytes(range(256)) * 1024)
    (tmp_path / "b").write_bytes(b"x" * (LARGE + 1))
    host = _host(str(tmp_path))
    assert host.data("/a") == (tmp_path / "a").read_bytes()
    assert len(host.data("/b") or b"") == LARGE
    assert host.data("/c") is None
