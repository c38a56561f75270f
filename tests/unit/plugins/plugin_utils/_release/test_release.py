# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The release table against the facts of kubeadm, minor by minor.

Test ids carry the section of the reference that the fact is from (D: version deltas, K: kubeadm 1.12).
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import FEATURES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.gates import FEATURE_GATES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import (
    FIRST_MINOR,
    LAST_MINOR,
    Release,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.settings import SETTINGS

MINORS = range(FIRST_MINOR, LAST_MINOR + 1)
MASTER, CONTROL_PLANE = "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"
CONTAINERD_SOCKET, CRIO_SOCKET = "/run/containerd/containerd.sock", "/var/run/crio/crio.sock"
EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers"
OLD_CA = ("/etc/pki", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/etc/ca-certificates")
NEW_CA = (
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
)
EPHEMERAL = {"cpu": "100m", "ephemeral-storage": "100Mi", "memory": "100Mi"}
REQUESTS = {"cpu": "100m", "memory": "100Mi"}
ALGORITHMS = ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256")
PODS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
KUBELET, COREDNS, PROXY = (*PODS, "kubeletconfiguration"), "corednsdeployment", "kubeproxydaemonset"
REQUIRED = ("ip", "iptables", "mount", "nsenter")
RECOMMENDED, FEWER = ("ebtables", "ethtool", "socat", "tc", "touch"), ("ethtool", "tc", "touch")
VALIDATORS = {
    12: "kubeadm 1.12",
    13: "kubeadm 1.13",
    14: "kubeadm 1.14",
    16: "kubeadm 1.16",
    17: "1.0.4",
    19: "1.1.2",
    20: "1.2.0",
    21: "1.4.0",
    22: "1.5.0",
    23: "1.6.0",
    24: "1.7.0",
    26: "1.8.0",
    32: "1.9.1",
    34: "1.10.1",
    35: "1.12.1",
}

# One row a minor: config API, etcd tag, CoreDNS tag, pause tag, registry (D section 1, K sections 1 and 3).
MASTER_TABLE = [
    (12, "v1alpha3", "3.2.24", "1.2.2", "3.1", "k8s.gcr.io"),
    (13, "v1beta1", "3.2.24", "1.2.6", "3.1", "k8s.gcr.io"),
    (14, "v1beta1", "3.3.10", "1.3.1", "3.1", "k8s.gcr.io"),
    (15, "v1beta2", "3.3.10", "1.3.1", "3.1", "k8s.gcr.io"),
    (16, "v1beta2", "3.3.15-0", "1.6.2", "3.1", "k8s.gcr.io"),
    (17, "v1beta2", "3.4.3-0", "1.6.5", "3.1", "k8s.gcr.io"),
    (18, "v1beta2", "3.4.3-0", "1.6.7", "3.2", "k8s.gcr.io"),
    (19, "v1beta2", "3.4.9-1", "1.7.0", "3.2", "k8s.gcr.io"),
    (20, "v1beta2", "3.4.13-0", "1.7.0", "3.2", "k8s.gcr.io"),
    (21, "v1beta2", "3.4.13-0", "v1.8.0", "3.4.1", "k8s.gcr.io"),
    (22, "v1beta3", "3.5.0-0", "v1.8.4", "3.5", "k8s.gcr.io"),
    (23, "v1beta3", "3.5.1-0", "v1.8.6", "3.6", "k8s.gcr.io"),
    (24, "v1beta3", "3.5.3-0", "v1.8.6", "3.7", "k8s.gcr.io"),
    (25, "v1beta3", "3.5.4-0", "v1.9.3", "3.8", "registry.k8s.io"),
    (26, "v1beta3", "3.5.6-0", "v1.9.3", "3.9", "registry.k8s.io"),
    (27, "v1beta3", "3.5.7-0", "v1.10.1", "3.9", "registry.k8s.io"),
    (28, "v1beta3", "3.5.9-0", "v1.10.1", "3.9", "registry.k8s.io"),
    (29, "v1beta3", "3.5.10-0", "v1.11.1", "3.9", "registry.k8s.io"),
    (30, "v1beta3", "3.5.12-0", "v1.11.1", "3.9", "registry.k8s.io"),
    (31, "v1beta4", "3.5.15-0", "v1.11.1", "3.10", "registry.k8s.io"),
    (32, "v1beta4", "3.5.16-0", "v1.11.3", "3.10", "registry.k8s.io"),
    (33, "v1beta4", "3.5.21-0", "v1.12.0", "3.10", "registry.k8s.io"),
    (34, "v1beta4", "3.6.4-0", "v1.12.1", "3.10.1", "registry.k8s.io"),
    (35, "v1beta4", "3.6.6-0", "v1.13.1", "3.10.1", "registry.k8s.io"),
    (36, "v1beta4", "3.6.8-0", "v1.14.2", "3.10.2", "registry.k8s.io"),
    (37, "v1beta4", "3.7.0-0", "v1.14.6", "3.10.2", "registry.k8s.io"),
]

# Section, feature, {since: value} for the .0 releases.
FACTS: list[tuple[str, str, dict[int, t.Any]]] = [
    ("D2.2", "cluster_status", {12: True, 22: False}),
    ("D2.2", "stored_authorization_mode", {12: True, 30: False}),
    ("D2.2", "stored_timeout_for_control_plane", {12: False, 13: True, 31: False}),
    ("D2.2", "stored_dns_type", {12: False, 13: True, 22: False}),
    ("D2.2", "stored_empty_strings", {12: True, 15: False}),
    ("etcd 3.4", "etcd_learner", {12: False, 17: True}),
    ("join 4.2", "kubelet_config_defaulted_by_join", {12: False, 19: True}),
    ("D2.3", "argument_repeats", {12: False, 31: True}),
    ("D1.3", "coredns_nested_path", {12: False, 21: True}),
    ("K3", "kube_dns_tag", {12: "1.14.13", 21: None}),
    ("D1.3", "dns_images_first", {12: False, 29: True}),
    ("D3", "critical_pod_annotation", {12: True, 14: False}),
    ("D3", "endpoint_annotations", {12: False, 18: True}),
    ("D3", "pod_priority_class", {12: "system-cluster-critical", 19: "system-node-critical"}),
    ("D3", "pod_priority", {12: None, 27: 2000001000}),
    ("D3", "pod_seccomp", {12: False, 22: True}),
    ("D3", "named_probe_port", {12: False, 34: True}),
    ("D3", "creation_timestamp_null", {12: True, 34: False}),
    ("D3", "extra_envs_sorted", {12: False, 32: True}),
    ("D3", "etcd_requests", {12: {}, 20: EPHEMERAL, 22: REQUESTS}),
    ("D3.1", "argument_order", {12: "overrides_first", 14: "sorted", 36: "overrides_last"}),
    ("D4.2", "apiserver_service_account_issuer", {12: False, 20: True}),
    ("D4.2", "apiserver_insecure_port", {12: True, 22: False}),
    ("D4.2", "loopback_follows_ip_family", {12: False, 18: True}),
    ("D4.2", "authorization_mode", {12: "merged", 17: "filtered", 30: "verbatim"}),
    ("k8s#84200", "reloads_serving_certificate", {12: False, 17: True}),
    ("k8s#79083", "reloads_kubelet_client_certificate", {12: False, 18: True}),
    ("k8s#90360", "reloads_client_ca", {12: False, 19: True}),
    ("k8s#92791", "reloads_proxy_client_certificate", {12: False, 20: True}),
    ("k8s#124574", "reloads_kubelet_serving_certificate", {12: False, 31: True}),
    ("k8s#121946", "reloads_access_configuration", {12: False, 30: True}),
    ("D4.3", "apiserver_probe_paths", {12: ("/healthz", None), 19: ("/livez", "/readyz")}),
    ("D5.2", "component_bind_flag", {12: "address", 14: "bind-address"}),
    ("D5.2", "controller_manager_service_cidr", {12: False, 16: True}),
    ("D5.2", "controller_manager_cluster_name", {12: False, 18: True}),
    ("D5.2", "controller_manager_node_cidr_mask", {12: True, 20: False}),
    ("D5.2", "component_port_zero", {12: False, 19: True, 23: False}),
    ("D5.3", "controller_manager_port", {12: 10252, 17: 10257}),
    ("D5.4", "flexvolume_mount", {12: "if_exists", 17: "always", 36: "never"}),
    ("D5.4", "ca_directories", {12: OLD_CA, 31: NEW_CA}),
    ("D6", "scheduler_port", {12: 10251, 17: 10259}),
    ("D6", "component_probe_scheme", {12: "HTTP", 17: "HTTPS"}),
    ("D6", "scheduler_authentication_kubeconfigs", {12: False, 16: True}),
    ("D6", "scheduler_probe_paths", {12: ("/healthz", None), 32: ("/livez", "/readyz")}),
    ("K8.6", "etcd_on_node_address", {12: False, 13: True}),
    ("D7.2", "etcd_metrics_url", {12: False, 16: True}),
    ("D7.2", "etcd_corrupt_check", {12: None, 24: "experimental", 34: "by_etcd_tag", 36: "feature_gate"}),
    ("D7.2", "etcd_progress_interval", {12: None, 25: "experimental", 34: "by_etcd_tag", 36: "plain"}),
    ("D7.4", "startup_probe", {12: False, 19: True}),
    ("D7.4", "probe_host_flag", {12: "address", 18: "bind-address"}),
    ("D8.2", "etcd_client_organization", {12: "system:masters", 29: None}),
    (
        "D8.2",
        "kubelet_client_organization",
        {12: "system:masters", 29: "kubeadm:cluster-admins", 37: None},
    ),
    ("D8.2", "ca_backdate_seconds", {12: 0, 28: 300}),
    ("D8.2", "leaf_not_before", {12: "ca", 31: "backdated"}),
    ("D8.1", "certificate_sans_sorted", {12: False, 19: True}),
    ("K5.2", "etcd_server_sans_with_address", {12: False, 13: True}),
    ("D8.3", "admin_organization", {12: "system:masters", 29: "kubeadm:cluster-admins"}),
    ("D8.3", "super_admin_kubeconfig", {12: False, 29: True}),
    ("D8.3", "kubelet_kubeconfig_endpoint", {12: "control_plane", 33: "local"}),
    ("D8.3", "controller_kubeconfig_endpoint", {12: "control_plane", 20: "local"}),
    ("D8.3", "rbac_cluster_admins", {12: False, 29: True}),
    ("D8.4", "kubelet_finalize", {12: False, 17: True}),
    ("D9.1", "kubelet_cgroup_driver", {12: "flag_for_docker", 19: "config_for_docker", 22: "systemd"}),
    ("D9.1", "kubelet_resolv_conf", {12: "flag", 19: "config"}),
    ("D9.1", "kubelet_resolv_conf_uploaded", {12: False, 19: True, 31: False}),
    ("D9.2", "component_configs_defaulted", {12: True, 17: False}),
    ("D9.3", "kubelet_flags_quoted", {12: False, 15: True}),
    ("D9.3", "kubelet_pause_image_flag", {12: "never", 13: "docker", 21: "always", 35: "never"}),
    ("D9.3", "kubelet_container_runtime_flag", {12: True, 26: False}),
    ("D9.3", "kubelet_runtime_endpoint_flag", {12: True, 34: False}),
    ("D9.3", "kubelet_network_plugin_flag", {12: True, 25: False}),
    ("D9.2", "kubelet_allocatable_none_without_qos", {12: False, 32: True}),
    ("D9.2", "kubelet_least_log_files", {12: None, 24: 2}),
    ("D9.3", "kubelet_instance_config", {12: False, 34: True}),
    (
        "D9.3",
        "default_cri_socket",
        {12: "/var/run/dockershim.sock", 24: "unix:///var/run/containerd/containerd.sock"},
    ),
    (
        "D9.3",
        "detected_cri_sockets",
        {
            12: (),
            14: ("/var/run/docker.sock", CONTAINERD_SOCKET, CRIO_SOCKET),
            24: (CONTAINERD_SOCKET, CRIO_SOCKET, "/var/run/cri-dockerd.sock"),
        },
    ),
    ("D9.3", "cri_socket_scheme_required", {12: False, 24: True}),
    ("D9.4", "kubelet_config_map_versioned", {12: True, 24: False}),
    ("D9.4", "component_config_hash", {12: False, 19: True}),
    (
        "D10",
        "node_labels",
        {
            12: (MASTER,),
            20: (CONTROL_PLANE, MASTER),
            21: (CONTROL_PLANE, MASTER, EXCLUDE),
            24: (CONTROL_PLANE, EXCLUDE),
        },
    ),
    ("D10", "node_taints", {12: (MASTER,), 24: (MASTER, CONTROL_PLANE), 25: (CONTROL_PLANE,)}),
    ("D10", "cri_socket_annotation", {12: True, 34: False}),
    ("D11", "rbac_get_nodes", {12: False, 18: True}),
    ("D11", "rbac_apiserver_kubelet_client", {12: False, 37: True}),
    ("D12.1", "coredns_priority_class", {12: False, 14: True}),
    ("D12.1", "coredns_node_selector", {12: None, 14: "beta.kubernetes.io/os", 19: "kubernetes.io/os"}),
    ("D12.1", "coredns_readiness", {12: None, 14: ("/health", 8080), 16: ("/ready", 8181)}),
    ("D12.1", "coredns_tmp_volume", {12: False, 14: True, 16: False}),
    ("D12.1", "coredns_forward", {12: "proxy", 14: "forward", 19: "forward_max_concurrent"}),
    ("D12.1", "coredns_ttl", {12: False, 15: True}),
    ("D12.1", "coredns_lameduck", {12: False, 17: True}),
    (
        "D12.1",
        "coredns_tolerations",
        {12: (MASTER,), 20: (MASTER, CONTROL_PLANE), 26: (CONTROL_PLANE,)},
    ),
    ("D12.1", "coredns_anti_affinity", {12: False, 25: True}),
    ("D12.1", "coredns_cache_disable", {12: False, 32: True}),
    ("D12.1", "coredns_named_ports", {12: False, 34: True}),
    ("D12.2", "kube_proxy_critical_pod_annotation", {12: True, 14: False}),
    ("D12.2", "kube_proxy_node_selector", {12: None, 15: "beta.kubernetes.io/os", 19: "kubernetes.io/os"}),
    ("D12.2", "kube_proxy_env", {12: False, 17: True}),
    ("D12.2", "kube_proxy_critical_addons_toleration", {12: True, 22: False}),
    ("D12.2", "kube_proxy_mode", {12: "", 37: "iptables"}),
    ("D13", "preflight_cpus", {12: 0, 13: 2}),
    ("D13", "preflight_memory_mb", {12: 0, 20: 1700}),
    ("D13", "preflight_swap_severity", {12: "error", 23: "warning"}),
    ("D13", "preflight_bridge_netfilter", {12: True, 30: False}),
    ("D13", "preflight_forwarding_by_family", {12: False, 27: True}),
    ("D13", "preflight_crictl", {12: "error_without_docker", 24: "error", 31: "warning", 32: None}),
    ("D13", "preflight_hostname_form", {12: False, 21: True}),
    ("D13", "preflight_docker_systemd", {12: False, 14: True, 22: False}),
    ("D13", "preflight_sandbox_image", {12: False, 27: True}),
    ("D13", "preflight_runtime_config", {12: False, 35: True}),
    ("D13", "preflight_port_address", {12: False, 37: True}),
    ("K2", "proxy_falls_back_to_http", {12: True, 21: False}),
    ("D7.3", "external_etcd_minimum", {12: "3.2.18", 27: "3.4.13", 31: "3.5.11", 34: "3.5.21", 35: "3.5.24"}),
    ("D13", "kubelet_cri_apis", {12: ("v1alpha2",), 23: ("v1", "v1alpha2"), 26: ("v1",)}),
    ("D13", "kubelet_follows_cgroup_driver", {12: False, 31: True}),
    ("D13", "kubelet_skew_minors", {12: 1, 29: 3}),
    ("D13", "system_validators", VALIDATORS),
    ("D13", "preflight_docker_release", {12: True, 24: False}),
    ("D13", "kubelet_refuses_cgroups_v1", {12: False, 35: True}),
    ("D13", "preflight_ipvs", {12: "RequiredIPVSKernelModulesAvailable", 15: "IPVSProxierCheck", 16: None}),
    ("K2.2", "preflight_ipvs_by_kernel", {12: False, 13: True}),
    ("D12.2", "kube_proxy_ipvs_warning", {12: False, 37: True}),
    ("D14", "wait_mode", {12: "api_and_kubelet", 30: "kubelet_then_api", 33: "all_components"}),
    ("D2.1", "stored_skip_phases", {12: False, 22: True}),
    ("D2.2", "skipped_addons_disabled", {12: False, 31: True}),
    ("D2.3", "init_timeouts", {12: False, 31: True}),
    ("D2.3", "etcd_http_endpoints", {12: False, 35: True}),
    ("D8.1", "wildcard_sans", {12: False, 15: True}),
    ("K8.3", "node_cidr_mask_by_family", {12: False, 18: True}),
    ("K10.10", "kube_dns_replicas", {12: None, 19: 1}),
    ("K10.8", "cluster_info_empty_list", {12: "[]", 17: "null"}),
    ("K6", "kubeconfig_preferences", {12: True, 34: False}),
    (
        "D2.3",
        "encryption_algorithms",
        {12: (*ALGORITHMS, "ECDSA-P384"), 31: ALGORITHMS, 34: (*ALGORITHMS, "ECDSA-P384")},
    ),
    ("D2.4", "dual_stack", {12: False, 21: True}),
    ("D2.4", "dual_stack_gate_passed_on", {12: False, 16: True, 23: False}),
    ("D2.4", "kubelet_dual_stack", {12: "none", 16: "flag", 19: "config"}),
    ("K1.5", "dynamic_kubelet_config", {12: False}),
    ("K1.5", "apiserver_lease_reconciler", {12: False}),
    ("K1.8", "pod_subnet_addresses", {12: 10, 20: 14}),
    ("K1.8", "pod_subnet_node_mask", {12: "any", 20: "always", 21: "allocated"}),
    ("K1.8", "service_subnet_bits", {12: None, 20: 20}),
    ("D3", "patch_targets", {12: (), 19: PODS, 25: KUBELET, 31: (*KUBELET, COREDNS), 37: (*KUBELET, COREDNS, PROXY)}),
    ("D1.3", "coredns_nested_path_for_custom_repository", {12: False, 21: True, 22: False}),
    ("K8.3", "apiserver_etcd_servers_override", {12: "listen-client-urls", 13: "advertise-client-urls"}),
    ("K7", "audit_native", {12: True, 13: False}),
    ("D4.2", "authorization_config_replaces_mode", {12: False, 30: True}),
    (
        "D7.3",
        "etcd_probe_paths",
        {
            12: None,
            16: {"liveness": "/health"},
            19: {"liveness": "/health", "startup": "/health"},
            25: {"liveness": "/health?exclude=NOSPACE&serializable=true", "startup": "/health?serializable=false"},
            31: {"liveness": "/livez", "readiness": "/readyz", "startup": "/readyz"},
        },
    ),
    ("D8.2", "leaf_basic_constraints", {12: False, 21: True}),
    ("D8.2", "ca_dns_san", {12: False, 22: True}),
    ("D8.2", "key_identifiers", {12: False, 19: True}),
    ("D8.2", "public_key_mode", {12: 0o600}),
    ("join 6.4", "shared_public_mode", {12: 0o600, 22: 0o644}),
    ("D9.1", "kubelet_security_forced", {12: True, 16: False}),
    ("D9.3", "dockershim", {12: "always", 24: "in_older_kubelets", 25: "never"}),
    ("D12.1", "coredns_dropped_capability", {12: "all", 29: "ALL"}),
    ("D12.1", "coredns_endpointslices", {12: False, 22: True}),
    ("D12.1", "coredns_get_nodes", {12: False, 13: True, 28: False}),
    ("D12.1", "coredns_metrics_port", {12: False, 14: True}),
    ("D12.1", "coredns_ready_plugin", {12: False, 16: True}),
    ("D12.1", "coredns_service_name_label", {12: "KubeDNS", 22: "CoreDNS"}),
    ("D12.1", "coredns_upstream_line", {12: True, 16: False}),
    ("D12.2", "kube_proxy_bind_address_forced", {12: True, 18: False}),
    ("D12.2", "kube_proxy_hostname_override", {12: False, 13: True}),
    ("D12.2", "kube_proxy_ipv6_defaults", {12: False, 15: True}),
    (
        "D12.2",
        "kube_proxy_modes",
        {12: ("userspace", "iptables", "ipvs"), 26: ("iptables", "ipvs"), 29: ("iptables", "ipvs", "nftables")},
    ),
    ("D13", "preflight_port_2380", {12: False, 13: True}),
    ("D13", "preflight_recommended_commands", {12: RECOMMENDED, 32: FEWER, 33: ()}),
    (
        "D13",
        "preflight_required_commands",
        {12: REQUIRED, 18: ("conntrack", *REQUIRED), 32: REQUIRED, 33: ("losetup", "mount", "cp")},
    ),
]


def _expected(changes: dict[int, t.Any], minor: int) -> t.Any:
    return changes[max(since for since in changes if since <= minor)]


@pytest.mark.parametrize(("minor", "api", "etcd", "coredns", "pause", "registry"), MASTER_TABLE)
def test_master_table(minor: int, api: str, etcd: str, coredns: str, pause: str, registry: str) -> None:
    """Breaks when a minor would pull another image, another registry, or store another API version than kubeadm."""
    release = Release("v1.%d.0" % minor)
    assert release.config_api == api
    assert (release.etcd_tag, release.coredns_tag, release.pause_tag) == (etcd, coredns, pause)
    assert release.image_repository == registry


def test_the_master_table_knows_every_supported_minor() -> None:
    """Breaks when a minor is added to the table without its facts being tested."""
    assert [row[0] for row in MASTER_TABLE] == list(MINORS)


@pytest.mark.parametrize(
    ("feature", "changes"),
    [(feature, changes) for _section, feature, changes in FACTS],
    ids=["%s-%s" % (section, feature) for section, feature, _changes in FACTS],
)
def test_fact_of_every_minor(feature: str, changes: dict[int, t.Any]) -> None:
    """Breaks when a feature begins or ends at another minor than kubeadm's, or has another value there."""
    assert {minor: getattr(Release("v1.%d.0" % minor), feature) for minor in MINORS} == {
        minor: _expected(changes, minor) for minor in MINORS
    }


# Feature, the last version without the backport, the first with it, and the value from then on.
PATCHES = [
    ("D1.3", "image_repository", "1.22.16", "1.22.17", "registry.k8s.io"),
    ("D1.3", "image_repository", "1.23.14", "1.23.15", "registry.k8s.io"),
    ("D1.3", "image_repository", "1.24.8", "1.24.9", "registry.k8s.io"),
    ("D1.1", "etcd_tag", "1.19.0", "1.19.1", "3.4.13-0"),
    ("D1.1", "etcd_tag", "1.22.16", "1.22.17", "3.5.6-0"),
    ("D1.1", "etcd_tag", "1.23.13", "1.23.14", "3.5.5-0"),
    ("D1.1", "etcd_tag", "1.23.14", "1.23.15", "3.5.6-0"),
    ("D1.1", "etcd_tag", "1.24.7", "1.24.8", "3.5.5-0"),
    ("D1.1", "etcd_tag", "1.24.8", "1.24.9", "3.5.6-0"),
    ("D1.1", "etcd_tag", "1.25.3", "1.25.4", "3.5.5-0"),
    ("D1.1", "etcd_tag", "1.25.4", "1.25.5", "3.5.6-0"),
    ("D1.1", "etcd_tag", "1.25.14", "1.25.15", "3.5.9-0"),
    ("D1.1", "etcd_tag", "1.26.9", "1.26.10", "3.5.9-0"),
    ("D1.1", "etcd_tag", "1.26.12", "1.26.13", "3.5.10-0"),
    ("D1.1", "etcd_tag", "1.27.6", "1.27.7", "3.5.9-0"),
    ("D1.1", "etcd_tag", "1.27.9", "1.27.10", "3.5.10-0"),
    ("D1.1", "etcd_tag", "1.27.11", "1.27.12", "3.5.12-0"),
    ("D1.1", "etcd_tag", "1.28.5", "1.28.6", "3.5.10-0"),
    ("D1.1", "etcd_tag", "1.28.7", "1.28.8", "3.5.12-0"),
    ("D1.1", "etcd_tag", "1.28.13", "1.28.14", "3.5.15-0"),
    ("D1.1", "etcd_tag", "1.29.2", "1.29.3", "3.5.12-0"),
    ("D1.1", "etcd_tag", "1.29.8", "1.29.9", "3.5.15-0"),
    ("D1.1", "etcd_tag", "1.29.10", "1.29.11", "3.5.16-0"),
    ("D1.1", "etcd_tag", "1.30.4", "1.30.5", "3.5.15-0"),
    ("D1.1", "coredns_tag", "1.30.4", "1.30.5", "v1.11.3"),
    ("D1.1", "etcd_tag", "1.31.13", "1.31.14", "3.5.24-0"),
    ("D1.1", "coredns_tag", "1.31.0", "1.31.1", "v1.11.3"),
    ("D1.1", "etcd_tag", "1.32.9", "1.32.10", "3.5.24-0"),
    ("D1.1", "etcd_tag", "1.33.5", "1.33.6", "3.5.24-0"),
    ("D1.1", "etcd_tag", "1.34.1", "1.34.2", "3.6.5-0"),
    ("D3", "pod_priority", "1.25.11", "1.25.12", 2000001000),
    ("D3", "pod_priority", "1.26.6", "1.26.7", 2000001000),
    ("D3", "etcd_requests", "1.20.7", "1.20.8", REQUESTS),
    ("D3", "etcd_requests", "1.21.1", "1.21.2", REQUESTS),
    ("D3.1", "argument_order", "1.32.11", "1.32.12", "overrides_last"),
    ("D3.1", "argument_order", "1.33.7", "1.33.8", "overrides_last"),
    ("D3.1", "argument_order", "1.34.3", "1.34.4", "overrides_last"),
    ("D3.1", "argument_order", "1.35.0", "1.35.1", "overrides_last"),
    ("D5.2", "component_port_zero", "1.16.12", "1.16.13", True),
    ("D5.2", "component_port_zero", "1.17.8", "1.17.9", True),
    ("D5.2", "component_port_zero", "1.18.5", "1.18.6", True),
    ("D7.2", "etcd_corrupt_check", "1.22.9", "1.22.10", "experimental"),
    ("D7.2", "etcd_corrupt_check", "1.23.6", "1.23.7", "experimental"),
    ("D8.2", "kubelet_client_organization", "1.33.11", "1.33.12", None),
    ("D8.2", "kubelet_client_organization", "1.34.7", "1.34.8", None),
    ("D8.2", "kubelet_client_organization", "1.35.4", "1.35.5", None),
    ("D8.2", "kubelet_client_organization", "1.36.0", "1.36.1", None),
    ("D8.2", "rbac_apiserver_kubelet_client", "1.33.11", "1.33.12", True),
    ("D8.2", "rbac_apiserver_kubelet_client", "1.34.7", "1.34.8", True),
    ("D8.2", "rbac_apiserver_kubelet_client", "1.35.4", "1.35.5", True),
    ("D8.2", "rbac_apiserver_kubelet_client", "1.36.0", "1.36.1", True),
    ("D8.2", "ca_backdate_seconds", "1.25.12", "1.25.13", 300),
    ("D8.2", "ca_backdate_seconds", "1.26.7", "1.26.8", 300),
    ("D8.2", "ca_backdate_seconds", "1.27.4", "1.27.5", 300),
    ("D13", "preflight_recommended_commands", "1.31.1", "1.31.2", FEWER),
    ("D13", "system_validators", "1.24.9", "1.24.10", "1.8.0"),
    ("D13", "system_validators", "1.25.5", "1.25.6", "1.8.0"),
    ("D13", "system_validators", "1.32.9", "1.32.10", "1.9.2"),
    ("D13", "system_validators", "1.33.5", "1.33.6", "1.9.2"),
    ("D13", "system_validators", "1.34.1", "1.34.2", "1.10.2"),
    ("K2.2", "preflight_ipvs_by_kernel", "1.12.6", "1.12.7", True),
    ("D7.3", "external_etcd_minimum", "1.31.13", "1.31.14", "3.5.24"),
    ("D7.3", "external_etcd_minimum", "1.32.9", "1.32.10", "3.5.24"),
    ("D7.3", "external_etcd_minimum", "1.33.5", "1.33.6", "3.5.24"),
    ("D7.3", "external_etcd_minimum", "1.34.1", "1.34.2", "3.5.24"),
    ("D8.3", "controller_kubeconfig_endpoint", "1.19.0", "1.19.1", "local"),
    ("D1.3", "coredns_nested_path_for_custom_repository", "1.21.1", "1.21.2", False),
]


MASTER_FEATURES = {"config_api", "etcd_tag", "coredns_tag", "pause_tag", "image_repository"}


def test_every_entry_of_the_table_is_a_fact_here() -> None:
    """Breaks when an entry is added whose truth nobody has written down apart from it."""
    assert {feature for _section, feature, _changes in FACTS} | MASTER_FEATURES == set(FEATURES)
    assert len(FACTS) + len(MASTER_FEATURES) == len(FEATURES)


def test_every_backport_of_the_table_is_a_fact_here() -> None:
    """Breaks when a patch is guarded without its fact being tested."""
    tested = {(row[1], *(int(part) for part in row[3].split(".")[1:])) for row in PATCHES}
    assert tested == {
        (name, minor, patch) for name, feature in FEATURES.items() for minor, patch, _value in feature.patches
    }


@pytest.mark.parametrize(
    ("feature", "before", "first", "value"),
    [row[1:] for row in PATCHES],
    ids=["%s-%s-%s" % (row[0], row[1], row[3]) for row in PATCHES],
)
def test_backports_hold_from_their_patch_on(feature: str, before: str, first: str, value: t.Any) -> None:
    """Breaks when a backport holds a patch too early or too late, or does not last to the end of its minor."""
    assert getattr(Release(before), feature) != value
    assert getattr(Release(first), feature) == value
    if feature != "etcd_tag":  # etcd is bumped again by later patches
        assert getattr(Release(first.rpartition(".")[0] + ".99"), feature) == value


# Gate, first minor, last minor, on since, locked since (D section 2.4, K section 1.5).
GATES: list[tuple[str, int, int, int | None, int | None]] = [
    ("Auditing", 12, 12, None, None),
    ("CoreDNS", 12, 13, 12, None),
    ("DynamicKubeletConfig", 12, 13, None, None),
    ("HighAvailability", 12, 12, None, None),
    ("SelfHosting", 12, 12, None, None),
    ("StoreCertsInSecrets", 12, 12, None, None),
    ("IPv6DualStack", 16, 23, 21, 23),
    ("PublicKeysECDSA", 18, 36, None, None),
    ("RootlessControlPlane", 22, 37, None, None),
    ("UnversionedKubeletConfigMap", 23, 25, 24, 25),
    ("EtcdLearnerMode", 27, 32, 29, 32),
    ("UpgradeAddonsBeforeControlPlane", 28, 30, None, None),
    ("WaitForAllControlPlaneComponents", 30, 34, 33, 34),
    ("ControlPlaneKubeletLocalMode", 31, 35, 33, 35),
    ("NodeLocalCRISocket", 32, 36, 34, 36),
]
# Gate, a minor, its value, the features that it changes there (D sections 2.4, 8.3, 9.3, 9.4, 10 and 14).
EFFECTS: list[tuple[str, int, bool, dict[str, t.Any]]] = [
    ("DynamicKubeletConfig", 12, True, {"dynamic_kubelet_config": True}),
    ("HighAvailability", 12, True, {"apiserver_lease_reconciler": True}),
    ("IPv6DualStack", 20, True, {"dual_stack": True}),
    ("IPv6DualStack", 22, False, {"dual_stack": False}),
    ("UnversionedKubeletConfigMap", 23, True, {"kubelet_config_map_versioned": False}),
    ("UnversionedKubeletConfigMap", 24, False, {"kubelet_config_map_versioned": True}),
    ("WaitForAllControlPlaneComponents", 31, True, {"wait_mode": "all_components"}),
    ("WaitForAllControlPlaneComponents", 33, False, {"wait_mode": "kubelet_then_api"}),
    ("ControlPlaneKubeletLocalMode", 31, True, {"kubelet_kubeconfig_endpoint": "local"}),
    ("ControlPlaneKubeletLocalMode", 33, False, {"kubelet_kubeconfig_endpoint": "control_plane"}),
    (
        "NodeLocalCRISocket",
        32,
        True,
        {"kubelet_instance_config": True, "kubelet_runtime_endpoint_flag": False, "cri_socket_annotation": False},
    ),
    (
        "NodeLocalCRISocket",
        34,
        False,
        {"kubelet_instance_config": False, "kubelet_runtime_endpoint_flag": True, "cri_socket_annotation": True},
    ),
]


@pytest.mark.parametrize(("gate", "first", "last", "on", "locked"), GATES, ids=[row[0] for row in GATES])
def test_feature_gates(gate: str, first: int, last: int, on: int | None, locked: int | None) -> None:
    """Breaks when a gate is taken by a minor whose kubeadm refuses it, or refused by one that knows it."""
    releases = {minor: Release("v1.%d.0" % minor) for minor in MINORS}
    known = [minor for minor, release in releases.items() if gate in release.feature_gates]
    assert known == list(range(first, last + 1))
    assert FEATURE_GATES[gate].on_since == on
    assert [minor for minor in known if releases[minor].gate_is_locked(gate)] == [
        minor for minor in known if locked is not None and minor >= locked
    ]


def test_every_gate_is_a_fact_here() -> None:
    """Breaks when a gate, or an effect of one, is added whose truth nobody has written down apart from it."""
    assert [row[0] for row in GATES] == list(FEATURE_GATES)
    tested = {(gate, on) for gate, _minor, on, _changes in EFFECTS}
    assert tested == {(name, on) for name, gate in FEATURE_GATES.items() for on in gate.effects}


@pytest.mark.parametrize(("gate", "minor", "on", "changes"), EFFECTS, ids=["%s-%d-%s" % row[:3] for row in EFFECTS])
def test_what_a_gate_changes(gate: str, minor: int, on: bool, changes: dict[str, t.Any]) -> None:
    """D2.4: breaks when a gate that a user sets changes nothing, or something else."""
    version = "v1.%d.0" % minor
    plain, gated = Release(version), Release(version, {gate: on})
    assert {name for name in FEATURES if getattr(plain, name) != getattr(gated, name)} == set(changes)
    assert {name: getattr(gated, name) for name in changes} == changes


def test_a_gate_of_another_minor_changes_nothing() -> None:
    """Breaks when a gate that a minor does not know has an effect there."""
    assert Release("v1.36.0", {"ControlPlaneKubeletLocalMode": False}).kubelet_kubeconfig_endpoint == "local"


# Setting, first minor, last minor (D sections 2.3 and 3).
SETTING_FACTS = [
    *((f"ClusterConfiguration.{name}.extraEnvs", 31, 37) for name in ("apiServer", "controllerManager", "scheduler")),
    ("ClusterConfiguration.etcd.local.extraEnvs", 31, 37),
    ("ClusterConfiguration.dns.imageRepository", 13, 37),
    ("ClusterConfiguration.dns.imageTag", 13, 37),
    ("ClusterConfiguration.dns.disabled", 31, 37),
    ("ClusterConfiguration.proxy.disabled", 31, 37),
    ("ClusterConfiguration.useHyperKubeImage", 13, 21),
    ("ClusterConfiguration.unifiedControlPlaneImage", 12, 12),
    ("InitConfiguration.timeouts.etcdAPICall", 31, 37),
    ("InitConfiguration.timeouts.tlsBootstrap", 31, 37),
    ("InitConfiguration.timeouts.discovery", 31, 37),
    ("InitConfiguration.timeouts.upgradeManifests", 31, 37),
    ("InitConfiguration.timeouts.kubeletHealthCheck", 31, 37),
    ("patchesDirectory", 19, 37),
    ("certificateKey", 14, 37),
]


def test_settings_of_some_minors() -> None:
    """Breaks when a setting without meaning is taken in silence, or one with a meaning is refused."""
    assert [name for name, _first, _last in SETTING_FACTS] == list(SETTINGS)
    for name, first, last in SETTING_FACTS:
        found = [
            minor for minor in MINORS if Release("v1.%d.0" % minor).meaningless_setting(tuple(name.split("."))) is None
        ]
        assert found == list(range(first, last + 1)), name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ClusterConfiguration.dns.disabled", "since 1.31"),
        ("ClusterConfiguration.useHyperKubeImage", "1.13 to 1.21"),
        ("ClusterConfiguration.unifiedControlPlaneImage", "1.12"),
    ],
)
def test_how_a_message_names_the_minors_of_a_setting(name: str, text: str) -> None:
    """Breaks the message for a setting that has no meaning in a minor."""
    assert SETTINGS[name].range_text == text


@pytest.mark.parametrize("version", ["v1.12.0", "v1.37.99"])
def test_the_supported_range_includes_its_ends(version: str) -> None:
    """Breaks when the first or the last supported minor is refused."""
    assert Release(version).version.text == version


@pytest.mark.parametrize("version", ["v1.11.10", "v1.38.0", "v1.38.0-alpha.1", "v0.20.0", "v2.20.0"])
def test_versions_outside_the_range_are_refused(version: str) -> None:
    """Breaks when a version whose behaviour nobody knows is taken, or the message does not name the range."""
    with pytest.raises(KubewrightError, match=r"1\.12 to 1\.37"):
        Release(version)
