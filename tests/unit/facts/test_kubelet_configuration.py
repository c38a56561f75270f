# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubelet's configuration in every minor, field by field."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubelet import kubelet_configuration
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from facts.ranges import MINORS, Fact, holding

MakeConfig = t.Callable[..., t.Any]

# Paths and values of the default configuration, on a host with containerd and systemd-resolved.
FACTS = [
    Fact("D9.1", "apiVersion", "kubelet.config.k8s.io/v1beta1"),
    Fact("D9.1", "kind", "KubeletConfiguration"),
    Fact("D9.1", "authentication.anonymous.enabled", False),
    Fact("D9.1", "authentication.webhook.enabled", True),
    Fact("D9.1", "authentication.x509.clientCAFile", "/etc/kubernetes/pki/ca.crt"),
    Fact("D9.1", "authorization.mode", "Webhook"),
    Fact("D9.1", "clusterDNS", ["10.96.0.10"]),
    Fact("D9.1", "clusterDomain", "cluster.local"),
    Fact("D9.1", "healthzBindAddress", "127.0.0.1"),
    Fact("D9.1", "healthzPort", 10248),
    Fact("D9.1", "rotateCertificates", True),
    Fact("D9.1", "staticPodPath", "/etc/kubernetes/manifests"),
    Fact("D9.1", "cgroupDriver", "cgroupfs", 12, 16),
    Fact("D9.1", "cgroupDriver", "systemd", 22),
    Fact("D9.1", "resolvConf", "/etc/resolv.conf", 12, 16),
    Fact("D9.1", "resolvConf", "/run/systemd/resolve/resolv.conf", 19),
    Fact("D9.2", "authentication.webhook.cacheTTL", "2m0s", 12, 16),
    Fact("D9.2", "authorization.webhook.cacheAuthorizedTTL", "5m0s", 12, 16),
    Fact("D9.2", "authorization.webhook.cacheUnauthorizedTTL", "30s", 12, 16),
    Fact("D9.2", "authentication.webhook.cacheTTL", "0s", 17),
    Fact("D9.2", "authorization.webhook.cacheAuthorizedTTL", "0s", 17),
    Fact("D9.2", "authorization.webhook.cacheUnauthorizedTTL", "0s", 17),
    Fact("D9.2", "nodeStatusReportFrequency", "1m0s", 13, 16),
    Fact("D9.2", "topologyManagerPolicy", "none", 16, 16),
    Fact("D9.2", "nodeStatusReportFrequency", "0s", 17),
    Fact("D9.2", "logging", {}, 19, 22),
    Fact("D9.2", "logging.flushFrequency", 0, 23),
    Fact("D9.2", "logging.options.json.infoBufferSize", "0", 23),
    Fact("D9.2", "logging.options.text.infoBufferSize", "0", 30),
    Fact("D9.2", "logging.verbosity", 0, 23),
    Fact("D9.2", "shutdownGracePeriod", "0s", 20),
    Fact("D9.2", "shutdownGracePeriodCriticalPods", "0s", 20),
    Fact("D9.2", "memorySwap", {}, 22),
    Fact("D9.2", "containerRuntimeEndpoint", "", 27, 33),
    Fact("D9.2", "containerRuntimeEndpoint", "unix:///run/containerd/containerd.sock", 34),
    Fact("D9.2", "imageMaximumGCAge", "0s", 29),
    Fact("D9.2", "crashLoopBackOff", {}, 32),
    # The kubelet's own periods: its defaults until 1.16, zeros since.
    *(
        fact
        for name, value in {
            "cpuManagerReconcilePeriod": "10s",
            "evictionPressureTransitionPeriod": "5m0s",
            "fileCheckFrequency": "20s",
            "httpCheckFrequency": "20s",
            "imageMinimumGCAge": "2m0s",
            "nodeStatusUpdateFrequency": "10s",
            "runtimeRequestTimeout": "2m0s",
            "streamingConnectionIdleTimeout": "4h0m0s",
            "syncFrequency": "1m0s",
            "volumeStatsAggPeriod": "1m0s",
        }.items()
        for fact in (Fact("K4.2", name, value, 12, 16), Fact("D9.2", name, "0s", 17))
    ),
    *(
        Fact("K4.2", name, value, 12, 16)
        for name, value in {
            "address": "0.0.0.0",
            "cgroupsPerQOS": True,
            "configMapAndSecretChangeDetectionStrategy": "Watch",
            "containerLogMaxFiles": 5,
            "containerLogMaxSize": "10Mi",
            "contentType": "application/vnd.kubernetes.protobuf",
            "cpuCFSQuota": True,
            "cpuCFSQuotaPeriod": "100ms",
            "cpuManagerPolicy": "none",
            "enableControllerAttachDetach": True,
            "enableDebuggingHandlers": True,
            "enforceNodeAllocatable": ["pods"],
            "eventBurst": 10,
            "eventRecordQPS": 5,
            "evictionHard.imagefs.available": "15%",
            "evictionHard.memory.available": "100Mi",
            "evictionHard.nodefs.available": "10%",
            "evictionHard.nodefs.inodesFree": "5%",
            "failSwapOn": True,
            "hairpinMode": "promiscuous-bridge",
            "imageGCHighThresholdPercent": 85,
            "imageGCLowThresholdPercent": 80,
            "iptablesDropBit": 15,
            "iptablesMasqueradeBit": 14,
            "kubeAPIBurst": 10,
            "kubeAPIQPS": 5,
            "makeIPTablesUtilChains": True,
            "maxOpenFiles": 1000000,
            "maxPods": 110,
            "nodeLeaseDurationSeconds": 40,
            "oomScoreAdj": -999,
            "podPidsLimit": -1,
            "port": 10250,
            "registryBurst": 10,
            "registryPullQPS": 5,
            "serializeImagePulls": True,
        }.items()
    ),
]


def _flat(values: dict[str, t.Any], prefix: str = "") -> dict[str, t.Any]:
    result: dict[str, t.Any] = {}
    for key, value in values.items():
        if isinstance(value, dict) and value:
            result.update(_flat(value, f"{prefix}{key}."))
        else:
            result[prefix + key] = value
    return result


def _configuration(make_config: MakeConfig, version: str, uploaded: bool = False, **variables: t.Any) -> t.Any:
    facts = {"systemd_resolved": True}
    config = make_config(version, facts=facts, cri_socket="/run/containerd/containerd.sock", **variables)
    if uploaded:
        return kubelet_configuration(config, uploaded=True)
    written = next(item for item in phase_files("kubelet_start", config) if item.path.endswith("/config.yaml"))
    return yaml.safe_load(written.content)


@pytest.mark.parametrize("minor", MINORS)
def test_every_field(make_config: MakeConfig, minor: int) -> None:
    """D9.1, D9.2, K4.2: breaks the kubelet's settings in that minor, or makes kubeadm's upgrade see a difference."""
    assert _flat(_configuration(make_config, "1.%d.0" % minor)) == holding(FACTS, minor)


@pytest.mark.parametrize("minor", MINORS)
def test_what_the_cluster_gets(make_config: MakeConfig, minor: int) -> None:
    """D9.1: breaks joining nodes, which read the uploaded configuration: nothing of this host's own is in it."""
    of_file = _flat(_configuration(make_config, "1.%d.0" % minor))
    uploaded = _flat(_configuration(make_config, "1.%d.0" % minor, uploaded=True))
    own = {name for name in of_file if of_file.get(name) != uploaded.get(name)}
    assert own == ({"resolvConf"} if minor >= 31 else set()) | ({"containerRuntimeEndpoint"} if minor >= 34 else set())
    if minor >= 34:
        assert uploaded["containerRuntimeEndpoint"] == ""


@pytest.mark.parametrize(
    ("version", "mine", "expected"),
    [
        ("1.14.0", {"evictionHard": {"memory.available": "1Gi"}}, {"evictionHard": {"memory.available": "1Gi"}}),
        ("1.14.0", {"evictionHard": {}}, {"evictionHard": None}),
        ("1.14.0", {"maxPods": 0}, {"maxPods": 110}),
        ("1.14.0", {"podPidsLimit": -7}, {"podPidsLimit": -1}),
        ("1.14.0", {"nodeStatusUpdateFrequency": "40s"}, {"nodeStatusReportFrequency": "40s"}),
        ("1.20.0", {"nodeStatusUpdateFrequency": "40s"}, {"nodeStatusReportFrequency": "0s"}),
        ("1.20.0", {"evictionHard": {}}, {"evictionHard": None}),
        ("1.20.0", {"eventRecordQPS": 0}, {"eventRecordQPS": 0}),
        ("1.20.0", {"protectKernelDefaults": False}, {"protectKernelDefaults": None}),
        ("1.20.0", {"clusterDNS": []}, {"clusterDNS": None}),
        ("1.20.0", {"clusterDomain": ""}, {"clusterDomain": "cluster.local"}),
        ("1.22.0", {"resolvConf": ""}, {"resolvConf": "/run/systemd/resolve/resolv.conf"}),
        ("1.23.0", {"resolvConf": ""}, {"resolvConf": ""}),
        ("1.31.0", {"runtimeRequestTimeout": "90s"}, {"runtimeRequestTimeout": "1m30s"}),
        ("1.27.0", {"logging": {"flushFrequency": 5000000000}}, {"logging": 5000000000}),
        ("1.28.0", {"logging": {"flushFrequency": "5s"}}, {"logging": "5s"}),
    ],
)
def test_the_users_values_by_the_rules_of_their_types(
    make_config: MakeConfig, version: str, mine: dict[str, t.Any], expected: dict[str, t.Any]
) -> None:
    """K1.7, D9.2: breaks when a value is written that kubeadm would not write, or one is lost that it keeps."""
    found = _configuration(make_config, version, kubelet_configuration=mine)
    if isinstance(found.get("logging"), dict) and "logging" in expected:
        found["logging"] = found["logging"].get("flushFrequency")
    assert {name: found.get(name) for name in expected} == expected
