# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control planes in the stored configuration."""

from __future__ import annotations

import pytest
from objects_in_memory import Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.control_plane_endpoints import forget
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import read_yaml

TWO = """apiEndpoints:
  cp1:
    advertiseAddress: 192.0.2.10
    bindPort: 6443
  cp2:
    advertiseAddress: "2001:db8::1"
    bindPort: 6443
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterStatus
"""
PATH = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config"


@pytest.mark.parametrize("node", ["cp1", "cp2"])
def test_one_is_taken_out(node: str) -> None:
    """Breaks kubeadm of 1.21 and before: it asks for the etcd of a host that is gone."""
    server = Server(config_map({"ClusterStatus": TWO, "ClusterConfiguration": "x"}, name="kubeadm-config"))
    assert forget(server, node)
    data = server.objects[PATH]["data"]
    wanted = read_yaml(TWO)
    del wanted["apiEndpoints"][node]
    assert (read_yaml(data["ClusterStatus"]), data["ClusterConfiguration"]) == (wanted, "x")
    assert not forget(server, node)
    assert forget(server, "cp1" if node == "cp2" else "cp2")
    assert read_yaml(server.objects[PATH]["data"]["ClusterStatus"])["apiEndpoints"] == {}


@pytest.mark.parametrize("data", [{}, {"ClusterStatus": "a: ["}, {"ClusterStatus": "[]"}])
def test_where_there_is_none(data: dict[str, str]) -> None:
    """Breaks with a traceback since 1.22, or on what somebody has written there."""
    assert not forget(Server(config_map(data, name="kubeadm-config")), "cp1")
    assert not forget(Server(), "cp1")
