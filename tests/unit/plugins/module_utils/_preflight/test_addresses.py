# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AdvertiseAddress."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import addresses
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host

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


@pytest.mark.parametrize(("address", "is_local"), [("127.0.0.1", True), ("203.0.113.9", False), ("2001:db8::9", False)])
def test_gather(make_config: MakeConfig, address: str, is_local: bool) -> None:
    """Breaks when an address of another host, on which nothing here can listen, counts as this host's."""
    config = make_config("1.31.0")
    config.init["localAPIEndpoint"]["advertiseAddress"] = address
    facts = addresses.gather(Host(lambda _argv: Result(0, "", "")), config)
    assert facts["is_local"] == is_local
    assert not {"127.0.0.1", "::1"} & set(facts["candidates"])
