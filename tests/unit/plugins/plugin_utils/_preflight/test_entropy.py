# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entropy: before and since Linux 5.18, and where the kernel says nothing."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import entropy

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("bits", "outcomes"), [(None, []), (0, [False]), (199, [False]), (200, [True]), (256, [True]), (4096, [True])]
)
def test_enough_of_it(make_config: MakeConfig, bits: int | None, outcomes: list[bool]) -> None:
    """Breaks the warning of a virtual machine whose keys take minutes, or warns on each newer kernel, which says 256."""
    checks = entropy.check(make_config("1.31.0"), {"bits": bits})
    assert [(item.severity, item.passed) for item in checks] == [("warning", passed) for passed in outcomes]
