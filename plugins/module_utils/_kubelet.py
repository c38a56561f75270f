# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubelet's flags and configuration file."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._arguments import command_arguments
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import MANIFESTS_DIR, Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._images import pause_image
from ansible_collections.kubewright.control_plane.plugins.module_utils._merge import merged

_RESOLVED_CONF = "/run/systemd/resolve/resolv.conf"

# The kubelet's own defaults, which kubeadm 1.12 to 1.16 writes out in full.
_FULL_DEFAULTS: t.Mapping[str, t.Any] = {
    "address": "0.0.0.0",
    "authentication": {"webhook": {"cacheTTL": "2m0s"}},
    "authorization": {"webhook": {"cacheAuthorizedTTL": "5m0s", "cacheUnauthorizedTTL": "30s"}},
    "cgroupDriver": "cgroupfs",
    "cgroupsPerQOS": True,
    "configMapAndSecretChangeDetectionStrategy": "Watch",
    "containerLogMaxFiles": 5,
    "containerLogMaxSize": "10Mi",
    "contentType": "application/vnd.kubernetes.protobuf",
    "cpuCFSQuota": True,
    "cpuCFSQuotaPeriod": "100ms",
    "cpuManagerPolicy": "none",
    "cpuManagerReconcilePeriod": "10s",
    "enableControllerAttachDetach": True,
    "enableDebuggingHandlers": True,
    "enforceNodeAllocatable": ["pods"],
    "eventBurst": 10,
    "eventRecordQPS": 5,
    "evictionHard": {
        "imagefs.available": "15%",
        "memory.available": "100Mi",
        "nodefs.available": "10%",
        "nodefs.inodesFree": "5%",
    },
    "evictionPressureTransitionPeriod": "5m0s",
    "failSwapOn": True,
    "fileCheckFrequency": "20s",
    "hairpinMode": "promiscuous-bridge",
    "httpCheckFrequency": "20s",
    "imageGCHighThresholdPercent": 85,
    "imageGCLowThresholdPercent": 80,
    "imageMinimumGCAge": "2m0s",
    "iptablesDropBit": 15,
    "iptablesMasqueradeBit": 14,
    "kubeAPIBurst": 10,
    "kubeAPIQPS": 5,
    "makeIPTablesUtilChains": True,
    "maxOpenFiles": 1000000,
    "maxPods": 110,
    "nodeLeaseDurationSeconds": 40,
    "nodeStatusUpdateFrequency": "10s",
    "oomScoreAdj": -999,
    "podPidsLimit": -1,
    "port": 10250,
    "registryBurst": 10,
    "registryPullQPS": 5,
    "resolvConf": "/etc/resolv.conf",
    "runtimeRequestTimeout": "2m0s",
    "serializeImagePulls": True,
    "streamingConnectionIdleTimeout": "4h0m0s",
    "syncFrequency": "1m0s",
    "volumeStatsAggPeriod": "1m0s",
}


def _kubeadm_values(config: Config) -> dict[str, t.Any]:
    values = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": config.certificates_dir + "/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [config.dns_address],
        "clusterDomain": config.dns_domain,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": 10248,
        "rotateCertificates": True,
        "staticPodPath": MANIFESTS_DIR,
    }
    driver = config.release["kubelet_cgroup_driver"]
    if driver == "systemd":
        values["cgroupDriver"] = "systemd"
    elif driver == "config_for_docker" and config.uses_docker and config.node["docker_cgroup_driver"]:
        values["cgroupDriver"] = config.node["docker_cgroup_driver"]
    return values


_SECURITY_FIELDS = ("authentication", "authorization", "healthzBindAddress", "healthzPort", "rotateCertificates")


def kubelet_configuration(config: Config, uploaded: bool = False) -> dict[str, t.Any]:
    """The KubeletConfiguration: of the node's file, or (uploaded) of the ConfigMap that joining nodes read."""
    release = config.release
    computed = _kubeadm_values(config)
    base = _FULL_DEFAULTS if release["kubelet_config_fully_defaulted"] else release["kubelet_zero_fields"]
    result = merged(merged(base, computed), config.kubelet)
    if release["kubelet_rotation_forced"]:
        result["rotateCertificates"] = True
    if config.dual_stack_gate is not None and release["kubelet_dual_stack_in_config"]:
        result = merged(result, {"featureGates": {"IPv6DualStack": config.dual_stack_gate}})
    if release["kubelet_security_forced"]:
        result = merged(result, {key: computed[key] for key in _SECURITY_FIELDS})
        result.pop("readOnlyPort", None)
    if (
        config.node["systemd_resolved"]
        and "resolvConf" not in config.kubelet
        and release["kubelet_resolv_conf"] == "config"
        and (not uploaded or release["kubelet_resolv_conf_uploaded"])
    ):
        result["resolvConf"] = _RESOLVED_CONF
    if release["kubelet_instance_config"] and not uploaded and not config.kubelet.get("containerRuntimeEndpoint"):
        result["containerRuntimeEndpoint"] = config.cri_socket
    return result


def instance_configuration(config: Config) -> dict[str, t.Any] | None:
    """The content of instance-config.yaml, or None in minors that have no such file."""
    if not config.release["kubelet_instance_config"]:
        return None
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "containerRuntimeEndpoint": config.cri_socket,
        "kind": "KubeletConfiguration",
    }


def kubelet_flags(config: Config) -> dict[str, str]:
    """The default flags of kubeadm-flags.env."""
    release = config.release
    flags: dict[str, str] = {}
    if config.uses_docker:
        if release["kubelet_network_plugin_flag"]:
            flags["network-plugin"] = "cni"
        if release["kubelet_cgroup_driver"] == "flag_for_docker" and config.node["docker_cgroup_driver"]:
            flags["cgroup-driver"] = config.node["docker_cgroup_driver"]
    else:
        if release["kubelet_container_runtime_flag"]:
            flags["container-runtime"] = "remote"
        if release["kubelet_runtime_endpoint_flag"]:
            flags["container-runtime-endpoint"] = config.cri_socket
    pause = release["kubelet_pause_image_flag"]
    if pause == "always" or (pause == "docker" and config.uses_docker):
        flags["pod-infra-container-image"] = pause_image(config)
    if release["kubelet_resolv_conf"] == "flag" and config.node["systemd_resolved"]:
        flags["resolv-conf"] = _RESOLVED_CONF
    if config.node_name != config.node["hostname"]:
        flags["hostname-override"] = config.node_name
    if config.feature_gates.get("DynamicKubeletConfig"):
        flags["dynamic-config-dir"] = "/var/lib/kubelet/dynamic-config"
    return flags


def kubelet_arguments(config: Config) -> list[str]:
    """The arguments of kubeadm-flags.env, in the minor's order."""
    return command_arguments(kubelet_flags(config), config.kubelet_extra_args, config.release["argument_order"])


__all__ = ("instance_configuration", "kubelet_arguments", "kubelet_configuration", "kubelet_flags")
