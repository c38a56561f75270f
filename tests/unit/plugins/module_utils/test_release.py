# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The release table against the facts of kubeadm, minor by minor.

Test ids carry the section of the reference that the fact is from (D: version deltas, K: kubeadm 1.12).
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._release import FIRST_MINOR, LAST_MINOR, Release

MINORS = range(FIRST_MINOR, LAST_MINOR + 1)
MASTER, CONTROL_PLANE = "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"
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
    ("D2.3", "argument_repeats", {12: False, 31: True}),
    ("D1.3", "coredns_nested_path", {12: False, 21: True}),
    ("K3", "kube_dns_tag", {12: "1.14.13", 21: None}),
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
    ("D9.3", "kubelet_network_plugin_flag", {12: True, 24: False}),
    ("D9.3", "kubelet_instance_config", {12: False, 34: True}),
    (
        "D9.3",
        "default_cri_socket",
        {12: "/var/run/dockershim.sock", 24: "unix:///var/run/containerd/containerd.sock"},
    ),
    ("D9.3", "cri_socket_detection", {12: False, 14: True}),
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
    ("D13", "kubelet_skew_minors", {12: 1, 29: 3}),
    ("D14", "wait_mode", {12: "api_and_kubelet", 30: "kubelet_then_api", 33: "all_components"}),
]


def _expected(changes: dict[int, t.Any], minor: int) -> t.Any:
    return changes[max(since for since in changes if since <= minor)]


@pytest.mark.parametrize(("minor", "api", "etcd", "coredns", "pause", "registry"), MASTER_TABLE)
def test_master_table(minor: int, api: str, etcd: str, coredns: str, pause: str, registry: str) -> None:
    """Breaks when a minor would pull another image, another registry, or store another API version than kubeadm."""
    release = Release("v1.%d.0" % minor)
    assert release["config_api"] == api
    assert (release["etcd_tag"], release["coredns_tag"], release["pause_tag"]) == (etcd, coredns, pause)
    assert release["image_repository"] == registry


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
    assert {minor: Release("v1.%d.0" % minor)[feature] for minor in MINORS} == {
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
    ("D8.2", "rbac_apiserver_kubelet_client", "1.36.0", "1.36.1", True),
    ("D8.3", "controller_kubeconfig_endpoint", "1.19.0", "1.19.1", "local"),
    ("D1.3", "coredns_nested_path_for_custom_repository", "1.21.1", "1.21.2", False),
]


@pytest.mark.parametrize(
    ("feature", "before", "first", "value"),
    [row[1:] for row in PATCHES],
    ids=["%s-%s-%s" % (row[0], row[1], row[3]) for row in PATCHES],
)
def test_backports_hold_from_their_patch_on(feature: str, before: str, first: str, value: t.Any) -> None:
    """Breaks when a backport holds a patch too early or too late, or does not last to the end of its minor."""
    assert Release(before)[feature] != value
    assert Release(first)[feature] == value
    if feature != "etcd_tag":  # etcd is bumped again by later patches
        assert Release(first.rpartition(".")[0] + ".99")[feature] == value


def test_recommended_commands_lose_socat_and_ebtables_together() -> None:
    """D13: both left the preflight checks at once, in 1.32.0 and by backport in 1.31.2."""
    for version, present in (("1.31.1", True), ("1.31.2", False), ("1.32.0", False)):
        commands = Release(version)["preflight_recommended_commands"]
        assert [name in commands for name in ("socat", "ebtables")] == [present, present]


@pytest.mark.parametrize(
    ("version", "commands"),
    [
        ("1.12.0", {"ip", "iptables", "mount", "nsenter"}),
        ("1.18.0", {"conntrack", "ip", "iptables", "mount", "nsenter"}),
        ("1.32.0", {"ip", "iptables", "mount", "nsenter"}),
        ("1.33.0", {"losetup", "mount", "cp"}),
    ],
)
def test_required_commands(version: str, commands: set[str]) -> None:
    """D13: breaks when a command is demanded that the minor does not use, or one that it does use is not."""
    assert set(Release(version)["preflight_required_commands"]) == commands


# Gate, first minor, last minor (D section 2.4).
GATES = [
    ("CoreDNS", 12, 13),
    ("DynamicKubeletConfig", 12, 13),
    ("IPv6DualStack", 16, 23),
    ("PublicKeysECDSA", 18, 36),
    ("UnversionedKubeletConfigMap", 23, 25),
    ("EtcdLearnerMode", 27, 32),
    ("UpgradeAddonsBeforeControlPlane", 28, 30),
    ("WaitForAllControlPlaneComponents", 30, 34),
    ("ControlPlaneKubeletLocalMode", 31, 35),
    ("NodeLocalCRISocket", 32, 36),
]


@pytest.mark.parametrize(("gate", "first", "last"), GATES, ids=[row[0] for row in GATES])
def test_feature_gates(gate: str, first: int, last: int) -> None:
    """Breaks when a gate is taken by a minor whose kubeadm refuses it, or refused by one that knows it."""
    assert [minor for minor in MINORS if gate in Release("v1.%d.0" % minor).feature_gates] == list(
        range(first, last + 1)
    )


@pytest.mark.parametrize("version", ["v1.12.0", "v1.37.99"])
def test_the_supported_range_includes_its_ends(version: str) -> None:
    """Breaks when the first or the last supported minor is refused."""
    assert Release(version).version.text == version


@pytest.mark.parametrize("version", ["v1.11.10", "v1.38.0", "v1.38.0-alpha.1", "v0.20.0", "v2.20.0"])
def test_versions_outside_the_range_are_refused(version: str) -> None:
    """Breaks when a version whose behaviour nobody knows is taken, or the message does not name the range."""
    with pytest.raises(KubewrightError, match=r"1\.12 to 1\.37"):
        Release(version)


def test_an_unknown_feature_is_an_error() -> None:
    """Breaks when a misspelt feature silently counts as switched off."""
    with pytest.raises(KeyError):
        Release("v1.20.0")["no_such_feature"]
