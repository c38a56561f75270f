# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The kubelet's flags and configuration file."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import merged
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.arguments import command_arguments
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import pause_image
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.components import (
    is_zero,
    overlaid,
    skeleton,
    written,
)

API_VERSION, KIND = "kubelet.config.k8s.io/v1beta1", "KubeletConfiguration"
_RESOLVED_CONF = "/run/systemd/resolve/resolv.conf"
_SECURITY_FIELDS = ("authentication", "authorization", "healthzBindAddress", "healthzPort")


def _kubeadm_values(config: Config) -> dict[str, t.Any]:
    values = {
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": config.certificates_dir + "/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [config.dns_address],
        "clusterDomain": config.dns_domain,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": ports.KUBELET_HEALTHZ,
        "rotateCertificates": True,
        "staticPodPath": MANIFESTS_DIR,
    }
    if config.release.kubelet_cgroup_driver == "systemd":
        values["cgroupDriver"] = "systemd"
    return values


def _standalone_values() -> dict[str, t.Any]:
    """Of a kubelet without a cluster, as kubeadm's documentation of an external etcd has it."""
    return {
        "address": "127.0.0.1",
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": False}, "x509": {}},
        "authorization": {"mode": "AlwaysAllow"},
        "rotateCertificates": False,
    }


def _report_frequency(config: Config, result: dict[str, t.Any]) -> None:
    """The kubelet's default of this period is the one in which it looks, where the user has set that one only."""
    update, report = (
        config.kubelet.get(f"nodeStatus{name}Frequency") not in (None, "0s") for name in ("Update", "Report")
    )
    if "nodeStatusReportFrequency" in result and update and not report:
        result["nodeStatusReportFrequency"] = result["nodeStatusUpdateFrequency"]


def _docker_driver(config: Config) -> str | None:
    in_file = config.release.kubelet_cgroup_driver == "config_for_docker" and config.uses_docker
    return config.node["docker_cgroup_driver"] if in_file else None


def kubelet_configuration(config: Config, uploaded: bool = False) -> dict[str, t.Any]:
    """The KubeletConfiguration: of the node's file, or (uploaded) of the ConfigMap that joining nodes read."""
    release, fields = config.release, config.release.kubelet_fields
    computed = _kubeadm_values(config)
    base = merged(skeleton(fields, release.kubelet_defaults), computed)
    result = overlaid(fields, base, config.kubelet)
    # The type does not tell false from not set: kubeadm wants it on.
    result["rotateCertificates"] = True
    if release.component_configs_defaulted:
        _report_frequency(config, result)
        result["podPidsLimit"] = max(result["podPidsLimit"], -1)
    driver = _docker_driver(config)
    if driver:
        result["cgroupDriver"] = driver
    if config.dual_stack_gate is not None and release.kubelet_dual_stack == "config":
        result = merged(result, {"featureGates": {"IPv6DualStack": config.dual_stack_gate}})
    if release.kubelet_security_forced:
        result = merged(result, {key: computed[key] for key in _SECURITY_FIELDS})
        result.pop("readOnlyPort", None)
    if (
        config.node["systemd_resolved"]
        and is_zero(fields["resolvConf"], config.kubelet.get("resolvConf"))
        and release.kubelet_resolv_conf == "config"
        and (not uploaded or release.kubelet_resolv_conf_uploaded)
    ):
        result["resolvConf"] = _RESOLVED_CONF
    if config.etcd_host is not None:
        result.update(_standalone_values())
    return dict(written(fields, result), apiVersion=API_VERSION, kind=KIND)


def instance_configuration(config: Config) -> dict[str, str] | None:
    """The fields of instance-config.yaml, which win over config.yaml; None in minors that have no such file."""
    if not config.release.kubelet_instance_config:
        return None
    return {"containerRuntimeEndpoint": config.cri_socket}


def _taint(taint: t.Mapping[str, str]) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def kubelet_flags(config: Config) -> dict[str, str]:
    """The default flags of kubeadm-flags.env."""
    release = config.release
    flags: dict[str, str] = {}
    if config.uses_docker:
        if release.kubelet_network_plugin_flag:
            flags["network-plugin"] = "cni"
        if release.kubelet_cgroup_driver == "flag_for_docker" and config.node["docker_cgroup_driver"]:
            flags["cgroup-driver"] = config.node["docker_cgroup_driver"]
    else:
        if release.kubelet_container_runtime_flag:
            flags["container-runtime"] = "remote"
        if release.kubelet_runtime_endpoint_flag:
            flags["container-runtime-endpoint"] = config.cri_socket
    pause = release.kubelet_pause_image_flag
    if pause == "always" or (pause == "docker" and config.uses_docker):
        flags["pod-infra-container-image"] = pause_image(config)
    if release.kubelet_resolv_conf == "flag" and config.node["systemd_resolved"]:
        flags["resolv-conf"] = _RESOLVED_CONF
    if config.node_name != config.node["hostname"]:
        flags["hostname-override"] = config.node_name
    # Since 1.12.10, which is the last of its minor. A control plane is marked by another phase.
    if config.join is not None and config.taints:
        flags["register-with-taints"] = ",".join(map(_taint, config.taints))
    if release.dynamic_kubelet_config and config.join is None:
        flags["dynamic-config-dir"] = "/var/lib/kubelet/dynamic-config"
    if config.dual_stack_gate is not None and release.kubelet_dual_stack == "flag":
        flags["feature-gates"] = f"IPv6DualStack={'true' if config.dual_stack_gate else 'false'}"
    return flags


def kubelet_arguments(config: Config) -> list[str]:
    """The arguments of kubeadm-flags.env, in the minor's order."""
    return command_arguments(kubelet_flags(config), config.kubelet_extra_args, config.release.argument_order)


__all__ = ("instance_configuration", "kubelet_arguments", "kubelet_configuration", "kubelet_flags")
