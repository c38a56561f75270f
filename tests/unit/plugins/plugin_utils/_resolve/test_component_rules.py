# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kubelet and kube-proxy refuse in their configurations."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_documents import (
    checked_document,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_rules import (
    kube_proxy_faults,
    kubelet_faults,
)


def _proxy(document: dict[str, t.Any], version: str = "v1.31.0") -> tuple[dict[str, t.Any], list[Fault]]:
    return checked_document(Release(version).kube_proxy_fields, "p", document)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"healthzPort": 70000}, "k.healthzPort"),
        ({"imageGCHighThresholdPercent": 101}, "k.imageGCHighThresholdPercent"),
        ({"imageGCHighThresholdPercent": 70}, "k.imageGCLowThresholdPercent"),
        ({"imageGCHighThresholdPercent": 70, "imageGCLowThresholdPercent": 70}, "k.imageGCLowThresholdPercent"),
        ({"iptablesDropBit": 32}, "k.iptablesDropBit"),
        ({"oomScoreAdj": -1001}, "k.oomScoreAdj"),
        ({"maxPods": -1}, "k.maxPods"),
        ({"enforceNodeAllocatable": ["pod"]}, "k.enforceNodeAllocatable"),
        ({"enforceNodeAllocatable": ["none", "pods"]}, "k.enforceNodeAllocatable"),
        ({"enforceNodeAllocatable": ["pods", "system-reserved"]}, "k.systemReservedCgroup"),
        ({"enforceNodeAllocatable": ["kube-reserved"]}, "k.kubeReservedCgroup"),
        ({"enforceNodeAllocatable": ["pods"], "cgroupsPerQOS": False}, "k.cgroupsPerQOS"),
        ({"cgroupsPerQOS": False}, "k.cgroupsPerQOS"),
        ({"enforceNodeAllocatable": [], "cgroupsPerQOS": False}, "k.cgroupsPerQOS"),
        ({"reservedSystemCPUs": "a-b"}, "k.reservedSystemCPUs"),
        ({"reservedSystemCPUs": "3-1"}, "k.reservedSystemCPUs"),
        ({"reservedSystemCPUs": "0-1", "systemReservedCgroup": "/s"}, "k.systemReservedCgroup"),
        ({"shutdownGracePeriod": "-1s"}, "k.shutdownGracePeriod"),
        ({"systemCgroups": "/system"}, "k.cgroupRoot"),
        ({"shutdownGracePeriod": "10s", "shutdownGracePeriodCriticalPods": "20s"}, "k.shutdownGracePeriodCriticalPods"),
        ({"shutdownGracePeriod": "100ms"}, "k.shutdownGracePeriod"),
        ({"maxParallelImagePulls": 3, "serializeImagePulls": True}, "k.maxParallelImagePulls"),
        ({"tracing": {"samplingRatePerMillion": 1000001}}, "k.tracing.samplingRatePerMillion"),
        ({"containerLogMaxFiles": 1}, "k.containerLogMaxFiles"),
        ({"logging": {"verbosity": -1}}, "k.logging.verbosity"),
        ({"memoryThrottlingFactor": 0}, "k.memoryThrottlingFactor"),
        ({"memoryThrottlingFactor": 1.1}, "k.memoryThrottlingFactor"),
        ({"userNamespaces": {"idsPerPod": 0}}, "k.userNamespaces.idsPerPod"),
        ({"userNamespaces": {"idsPerPod": 65537}}, "k.userNamespaces.idsPerPod"),
        ({"userNamespaces": {"idsPerPod": 2**32}}, "k.userNamespaces.idsPerPod"),
    ],
)
def test_what_the_kubelet_refuses(document: dict[str, t.Any], path: str) -> None:
    """K1.8: breaks the kubelet's start, which nobody would see before the wait is over."""
    assert path in [fault.path for fault in kubelet_faults("k", document, True, 2)]
    assert len({fault.path for fault in kubelet_faults("k", document, True, 2)}) <= 2


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"enforceNodeAllocatable": ["pods", "system-reserved"], "systemReservedCgroup": "/s"},
        {"enforceNodeAllocatable": ["none"], "cgroupsPerQOS": False},
        {"reservedSystemCPUs": "0-1,4"},
        {"maxParallelImagePulls": 3},
        {"imageGCHighThresholdPercent": 90, "imageGCLowThresholdPercent": 85},
        {"shutdownGracePeriod": "30s", "shutdownGracePeriodCriticalPods": "10s"},
        {"maxParallelImagePulls": 3, "serializeImagePulls": False},
        {"healthzPort": 0, "readOnlyPort": 0},
        {"containerLogMaxFiles": 2, "memoryThrottlingFactor": 0.1, "userNamespaces": {"idsPerPod": 131072}},
    ],
)
def test_what_the_kubelet_takes(document: dict[str, t.Any]) -> None:
    """Breaks a configuration that is right."""
    assert kubelet_faults("k", document, True, 2) == []


def test_a_kubelet_that_keeps_any_number_of_logs() -> None:
    """Breaks 1.12 to 1.23 with Docker, which keeps the logs itself, so that the kubelet does not look at the number."""
    assert kubelet_faults("k", {"containerLogMaxFiles": 1}, True, None) == []


def test_a_kubelet_that_enforces_nothing() -> None:
    """Breaks 1.12 to 1.31, where no list of what is enforced goes without cgroups for the classes of pods."""
    document = {"enforceNodeAllocatable": ["none"], "cgroupsPerQOS": False}
    assert [fault.path for fault in kubelet_faults("k", document, False, 2)] == ["k.cgroupsPerQOS"]


MODES = ("iptables", "ipvs", "nftables")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"mode": "userspace"}, "p.mode"),
        ({"iptables": {"masqueradeBit": 40}}, "p.iptables.masqueradeBit"),
        ({"iptables": {"minSyncPeriod": "1m0s", "syncPeriod": "30s"}}, "p.iptables.minSyncPeriod"),
        ({"mode": "nftables", "nftables": {"syncPeriod": "-1s"}}, "p.nftables.syncPeriod"),
        ({"mode": "nftables", "nftables": {"masqueradeBit": 32}}, "p.nftables.masqueradeBit"),
        ({"logging": {"verbosity": -1}}, "p.logging.verbosity"),
        ({"mode": "ipvs", "ipvs": {"scheduler": "best"}}, "p.ipvs.scheduler"),
        ({"mode": "ipvs", "ipvs": {"minSyncPeriod": "1m0s", "syncPeriod": "30s"}}, "p.ipvs.minSyncPeriod"),
        ({"ipvs": {"excludeCIDRs": ["10.0.0.0"]}}, "p.ipvs.excludeCIDRs"),
        ({"conntrack": {"min": -1}}, "p.conntrack.min"),
        ({"bindAddress": "localhost"}, "p.bindAddress"),
        ({"bindAddress": "192.0.2.1:80"}, "p.bindAddress"),
        ({"healthzBindAddress": "192.0.2.1:99999"}, "p.healthzBindAddress"),
        ({"metricsBindAddress": ":10249"}, "p.metricsBindAddress"),
        ({"clusterCIDR": "10.244.0.0"}, "p.clusterCIDR"),
        ({"nodePortAddresses": ["all"]}, "p.nodePortAddresses"),
        ({"portRange": "many"}, "p.portRange"),
        ({"oomScoreAdj": 1001}, "p.oomScoreAdj"),
    ],
)
def test_what_kube_proxy_refuses(document: dict[str, t.Any], path: str) -> None:
    """K1.8: breaks kube-proxy on every node."""
    assert [fault.path for fault in kube_proxy_faults("p", document, MODES)] == [path]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"mode": "", "bindAddress": "::", "metricsBindAddress": "[::1]:10249", "healthzBindAddress": "0.0.0.0:10256"},
        {"mode": "ipvs", "ipvs": {"scheduler": "rr", "minSyncPeriod": "5s", "syncPeriod": "30s"}},
        {"iptables": {"minSyncPeriod": "1s"}},
        {"mode": "iptables", "nftables": {"masqueradeBit": 32}},
        {"clusterCIDR": "10.244.0.0/16,fd00::/48", "nodePortAddresses": ["primary"]},
        {"portRange": "30000-32000"},
        {"portRange": "300+100"},
    ],
)
def test_what_kube_proxy_takes(document: dict[str, t.Any]) -> None:
    """Breaks a configuration that is right."""
    checked, faults = _proxy(document)
    assert faults == []
    assert kube_proxy_faults("p", checked, MODES) == []
