# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""InitConfiguration in the API version of each minor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubeadm_init import init_configuration
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input

MakeConfig = t.Callable[..., t.Any]
TOKEN = {"token": "abcdef.0123456789abcdef"}


@pytest.mark.parametrize("minor", range(12, 38))
def test_it_can_be_read_again(make_config: MakeConfig, minor: int) -> None:
    """D1, D2: breaks when the document has fields that its API version has not, or says something else."""
    variables = {
        "kubelet_extra_args": {"v": "1"},
        "ignore_preflight_errors": ["Mem", "all"],
        "skip_phases": ["addon/coredns", "control-plane"],
        "bind_port": 7443,
    }
    document = init_configuration(make_config("1.%d.0" % minor, **variables), [TOKEN])
    read = read_input({"kubewright_kubeadm_config": [document]})
    assert read.faults == []
    assert read.get(targets.BIND_PORT) == 7443
    assert read.get(targets.KUBELET_EXTRA_ARGS) == [{"name": "v", "value": "1"}]
    assert read.get(targets.BOOTSTRAP_TOKENS)[0]["token"] == TOKEN["token"]
    assert read.get(targets.SKIP_PHASES) == (["addon/coredns", "control-plane"] if minor >= 22 else None)


def test_1_20(make_config: MakeConfig) -> None:
    """Breaks config.yaml, which is to be a file that the minor's kubeadm takes."""
    config = make_config("1.20.2", kubelet_extra_args={"v": "1"}, ignore_preflight_errors=["Mem", "all"])
    assert init_configuration(config, [TOKEN]) == {
        "apiVersion": "kubeadm.k8s.io/v1beta2",
        "kind": "InitConfiguration",
        "bootstrapTokens": [TOKEN],
        "localAPIEndpoint": {"advertiseAddress": "192.0.2.10", "bindPort": 6443},
        "nodeRegistration": {
            "criSocket": "/var/run/dockershim.sock",
            "ignorePreflightErrors": ["Mem"],
            "kubeletExtraArgs": {"v": "1"},
            "name": "cp1",
            "taints": [{"key": "node-role.kubernetes.io/master", "effect": "NoSchedule"}],
        },
    }


def test_1_31(make_config: MakeConfig) -> None:
    """Breaks config.yaml of the latest API version: arguments as a list, timeouts, phases to skip."""
    config = make_config("1.31.0", kubelet_extra_args={"v": "1"}, skip_phases=["addon/coredns", "audit"])
    document = init_configuration(config, [])
    assert document["nodeRegistration"]["kubeletExtraArgs"] == [{"name": "v", "value": "1"}]
    assert document["skipPhases"] == ["addon/coredns"]
    assert document["timeouts"]["controlPlaneComponentHealthCheck"] == "4m0s"
    assert set(document["timeouts"]) == {
        *("controlPlaneComponentHealthCheck", "discovery", "etcdAPICall", "kubeletHealthCheck"),
        *("kubernetesAPICall", "tlsBootstrap", "upgradeManifests"),
    }
    assert "bootstrapTokens" not in document
