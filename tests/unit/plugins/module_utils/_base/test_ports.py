# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ports that all minors have, by those who use them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import ports
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.endpoints import endpoints
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd_flags


@pytest.mark.parametrize("version", ["1.13.0", "1.20.0", "1.37.0"])
def test_each_is_where_kubernetes_has_it(make_config: t.Callable[..., Config], version: str) -> None:
    """K2: breaks firewalls, load balancers and monitoring, which know these numbers."""
    config = make_config(version)
    assert {10250, 2379, 2380} <= {port["number"] for port in ports.question(config)["ports"]}
    health = {endpoint.name: endpoint.url for endpoint in endpoints(config)}
    assert health["kubelet"] == "http://127.0.0.1:10248/healthz"
    flags = etcd_flags(config)
    assert flags["listen-client-urls"] == "https://127.0.0.1:2379,https://192.0.2.10:2379"
    assert flags["listen-peer-urls"] == "https://192.0.2.10:2380"
    assert version < "1.14" or ":2381" in health["etcd"]
