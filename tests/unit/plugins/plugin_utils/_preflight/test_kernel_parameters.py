# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forwarding and bridged packets, by minor and family."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import kernel_parameters

MakeConfig = t.Callable[..., Config]


V4, V6 = {"advertise_address": "192.0.2.10"}, {"advertise_address": "2001:db8::10", "service_subnet": "fd00::/112"}
BOTH = {**V4, "service_subnet": "10.96.0.0/12,fd00::/112", "pod_subnet": "10.244.0.0/16,fd01::/48"}
BRIDGE = (kernel_parameters.BRIDGE_IPV4, kernel_parameters.BRIDGE_IPV6)
FORWARD = (kernel_parameters.FORWARD_IPV4, kernel_parameters.FORWARD_IPV6)


@pytest.mark.parametrize(
    ("version", "variables", "paths"),
    [
        ("1.20.0", V4, [BRIDGE[0], FORWARD[0]]),
        ("1.20.0", V6, [*BRIDGE, *FORWARD]),
        ("1.37.0", V4, [FORWARD[0]]),
        ("1.37.0", V6, [FORWARD[1]]),
        ("1.37.0", BOTH, list(FORWARD)),
    ],
)
def test_what_is_asked_is_what_is_checked(
    make_config: MakeConfig, version: str, variables: dict[str, str], paths: list[str]
) -> None:
    """K2: breaks hosts of one family, or with a network plugin that has no use for bridged packets."""
    config = make_config(version, **variables)
    assert kernel_parameters.question(config) == {"paths": paths}
    checks = kernel_parameters.check(config, {"contents": dict.fromkeys(paths, "1\n")})
    assert [item.name for item in checks] == ["FileContent-" + path.replace("/", "-") for path in paths]
    assert all(item.passed for item in checks)


@pytest.mark.parametrize(("content", "found"), [("0\n", "0"), ("", ""), (None, "absent"), ("2\n", "2")])
def test_what_is_off(make_config: MakeConfig, content: str | None, found: str) -> None:
    """Breaks when a parameter passes that is off, or the cure for one that is absent with its module."""
    config = make_config("1.20.0")
    contents = dict.fromkeys(kernel_parameters.question(config)["paths"], content)
    bridge, forward = kernel_parameters.check(config, {"contents": contents})
    assert (bridge.passed, forward.passed) == (False, False)
    assert (forward.found, "modprobe" in forward.cure) == (f"net.ipv4.ip_forward is {found}", False)
    assert "modprobe br_netfilter" in bridge.cure
