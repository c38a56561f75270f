# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hostname."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import hostname

MakeConfig = t.Callable[..., Config]
LONG = "a" * 40 + "." + "b" * 40


@pytest.mark.parametrize(
    ("version", "name", "addresses", "passed"),
    [
        ("1.20.0", "cp1", ["192.0.2.10"], [True]),
        ("1.20.0", "cp1", [], [False]),
        ("1.20.0", LONG, ["192.0.2.10"], [True]),
        ("1.21.0", "cp1", ["192.0.2.10"], [True, True]),
        ("1.21.0", LONG, [], [False, False]),
    ],
)
def test_check(make_config: MakeConfig, version: str, name: str, addresses: list[str], passed: list[bool]) -> None:
    """K2, D13: breaks when a name that does not resolve, or (since 1.21) one that is too long, is not warned of."""
    checks = hostname.check(make_config(version, node_name=name), {"addresses": addresses})
    assert [(check.name, check.severity, check.passed) for check in checks] == [
        ("Hostname", "warning", one) for one in passed
    ]
