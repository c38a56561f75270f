# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KubernetesVersion and KubeletVersion."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import versions

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("version", "kubelet", "passed"),
    [
        ("1.31.2", "v1.31.0", True),
        ("1.31.0", "v1.31.9", True),
        ("1.31.0", "v1.32.0", False),
        ("1.31.0", "v1.28.0", True),
        ("1.31.0", "v1.27.9", False),
        ("1.20.0", "v1.19.0", True),
        ("1.20.0", "v1.18.0", False),
        ("1.31.0", "v2.31.0", False),
        ("1.31.0", "nonsense", False),
        ("1.31.0", None, False),
        ("1.31.0", "", False),
    ],
)
def test_the_kubelet_fits(make_config: MakeConfig, version: str, kubelet: str | None, passed: bool) -> None:
    """K2: breaks nodes whose kubelet the API server does not bear, or upgrades, in which it is older for a while."""
    [check] = versions.kubelet_version(make_config(version, facts={"kubelet_version": kubelet}))
    assert (check.name, check.severity, check.passed) == ("KubeletVersion", "error", passed)
    assert check.found == (kubelet or "no kubelet")


def test_the_version_is_told(make_config: MakeConfig) -> None:
    """Breaks the report: which version was checked, and which there are."""
    [check] = versions.kubernetes_version(make_config("1.31.2"))
    assert (check.passed, check.found) == (True, "v1.31.2")
    assert check.wanted.startswith("1.12 to 1.")
