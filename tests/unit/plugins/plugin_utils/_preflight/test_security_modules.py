# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SELinux and AppArmor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import security_modules

MakeConfig = t.Callable[..., Config]


OFF: dict[str, t.Any] = {
    "selinux_enforces": False,
    "selinux_knows_containers": False,
    "apparmor": False,
    "apparmor_parser": None,
}


@pytest.mark.parametrize(
    ("facts", "failed", "found"),
    [
        ({}, [], ["not enforcing", "off"]),
        ({"selinux_enforces": True}, ["SELinux"], ["enforcing, without a policy for containers", "off"]),
        (
            {"selinux_enforces": True, "selinux_knows_containers": True},
            [],
            ["enforcing, with a policy for containers", "off"],
        ),
        ({"apparmor": True}, ["AppArmor"], ["not enforcing", "on, apparmor_parser not found"]),
        (
            {"apparmor": True, "apparmor_parser": "/sbin/apparmor_parser"},
            [],
            ["not enforcing", "on, apparmor_parser found"],
        ),
        ({"apparmor_parser": "/sbin/apparmor_parser"}, [], ["not enforcing", "off"]),
    ],
)
def test_settings(make_config: MakeConfig, facts: dict[str, t.Any], failed: list[str], found: list[str]) -> None:
    """Breaks the warning on hosts whose static pods do not start; Red Hat and Debian as they come pass."""
    checks = security_modules.check(make_config("1.31.0"), {**OFF, **facts})
    assert [item.name for item in checks if not item.passed] == failed
    assert [item.found for item in checks] == found
