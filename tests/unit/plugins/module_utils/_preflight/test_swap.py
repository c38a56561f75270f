# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The swap that is in use."""

from __future__ import annotations

import pathlib

import pytest
from inspected_folder import host_in, host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import swap

TABLE = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


@pytest.mark.parametrize(
    ("text", "swaps"),
    [
        ("", []),
        (TABLE, []),
        (TABLE + "/dev/sda2                               partition\t1048572\t\t0\t\t-2\n", ["/dev/sda2"]),
        (TABLE + "/swap\\040file file 1 0 -2\n\n/dev/zram0 partition 1 0 100\n", ["/swap\\040file", "/dev/zram0"]),
    ],
)
def test_the_kernels_table(tmp_path: pathlib.Path, text: str, swaps: list[str]) -> None:
    """Breaks the check of swap: its heading counts as one, or one is overlooked."""
    assert swap.gather(host_with(tmp_path, **{"/proc/swaps": text}), {}) == {"swaps": swaps}


def test_this_machine() -> None:
    """Breaks the check where /proc is another than the recorded one."""
    with open("/proc/swaps", encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    assert len(swap.gather(host_in(), {})["swaps"]) == max(0, len(lines) - 1)
