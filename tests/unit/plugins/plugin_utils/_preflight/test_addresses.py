# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AdvertiseAddress."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import addresses

MakeConfig = t.Callable[..., Config]
TWO = {"192.0.2.10": "eth0", "198.51.100.7": "eth1"}


@pytest.mark.parametrize(
    ("variables", "candidates", "is_local", "passed"),
    [
        ({}, {"192.0.2.10": "eth0"}, True, True),
        ({}, TWO, True, False),
        ({"advertise_address": "192.0.2.10"}, TWO, True, True),
        ({"advertise_address": "198.51.100.7"}, TWO, True, True),
        ({"advertise_address": "203.0.113.9"}, TWO, False, False),
    ],
)
def test_check(
    make_config: MakeConfig, variables: dict[str, str], candidates: dict[str, str], is_local: bool, passed: bool
) -> None:
    """Breaks when the wrong network card is taken in silence, or a choice that was made is asked for again."""
    facts = {"candidates": candidates, "is_local": is_local}
    [check] = addresses.check(make_config("1.31.0", **variables), facts)
    assert (check.name, check.severity, check.passed) == ("AdvertiseAddress", "warning", passed)
