# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes of the host."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._processes import process_names, start_time

STAT = "%s S 1 812 812 0 -1 4194560 9 8 7 6 5 4 3 2 20 0 11 0 250000 999 88 184 0 0 0\n"


@pytest.mark.parametrize("head", ["812 (etcd)", "812 (a b)", "812 (x) y)"])
def test_start_time(head: str) -> None:
    """proc(5): breaks the wait for a restarted component: field 22, after a name that may hold anything."""
    assert start_time(STAT % head, 1000.0, 100) == 3500.0


def test_this_very_process_is_among_them() -> None:
    """Breaks the look for systemd-resolved and for restarted components."""
    names = process_names()
    assert names
    assert all(name and "/" not in name for name in names.values())
