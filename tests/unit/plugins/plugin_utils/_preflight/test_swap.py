# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Swap: an error, a warning, or borne."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import swap

MakeConfig = t.Callable[..., Config]


TOLERANT = {"kubelet_configuration": {"failSwapOn": False}}


@pytest.mark.parametrize(
    ("version", "variables", "severity"),
    [
        ("1.12.0", {}, "error"),
        ("1.21.0", {}, "error"),
        ("1.37.0", {}, "warning"),
        ("1.12.0", TOLERANT, "warning"),
        ("1.37.0", TOLERANT, "warning"),
        ("1.12.0", {"kubelet_configuration": {"failSwapOn": True}}, "error"),
    ],
)
def test_what_swap_means(make_config: MakeConfig, version: str, variables: dict[str, t.Any], severity: str) -> None:
    """K2: breaks hosts with swap whose kubelet bears it, or lets a kubelet start that refuses it."""
    config = make_config(version, **variables)
    [on], [off] = swap.check(config, {"swaps": ["/dev/sda2", "/swap"]}), swap.check(config, {"swaps": []})
    assert (on.severity, on.passed, on.found) == (severity, False, "swap on /dev/sda2, /swap")
    assert (off.passed, off.found) == (True, "off")
