# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kubelet's flags and configuration."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubelet import (
    instance_configuration,
    kubelet_arguments,
    kubelet_configuration,
    kubelet_flags,
)

MakeConfig = t.Callable[..., Config]
DOCKER = "/var/run/dockershim.sock"
CONTAINERD = "unix:///run/containerd/containerd.sock"
RESOLVED = "/run/systemd/resolve/resolv.conf"

# D9.1: what every minor's kubeadm sets.
ALWAYS = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "clusterDNS": ["10.96.0.10"],
    "clusterDomain": "cluster.local",
    "healthzBindAddress": "127.0.0.1",
    "healthzPort": 10248,
    "rotateCertificates": True,
    "staticPodPath": "/etc/kubernetes/manifests",
}


@pytest.mark.parametrize("minor", range(12, 38))
def test_what_every_minor_sets(make_config: MakeConfig, minor: int) -> None:
    """D9.1: breaks the kubelet's security or its static pods in some minor."""
    found = kubelet_configuration(make_config("1.%d.0" % minor))
    assert {key: found[key] for key in ALWAYS} == ALWAYS
    assert found["authentication"]["x509"] == {"clientCAFile": "/etc/kubernetes/pki/ca.crt"}
    assert found["authentication"]["anonymous"] == {"enabled": False}
    assert found["authentication"]["webhook"]["enabled"] is True
    assert found["authorization"]["mode"] == "Webhook"


ZEROS = {
    "cpuManagerReconcilePeriod",
    "evictionPressureTransitionPeriod",
    "fileCheckFrequency",
    "httpCheckFrequency",
    "imageMinimumGCAge",
    "nodeStatusReportFrequency",
    "nodeStatusUpdateFrequency",
    "runtimeRequestTimeout",
    "streamingConnectionIdleTimeout",
    "syncFrequency",
    "volumeStatsAggPeriod",
}
SHUTDOWN = {"shutdownGracePeriod", "shutdownGracePeriodCriticalPods"}
SECURITY = {"authentication", "authorization"}


@pytest.mark.parametrize(
    ("version", "added"),
    [
        ("1.17.0", set()),
        ("1.19.0", {"logging"}),
        ("1.20.0", {"logging"} | SHUTDOWN),
        ("1.22.0", {"logging", "memorySwap", "cgroupDriver"} | SHUTDOWN),
        ("1.27.0", {"logging", "memorySwap", "cgroupDriver", "containerRuntimeEndpoint"} | SHUTDOWN),
        (
            "1.29.0",
            {"logging", "memorySwap", "cgroupDriver", "containerRuntimeEndpoint", "imageMaximumGCAge"} | SHUTDOWN,
        ),
        (
            "1.32.0",
            {
                "logging",
                "memorySwap",
                "cgroupDriver",
                "containerRuntimeEndpoint",
                "imageMaximumGCAge",
                "crashLoopBackOff",
            }
            | SHUTDOWN,
        ),
    ],
)
def test_the_fields_of_sparse_minors(make_config: MakeConfig, version: str, added: set[str]) -> None:
    """D9.2: breaks when a field is written that this kubelet does not know, or one is missing in the comparison."""
    found = kubelet_configuration(make_config(version))
    assert set(found) == set(ALWAYS) | SECURITY | ZEROS | added
    assert {found[name] for name in ZEROS} == {"0s"}


@pytest.mark.parametrize(
    ("version", "logging"),
    [
        ("1.19.0", {}),
        ("1.23.0", {"flushFrequency": 0, "options": {"json": {"infoBufferSize": "0"}}, "verbosity": 0}),
        (
            "1.30.0",
            {
                "flushFrequency": 0,
                "options": {"json": {"infoBufferSize": "0"}, "text": {"infoBufferSize": "0"}},
                "verbosity": 0,
            },
        ),
    ],
)
def test_logging(make_config: MakeConfig, version: str, logging: dict[str, t.Any]) -> None:
    """D9.2: breaks the logging section, which grew twice."""
    assert kubelet_configuration(make_config(version))["logging"] == logging


FULLY_DEFAULTED = {
    "address",
    "apiVersion",
    "authentication",
    "authorization",
    "cgroupDriver",
    "cgroupsPerQOS",
    "clusterDNS",
    "clusterDomain",
    "configMapAndSecretChangeDetectionStrategy",
    "containerLogMaxFiles",
    "containerLogMaxSize",
    "contentType",
    "cpuCFSQuota",
    "cpuCFSQuotaPeriod",
    "cpuManagerPolicy",
    "cpuManagerReconcilePeriod",
    "enableControllerAttachDetach",
    "enableDebuggingHandlers",
    "enforceNodeAllocatable",
    "eventBurst",
    "eventRecordQPS",
    "evictionHard",
    "evictionPressureTransitionPeriod",
    "failSwapOn",
    "fileCheckFrequency",
    "hairpinMode",
    "healthzBindAddress",
    "healthzPort",
    "httpCheckFrequency",
    "imageGCHighThresholdPercent",
    "imageGCLowThresholdPercent",
    "imageMinimumGCAge",
    "iptablesDropBit",
    "iptablesMasqueradeBit",
    "kind",
    "kubeAPIBurst",
    "kubeAPIQPS",
    "makeIPTablesUtilChains",
    "maxOpenFiles",
    "maxPods",
    "nodeLeaseDurationSeconds",
    "nodeStatusUpdateFrequency",
    "oomScoreAdj",
    "podPidsLimit",
    "port",
    "registryBurst",
    "registryPullQPS",
    "resolvConf",
    "rotateCertificates",
    "runtimeRequestTimeout",
    "serializeImagePulls",
    "staticPodPath",
    "streamingConnectionIdleTimeout",
    "syncFrequency",
    "volumeStatsAggPeriod",
}


def test_full_defaults_until_1_16(make_config: MakeConfig) -> None:
    """K4.2: breaks the fully written file of 1.12 to 1.16 (a sample of its fields)."""
    found = kubelet_configuration(make_config("1.12.0"))
    expected = {
        "address": "0.0.0.0",
        "cgroupDriver": "cgroupfs",
        "evictionPressureTransitionPeriod": "5m0s",
        "hairpinMode": "promiscuous-bridge",
        "nodeLeaseDurationSeconds": 40,
        "oomScoreAdj": -999,
        "port": 10250,
        "resolvConf": "/etc/resolv.conf",
        "volumeStatsAggPeriod": "1m0s",
    }
    assert {key: found[key] for key in expected} == expected
    assert found["authentication"]["webhook"] == {"cacheTTL": "2m0s", "enabled": True}
    assert set(found) == FULLY_DEFAULTED


def test_security_is_forced_until_1_15(make_config: MakeConfig) -> None:
    """K1.7: breaks when a user can weaken the kubelet of 1.12 to 1.15, which kubeadm does not allow."""
    mine = {"healthzPort": 10255, "rotateCertificates": False, "readOnlyPort": 10255, "maxPods": 20}
    old = kubelet_configuration(make_config("1.15.0", kubelet_configuration=mine))
    assert (old["healthzPort"], old["rotateCertificates"], old["maxPods"]) == (10248, True, 20)
    assert "readOnlyPort" not in old
    new = kubelet_configuration(make_config("1.16.0", kubelet_configuration=mine))
    assert (new["healthzPort"], new["rotateCertificates"], new["maxPods"]) == (10255, True, 20)
    assert new["readOnlyPort"] == 10255


@pytest.mark.parametrize(
    ("version", "docker_driver", "user", "driver"),
    [
        ("1.17.0", "systemd", {}, None),
        ("1.19.0", "systemd", {}, "systemd"),
        ("1.19.0", None, {}, None),
        ("1.21.0", "cgroupfs", {}, "cgroupfs"),
        ("1.22.0", None, {}, "systemd"),
        ("1.31.0", None, {"cgroupDriver": "cgroupfs"}, "cgroupfs"),
    ],
)
def test_cgroup_driver(
    make_config: MakeConfig, version: str, docker_driver: str | None, user: dict[str, str], driver: str | None
) -> None:
    """D9.1: breaks pods, which do not start when kubelet and runtime disagree."""
    config = make_config(
        version,
        facts={"docker_cgroup_driver": docker_driver},
        cri_socket=DOCKER,
        kubelet_configuration=user,
    )
    assert kubelet_configuration(config).get("cgroupDriver") == driver


@pytest.mark.parametrize(
    ("version", "node", "uploaded"),
    [
        ("1.18.0", None, None),
        ("1.19.0", RESOLVED, RESOLVED),
        ("1.30.0", RESOLVED, RESOLVED),
        ("1.31.0", RESOLVED, None),
    ],
)
def test_resolv_conf(make_config: MakeConfig, version: str, node: str | None, uploaded: str | None) -> None:
    """D9.1: breaks DNS on hosts with systemd-resolved, or forces this host's file on all nodes."""
    config = make_config(version, facts={"systemd_resolved": True})
    assert kubelet_configuration(config).get("resolvConf") == node
    assert kubelet_configuration(config, uploaded=True).get("resolvConf") == uploaded
    assert "resolvConf" not in kubelet_configuration(make_config("1.19.0"))


@pytest.mark.parametrize(("version", "instance"), [("1.33.0", None), ("1.34.0", CONTAINERD), ("1.37.0", CONTAINERD)])
def test_runtime_endpoint(make_config: MakeConfig, version: str, instance: str | None) -> None:
    """D9.2, D9.3: breaks the kubelet's way to its runtime, which left the flags in 1.34."""
    config = make_config(version, cri_socket=CONTAINERD)
    assert kubelet_configuration(config)["containerRuntimeEndpoint"] == ""
    assert kubelet_configuration(config, uploaded=True)["containerRuntimeEndpoint"] == ""
    assert instance_configuration(config) == (None if instance is None else {"containerRuntimeEndpoint": instance})


@pytest.mark.parametrize(
    ("version", "gated"), [("1.18.0", False), ("1.19.0", True), ("1.22.0", True), ("1.23.0", False)]
)
def test_dual_stack_gate(make_config: MakeConfig, version: str, gated: bool) -> None:
    """D9.1: breaks the kubelet when it gets the gate in a minor whose kubeadm does not pass it."""
    found = kubelet_configuration(make_config(version, feature_gates={"IPv6DualStack": True}))
    assert (found.get("featureGates") == {"IPv6DualStack": True}) is gated


@pytest.mark.parametrize(
    ("version", "cri_socket", "facts", "expected"),
    [
        ("1.12.0", DOCKER, {"docker_cgroup_driver": "systemd"}, {"cgroup-driver": "systemd", "network-plugin": "cni"}),
        ("1.12.0", DOCKER, {"systemd_resolved": True}, {"network-plugin": "cni", "resolv-conf": RESOLVED}),
        (
            "1.12.0",
            "/run/containerd/containerd.sock",
            {},
            {"container-runtime": "remote", "container-runtime-endpoint": "/run/containerd/containerd.sock"},
        ),
        ("1.13.0", DOCKER, {}, {"network-plugin": "cni", "pod-infra-container-image": "k8s.gcr.io/pause:3.1"}),
        (
            "1.19.0",
            DOCKER,
            {"docker_cgroup_driver": "systemd", "systemd_resolved": True},
            {"network-plugin": "cni", "pod-infra-container-image": "k8s.gcr.io/pause:3.2"},
        ),
        (
            "1.21.0",
            CONTAINERD,
            {},
            {
                "container-runtime": "remote",
                "container-runtime-endpoint": CONTAINERD,
                "pod-infra-container-image": "k8s.gcr.io/pause:3.4.1",
            },
        ),
        (
            "1.26.0",
            CONTAINERD,
            {},
            {"container-runtime-endpoint": CONTAINERD, "pod-infra-container-image": "registry.k8s.io/pause:3.9"},
        ),
        ("1.34.0", CONTAINERD, {}, {"pod-infra-container-image": "registry.k8s.io/pause:3.10.1"}),
        ("1.35.0", CONTAINERD, {}, {}),
    ],
)
def test_flags(
    make_config: MakeConfig, version: str, cri_socket: str, facts: dict[str, t.Any], expected: dict[str, str]
) -> None:
    """K4.1, D9.3: breaks the kubelet's start with a flag that it does not know, or without one that it needs."""
    assert kubelet_flags(make_config(version, facts=facts, cri_socket=cri_socket)) == expected


def test_hostname_override(make_config: MakeConfig) -> None:
    """D9.3: breaks the node's name where it is not the host's; nothing is overridden where it is."""
    assert kubelet_flags(make_config("1.35.0", node_name="other")) == {"hostname-override": "other"}
    assert kubelet_flags(make_config("1.35.0", node_name="CP1")) == {}


def test_the_users_flags_come_in_the_minors_order(make_config: MakeConfig) -> None:
    """K4.1, D3.1: breaks the order of kubeadm-flags.env, so that the kubelet is restarted for nothing."""
    variables = {"cri_socket": CONTAINERD, "kubelet_extra_args": {"v": "4", "container-runtime": "mine"}}
    assert kubelet_arguments(make_config("1.12.0", **variables)) == [
        "--container-runtime=mine",
        "--v=4",
        "--container-runtime-endpoint=" + CONTAINERD,
    ]
    assert kubelet_arguments(make_config("1.35.1", **variables)) == ["--container-runtime=mine", "--v=4"]
    listed = [{"name": "v", "value": "4"}, {"name": "container-runtime", "value": "mine"}]
    assert kubelet_arguments(make_config("1.35.1", **dict(variables, kubelet_extra_args=listed))) == [
        "--v=4",
        "--container-runtime=mine",
    ]


@pytest.mark.parametrize(
    ("version", "kubelet", "uses_docker"),
    [
        ("1.23.0", "v1.23.0", True),
        ("1.24.0", "v1.23.5", True),
        ("1.24.0", "v1.24.0", False),
        ("1.25.0", "v1.24.0", False),
    ],
)
def test_dockershim_in_older_kubelets(make_config: MakeConfig, version: str, kubelet: str, uses_docker: bool) -> None:
    """D9.3: breaks a kubelet of 1.23 with Docker under a control plane of 1.24: it serves no endpoint for a remote runtime."""
    scheme = "" if version == "1.23.0" else "unix://"
    config = make_config(version, facts={"kubelet_version": kubelet}, cri_socket=scheme + "/var/run/dockershim.sock")
    flags = kubelet_flags(config)
    assert (flags.get("network-plugin"), "container-runtime-endpoint" in flags) == (
        ("cni", False) if uses_docker else (None, True)
    )
