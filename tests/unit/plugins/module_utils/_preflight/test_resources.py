# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CPUs and memory."""

from __future__ import annotations

import os
import pathlib

from inspected_folder import host_in, host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import resources


def test_this_machine() -> None:
    """Breaks NumCPU and Mem: CPUs that this process may use, and memory in MiB."""
    found = resources.gather(host_in(), {})
    assert found["cpus"] == len(os.sched_getaffinity(0))
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    assert abs(found["memory_mb"] - pages) <= pages // 10


def test_memory_by_the_kernels_line(tmp_path: pathlib.Path) -> None:
    """Breaks the boundary of 1700 MB, or a host without /proc with a traceback."""
    assert resources.gather(host_in(tmp_path), {})["memory_mb"] == 0
    host = host_with(tmp_path, **{"/proc/meminfo": "MemFree: 1 kB\nMemTotal:        1740800 kB\nMemAvailable: 2 kB\n"})
    assert resources.gather(host, {})["memory_mb"] == 1700
