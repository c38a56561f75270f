# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NumCPU and Mem, by minor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import resources

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("version", "facts", "failed"),
    [
        ("1.12.0", {"cpus": 1, "memory_mb": 1}, []),
        ("1.13.0", {"cpus": 1, "memory_mb": 1}, ["NumCPU"]),
        ("1.19.0", {"cpus": 2, "memory_mb": 1}, []),
        ("1.20.0", {"cpus": 2, "memory_mb": 1699}, ["Mem"]),
        ("1.20.0", {"cpus": 1, "memory_mb": 0}, ["NumCPU", "Mem"]),
        ("1.37.0", {"cpus": 2, "memory_mb": 1700}, []),
    ],
)
def test_what_a_minor_wants(make_config: MakeConfig, version: str, facts: dict[str, int], failed: list[str]) -> None:
    """K2: breaks small hosts with minors that do not look, or lets those pass that kubeadm refuses."""
    checks = resources.check(make_config(version), facts)
    assert [item.name for item in checks if not item.passed] == failed
    assert {item.severity for item in checks} <= {"error"}
