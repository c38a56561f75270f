# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of kube-proxy."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kube_proxy import (
    kube_proxy_configuration,
)

MakeConfig = t.Callable[..., Config]


def test_full_defaults_of_1_12(make_config: MakeConfig) -> None:
    """K10.11: breaks the document of 1.12 in any of its fields."""
    assert kube_proxy_configuration(make_config("1.12.0", pod_subnet="10.244.0.0/16")) == {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": "0.0.0.0",
        "clientConnection": {
            "acceptContentTypes": "",
            "burst": 10,
            "contentType": "application/vnd.kubernetes.protobuf",
            "kubeconfig": "/var/lib/kube-proxy/kubeconfig.conf",
            "qps": 5,
        },
        "clusterCIDR": "10.244.0.0/16",
        "configSyncPeriod": "15m0s",
        "conntrack": {
            "max": None,
            "maxPerCore": 32768,
            "min": 131072,
            "tcpCloseWaitTimeout": "1h0m0s",
            "tcpEstablishedTimeout": "24h0m0s",
        },
        "enableProfiling": False,
        "healthzBindAddress": "0.0.0.0:10256",
        "hostnameOverride": "",
        "iptables": {"masqueradeAll": False, "masqueradeBit": 14, "minSyncPeriod": "0s", "syncPeriod": "30s"},
        "ipvs": {"excludeCIDRs": None, "minSyncPeriod": "0s", "scheduler": "", "syncPeriod": "30s"},
        "metricsBindAddress": "127.0.0.1:10249",
        "mode": "",
        "nodePortAddresses": None,
        "oomScoreAdj": -999,
        "portRange": "",
        "resourceContainer": "/kube-proxy",
        "udpIdleTimeout": "250ms",
    }


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        ("1.13.0", {"resourceContainer"}, {"winkernel"}),
        ("1.14.0", {"winkernel", "resourceContainer"}, {"detectLocalMode"}),
        ("1.17.0", {"winkernel", "udpIdleTimeout"}, {"resourceContainer", "detectLocalMode"}),
        ("1.19.0", {"bindAddressHardFail", "detectLocalMode", "showHiddenMetricsForVersion"}, {"detectLocal"}),
        ("1.26.0", {"detectLocal"}, {"udpIdleTimeout", "logging"}),
        ("1.28.0", {"logging"}, {"nftables"}),
        ("1.31.0", {"logging", "nftables"}, {"udpIdleTimeout"}),
    ],
)
def test_the_schema_grows(make_config: MakeConfig, version: str, present: set[str], absent: set[str]) -> None:
    """D12.2: breaks when a field stands in a minor whose kube-proxy does not know it."""
    found = set(kube_proxy_configuration(make_config(version)))
    assert found >= present
    assert not found & absent


@pytest.mark.parametrize(("version", "mode"), [("1.36.0", ""), ("1.37.0", "iptables")])
def test_mode(make_config: MakeConfig, version: str, mode: str) -> None:
    """D12.2: breaks the mode, which 1.37 writes out."""
    assert kube_proxy_configuration(make_config(version))["mode"] == mode


def test_the_users_fields_win_but_for_the_bind_address_until_1_17(make_config: MakeConfig) -> None:
    """K1.7: breaks a user's kube-proxy settings; until 1.17 the bind address is kubeadm's."""
    mine = {"bindAddress": "192.0.2.10", "mode": "ipvs", "ipvs": {"strictARP": True}}
    old = kube_proxy_configuration(make_config("1.17.0", kube_proxy_configuration=mine))
    assert kube_proxy_configuration(make_config("1.18.0", kube_proxy_configuration=mine))["bindAddress"] == "192.0.2.10"
    new = kube_proxy_configuration(make_config("1.31.0", kube_proxy_configuration=mine))
    assert (old["bindAddress"], old["mode"]) == ("0.0.0.0", "ipvs")
    assert (new["bindAddress"], new["mode"], new["ipvs"]["strictARP"]) == ("192.0.2.10", "ipvs", True)
    assert new["ipvs"]["scheduler"] == ""


def test_ipv6(make_config: MakeConfig) -> None:
    """K1.7: breaks kube-proxy on IPv6 hosts."""
    config = make_config("1.12.0", advertise_address="2001:db8::1", service_subnet="fd00::/108")
    assert kube_proxy_configuration(config)["bindAddress"] == "::"
