# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SubnetOverlap."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import subnets

MakeConfig = t.Callable[..., Config]
BLANK: dict[str, t.Any] = {"files": {}}
RUNNING = {"files": {"kube-apiserver.yaml": {"pod": "kube-system/kube-apiserver", "etcd_data_dir": None}}}
EVERYTHING = {"service_subnet": "10.96.0.0/12,fd00:1::/108", "pod_subnet": "10.244.0.0/16,fd00:2::/56"}


@pytest.mark.parametrize(
    ("routes", "nameservers", "manifests", "overlaps"),
    [
        ([], [], BLANK, 0),
        ([["192.0.2.0/24", "eth0"]], ["192.0.2.53"], BLANK, 0),
        ([["10.100.0.0/16", "eth1"]], [], BLANK, 1),
        ([["10.0.0.0/8", "eth1"]], [], BLANK, 2),
        ([["fd00:1::/64", "eth1"]], [], BLANK, 1),
        ([["10.244.3.0/24", "eth0"]], [], BLANK, 1),
        ([["10.244.3.0/24", "eth0"]], [], RUNNING, 0),
        ([["10.244.0.0/15", "eth0"]], [], RUNNING, 1),
        ([["10.100.3.0/24", "eth0"]], [], RUNNING, 1),
        ([["10.244.0.0/24", "cni0"]], [], BLANK, 0),
        ([], ["10.96.0.10"], BLANK, 1),
        ([], ["fd00:2::53", "no address"], BLANK, 1),
    ],
)
def test_overlaps(
    make_config: MakeConfig,
    routes: list[list[str]],
    nameservers: list[str],
    manifests: dict[str, t.Any],
    overlaps: int,
) -> None:
    """Breaks when another network would be cut off, or a running cluster's own routes to its pods are blamed."""
    facts = {"routes": routes, "nameservers": nameservers}
    [check] = subnets.check(make_config("1.31.0", **EVERYTHING), facts, manifests)
    assert check.passed == (overlaps == 0)
    assert check.found.count(" overlaps ") == overlaps
