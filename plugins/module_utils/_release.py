# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What each Kubernetes minor's kubeadm does, as data.

This is the only place that knows minors. Everything else asks a C(Release) for a feature by name.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._version import Version, parse_version

FIRST_MINOR = 12
LAST_MINOR = 37


class Feature(t.NamedTuple):
    """A value by minor.

    since: (minor, value) pairs in ascending order; the last one at or below the wanted minor holds.
    patches: (minor, patch, value) triples in ascending order; inside that minor, from that patch on, they win.
    """

    since: tuple[tuple[int, t.Any], ...]
    patches: tuple[tuple[int, int, t.Any], ...] = ()

    def at(self, minor: int, patch: int) -> t.Any:
        """The value for 1.C(minor).C(patch)."""
        value = None
        for since, candidate in self.since:
            if since <= minor:
                value = candidate
        for guarded_minor, first_patch, candidate in self.patches:
            if guarded_minor == minor and first_patch <= patch:
                value = candidate
        return value


def _since(*pairs: tuple[int, t.Any], patches: t.Sequence[tuple[int, int, t.Any]] = ()) -> Feature:
    return Feature(since=tuple(pairs), patches=tuple(patches))


_WEBHOOK_AND_TIMING_ZEROS: t.Mapping[str, t.Any] = {
    "authentication": {"webhook": {"cacheTTL": "0s"}},
    "authorization": {"webhook": {"cacheAuthorizedTTL": "0s", "cacheUnauthorizedTTL": "0s"}},
    "cpuManagerReconcilePeriod": "0s",
    "evictionPressureTransitionPeriod": "0s",
    "fileCheckFrequency": "0s",
    "httpCheckFrequency": "0s",
    "imageMinimumGCAge": "0s",
    "nodeStatusReportFrequency": "0s",
    "nodeStatusUpdateFrequency": "0s",
    "runtimeRequestTimeout": "0s",
    "streamingConnectionIdleTimeout": "0s",
    "syncFrequency": "0s",
    "volumeStatsAggPeriod": "0s",
}
_SHUTDOWN_ZEROS = {"shutdownGracePeriod": "0s", "shutdownGracePeriodCriticalPods": "0s"}
_LOGGING_JSON = {"flushFrequency": 0, "options": {"json": {"infoBufferSize": "0"}}, "verbosity": 0}
_LOGGING_TEXT = {
    "flushFrequency": 0,
    "options": {"json": {"infoBufferSize": "0"}, "text": {"infoBufferSize": "0"}},
    "verbosity": 0,
}

# Sources: kubeadm's own trees and release notes of each minor. Where a fact could only be bracketed between two
# minors, the comment beside it says which was chosen.
FEATURES: t.Mapping[str, Feature] = {
    # The configuration that is stored in the cluster.
    "config_api": _since((12, "v1alpha3"), (13, "v1beta1"), (15, "v1beta2"), (22, "v1beta3"), (31, "v1beta4")),
    "cluster_status": _since((12, True), (22, False)),
    "stored_authorization_mode": _since((12, True), (30, False)),
    "stored_timeout_for_control_plane": _since((12, False), (13, True), (31, False)),
    "stored_dns_type": _since((12, False), (13, True), (22, False)),
    "extra_envs": _since((12, False), (31, True)),
    "argument_repeats": _since((12, False), (31, True)),
    "stored_empty_strings": _since((12, True), (15, False)),
    # Images.
    "image_repository": _since(
        (12, "k8s.gcr.io"),
        (25, "registry.k8s.io"),
        patches=[(22, 17, "registry.k8s.io"), (23, 15, "registry.k8s.io"), (24, 9, "registry.k8s.io")],
    ),
    "etcd_tag": _since(
        (12, "3.2.24"),
        (14, "3.3.10"),
        (16, "3.3.15-0"),
        (17, "3.4.3-0"),
        (19, "3.4.9-1"),
        (20, "3.4.13-0"),
        (22, "3.5.0-0"),
        (23, "3.5.1-0"),
        (24, "3.5.3-0"),
        (25, "3.5.4-0"),
        (26, "3.5.6-0"),
        (27, "3.5.7-0"),
        (28, "3.5.9-0"),
        (29, "3.5.10-0"),
        (30, "3.5.12-0"),
        (31, "3.5.15-0"),
        (32, "3.5.16-0"),
        (33, "3.5.21-0"),
        (34, "3.6.4-0"),
        (35, "3.6.6-0"),
        (36, "3.6.8-0"),
        (37, "3.7.0-0"),
        patches=[
            (19, 1, "3.4.13-0"),
            (22, 17, "3.5.6-0"),
            (23, 14, "3.5.5-0"),
            (23, 15, "3.5.6-0"),
            (24, 8, "3.5.5-0"),
            (24, 9, "3.5.6-0"),
            (25, 4, "3.5.5-0"),
            (25, 5, "3.5.6-0"),
            (25, 15, "3.5.9-0"),
            (26, 10, "3.5.9-0"),
            (26, 13, "3.5.10-0"),
            (27, 7, "3.5.9-0"),
            (27, 10, "3.5.10-0"),
            (27, 12, "3.5.12-0"),
            (28, 6, "3.5.10-0"),
            (28, 8, "3.5.12-0"),
            (28, 14, "3.5.15-0"),
            (29, 3, "3.5.12-0"),
            (29, 9, "3.5.15-0"),
            (29, 11, "3.5.16-0"),
            (30, 5, "3.5.15-0"),
            (31, 14, "3.5.24-0"),
            (32, 10, "3.5.24-0"),
            (33, 6, "3.5.24-0"),
            (34, 2, "3.6.5-0"),
        ],
    ),
    "coredns_tag": _since(
        (12, "1.2.2"),
        (13, "1.2.6"),
        (14, "1.3.1"),
        (16, "1.6.2"),
        (17, "1.6.5"),
        (18, "1.6.7"),
        (19, "1.7.0"),
        (21, "v1.8.0"),
        (22, "v1.8.4"),
        (23, "v1.8.6"),
        (25, "v1.9.3"),
        (27, "v1.10.1"),
        (29, "v1.11.1"),
        (32, "v1.11.3"),
        (33, "v1.12.0"),
        (34, "v1.12.1"),
        (35, "v1.13.1"),
        (36, "v1.14.2"),
        (37, "v1.14.6"),
        patches=[(30, 5, "v1.11.3"), (31, 1, "v1.11.3")],
    ),
    "coredns_nested_path": _since((12, False), (21, True)),
    "coredns_nested_path_for_custom_repository": _since((12, False), (21, True), (22, False), patches=[(21, 2, False)]),
    "pause_tag": _since(
        (12, "3.1"),
        (18, "3.2"),
        (21, "3.4.1"),
        (22, "3.5"),
        (23, "3.6"),
        (24, "3.7"),
        (25, "3.8"),
        (26, "3.9"),
        (31, "3.10"),
        (34, "3.10.1"),
        (36, "3.10.2"),
    ),
    "kube_dns_tag": _since((12, "1.14.13"), (21, None)),
    # Order of command line arguments: the user's first, one sorted list, or the user's last.
    "argument_order": _since(
        (12, "overrides_first"),
        (14, "sorted"),
        (36, "overrides_last"),
        patches=[
            (32, 12, "overrides_last"),
            (33, 8, "overrides_last"),
            (34, 4, "overrides_last"),
            (35, 1, "overrides_last"),
        ],
    ),
    # kube-apiserver.
    "apiserver_insecure_port": _since((12, True), (22, False)),
    "apiserver_service_account_issuer": _since((12, False), (20, True)),
    "authorization_mode_merged": _since((12, True), (17, False)),
    "authorization_config_replaces_mode": _since((12, False), (31, True)),  # 1.30 or 1.31; 1.31 is the first seen
    "loopback_follows_ip_family": _since((12, False), (18, True)),
    "apiserver_etcd_servers_override": _since((12, "listen-client-urls"), (13, "advertise-client-urls")),
    "apiserver_probe_paths": _since((12, ("/healthz", None)), (19, ("/livez", "/readyz"))),
    # kube-controller-manager and kube-scheduler.
    "component_bind_flag": _since((12, "address"), (14, "bind-address")),
    "component_port_zero": _since(
        (12, False), (19, True), (23, False), patches=[(16, 13, True), (17, 9, True), (18, 6, True)]
    ),
    "controller_manager_service_cidr": _since((12, False), (16, True)),
    "controller_manager_cluster_name": _since((12, False), (18, True)),
    "controller_manager_node_cidr_mask": _since((12, True), (20, False)),
    "audit_native": _since((12, True), (13, False)),
    "dual_stack_gate_passed_on": _since((12, False), (16, True), (23, False)),
    "flexvolume_mount": _since((12, "if_exists"), (17, "always"), (36, "never")),
    "scheduler_authentication_kubeconfigs": _since((12, False), (16, True)),
    "controller_manager_port": _since((12, 10252), (17, 10257)),
    "scheduler_port": _since((12, 10251), (17, 10259)),
    "component_probe_scheme": _since((12, "HTTP"), (17, "HTTPS")),
    "scheduler_probe_paths": _since((12, ("/healthz", None)), (32, ("/livez", "/readyz"))),
    "startup_probe": _since((12, False), (19, True)),
    "named_probe_port": _since((12, False), (34, True)),
    # etcd.
    "etcd_on_node_address": _since((12, False), (13, True)),
    "etcd_metrics_url": _since((12, False), (16, True)),
    "etcd_corrupt_check": _since(
        (12, None),
        (24, "experimental"),
        (34, "by_etcd_tag"),
        (36, "feature_gate"),
        patches=[(22, 10, "experimental"), (23, 7, "experimental")],
    ),
    "etcd_progress_interval": _since((12, None), (25, "experimental"), (34, "by_etcd_tag"), (36, "plain")),
    "etcd_requests": _since(
        (12, {}),
        (20, {"cpu": "100m", "ephemeral-storage": "100Mi", "memory": "100Mi"}),
        (22, {"cpu": "100m", "memory": "100Mi"}),
        patches=[(20, 8, {"cpu": "100m", "memory": "100Mi"}), (21, 2, {"cpu": "100m", "memory": "100Mi"})],
    ),
    "etcd_probe_paths": _since(
        (12, None),
        (16, {"liveness": "/health"}),
        (19, {"liveness": "/health", "startup": "/health"}),
        (25, {"liveness": "/health?exclude=NOSPACE&serializable=true", "startup": "/health?serializable=false"}),
        (31, {"liveness": "/livez", "readiness": "/readyz", "startup": "/readyz"}),
    ),
    # Static pods.
    "pod_priority_class": _since((12, "system-cluster-critical"), (19, "system-node-critical")),
    "pod_priority": _since((12, None), (27, 2000001000), patches=[(25, 12, 2000001000), (26, 7, 2000001000)]),
    "pod_seccomp": _since((12, False), (22, True)),
    "critical_pod_annotation": _since((12, True), (14, False)),
    "endpoint_annotations": _since((12, False), (18, True)),
    "creation_timestamp_null": _since((12, True), (34, False)),
    "ca_directories": _since(
        (12, ("/etc/pki", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/etc/ca-certificates")),
        (
            31,
            (
                "/etc/pki/ca-trust",
                "/etc/pki/tls/certs",
                "/etc/ca-certificates",
                "/usr/share/ca-certificates",
                "/usr/local/share/ca-certificates",
            ),
        ),
    ),
    "probe_host_flag": _since((12, "address"), (18, "bind-address")),
    "extra_envs_sorted": _since((12, False), (32, True)),
    # Certificates and kubeconfigs.
    "admin_organization": _since((12, "system:masters"), (29, "kubeadm:cluster-admins")),
    "super_admin_kubeconfig": _since((12, False), (29, True)),
    "kubelet_client_organization": _since(
        (12, "system:masters"),
        (29, "kubeadm:cluster-admins"),
        (37, None),
        patches=[(33, 12, None), (34, 8, None), (35, 5, None), (36, 1, None)],
    ),
    "etcd_client_organization": _since((12, "system:masters"), (29, None)),
    "controller_kubeconfig_endpoint": _since((12, "control_plane"), (20, "local"), patches=[(19, 1, "local")]),
    "kubelet_kubeconfig_endpoint": _since((12, "control_plane"), (33, "local")),
    "certificate_sans_sorted": _since((12, False), (19, True)),
    "leaf_basic_constraints": _since((12, False), (22, True)),  # 1.21 or 1.22; 1.22 is the first seen
    "ca_dns_san": _since((12, False), (22, True)),  # 1.21 or 1.22; 1.22 is the first seen
    "key_identifiers": _since((12, False), (19, True)),  # from the Go 1.15 that built 1.19
    "ca_backdate_seconds": _since((12, 0), (28, 300)),
    "leaf_not_before": _since((12, "ca"), (31, "backdated")),  # 1.29 and 1.30 not established; as 1.28
    "etcd_server_sans_with_address": _since((12, False), (13, True)),
    "public_key_mode": _since((12, 0o600)),
    # kubelet.
    "kubelet_config_fully_defaulted": _since((12, True), (17, False)),
    "kubelet_zero_fields": _since(
        (12, {}),
        (17, _WEBHOOK_AND_TIMING_ZEROS),
        (19, dict(_WEBHOOK_AND_TIMING_ZEROS, logging={})),
        (20, dict(_WEBHOOK_AND_TIMING_ZEROS, logging={}, **_SHUTDOWN_ZEROS)),
        (22, dict(_WEBHOOK_AND_TIMING_ZEROS, logging={}, memorySwap={}, **_SHUTDOWN_ZEROS)),
        (23, dict(_WEBHOOK_AND_TIMING_ZEROS, logging=_LOGGING_JSON, memorySwap={}, **_SHUTDOWN_ZEROS)),
        (
            27,
            dict(
                _WEBHOOK_AND_TIMING_ZEROS,
                logging=_LOGGING_JSON,
                memorySwap={},
                containerRuntimeEndpoint="",
                **_SHUTDOWN_ZEROS,
            ),
        ),
        (
            29,
            dict(
                _WEBHOOK_AND_TIMING_ZEROS,
                logging=_LOGGING_JSON,
                memorySwap={},
                containerRuntimeEndpoint="",
                imageMaximumGCAge="0s",
                **_SHUTDOWN_ZEROS,
            ),
        ),
        (
            30,
            dict(
                _WEBHOOK_AND_TIMING_ZEROS,
                logging=_LOGGING_TEXT,
                memorySwap={},
                containerRuntimeEndpoint="",
                imageMaximumGCAge="0s",
                **_SHUTDOWN_ZEROS,
            ),
        ),
        (
            32,
            dict(
                _WEBHOOK_AND_TIMING_ZEROS,
                logging=_LOGGING_TEXT,
                memorySwap={},
                containerRuntimeEndpoint="",
                imageMaximumGCAge="0s",
                crashLoopBackOff={},
                **_SHUTDOWN_ZEROS,
            ),
        ),
    ),
    "kubelet_cgroup_driver": _since((12, "flag_for_docker"), (19, "config_for_docker"), (22, "systemd")),
    "kubelet_resolv_conf": _since((12, "flag"), (19, "config")),
    "kubelet_resolv_conf_uploaded": _since((12, False), (19, True), (31, False)),
    "kubelet_security_forced": _since((12, True), (13, False)),
    "kubelet_rotation_forced": _since((12, True), (13, False), (17, True)),
    "kubelet_dual_stack_in_config": _since((12, False), (19, True)),
    "kubelet_flags_quoted": _since((12, False), (15, True)),
    "kubelet_pause_image_flag": _since((12, "never"), (13, "docker"), (21, "always"), (35, "never")),
    "kubelet_container_runtime_flag": _since((12, True), (26, False)),
    "kubelet_runtime_endpoint_flag": _since((12, True), (34, False)),
    "kubelet_instance_config": _since((12, False), (34, True)),
    "kubelet_network_plugin_flag": _since((12, True), (24, False)),
    "kubelet_config_map_versioned": _since((12, True), (24, False)),
    "component_config_hash": _since((12, False), (19, True)),
    "kubelet_finalize": _since((12, False), (17, True)),
    "default_cri_socket": _since((12, "/var/run/dockershim.sock"), (24, "unix:///var/run/containerd/containerd.sock")),
    "cri_socket_detection": _since((12, False), (14, True)),
    "dockershim": _since((12, True), (24, False)),
    "cri_socket_scheme_required": _since((12, False), (24, True)),
    # The Node object.
    "node_labels": _since(
        (12, ("node-role.kubernetes.io/master",)),
        (20, ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")),
        (
            21,
            (
                "node-role.kubernetes.io/control-plane",
                "node-role.kubernetes.io/master",
                "node.kubernetes.io/exclude-from-external-load-balancers",
            ),
        ),
        (24, ("node-role.kubernetes.io/control-plane", "node.kubernetes.io/exclude-from-external-load-balancers")),
    ),
    "node_taints": _since(
        (12, ("node-role.kubernetes.io/master",)),
        (24, ("node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane")),
        (25, ("node-role.kubernetes.io/control-plane",)),
    ),
    "cri_socket_annotation": _since((12, True), (34, False)),
    # Bootstrap tokens and RBAC.
    "rbac_get_nodes": _since((12, False), (18, True)),
    "rbac_cluster_admins": _since((12, False), (29, True)),
    "rbac_apiserver_kubelet_client": _since(
        (12, False), (37, True), patches=[(33, 12, True), (34, 8, True), (35, 5, True), (36, 1, True)]
    ),
    # CoreDNS.
    "coredns_priority_class": _since((12, False), (14, True)),
    "coredns_node_selector": _since((12, None), (14, "beta.kubernetes.io/os"), (19, "kubernetes.io/os")),
    "coredns_metrics_port": _since((12, False), (14, True)),
    "coredns_readiness": _since((12, None), (14, ("/health", 8080)), (16, ("/ready", 8181))),
    "coredns_tmp_volume": _since((12, False), (14, True), (16, False)),
    "coredns_forward": _since((12, "proxy"), (14, "forward"), (19, "forward_max_concurrent")),
    "coredns_ttl": _since((12, False), (15, True)),
    "coredns_ready_plugin": _since((12, False), (16, True)),
    "coredns_lameduck": _since((12, False), (17, True)),
    "coredns_upstream_line": _since((12, True), (17, False)),  # dropped in 1.16 or 1.17; 1.17 is the first seen without
    "coredns_cache_disable": _since((12, False), (32, True)),
    "coredns_tolerations": _since(
        (12, ("node-role.kubernetes.io/master",)),
        (20, ("node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane")),
        (26, ("node-role.kubernetes.io/control-plane",)),
    ),
    "coredns_service_name_label": _since((12, "KubeDNS"), (22, "CoreDNS")),  # 1.21 or 1.22; 1.22 is the first seen
    "coredns_endpointslices": _since((12, False), (22, True)),  # 1.21 or 1.22; 1.22 is the first seen
    "coredns_get_nodes": _since(
        (12, False), (13, True), (28, False)
    ),  # dropped in 1.27 or 1.28; 1.28 first seen without
    "coredns_anti_affinity": _since((12, False), (25, True)),
    "coredns_dropped_capability": _since((12, "all"), (31, "ALL")),  # 1.29 to 1.31; 1.31 is the first seen
    "coredns_named_ports": _since((12, False), (34, True)),
    # kube-proxy.
    "kube_proxy_hostname_override": _since((12, False), (13, True)),
    "kube_proxy_critical_pod_annotation": _since((12, True), (14, False)),
    "kube_proxy_node_selector": _since((12, None), (15, "beta.kubernetes.io/os"), (19, "kubernetes.io/os")),
    "kube_proxy_env": _since((12, False), (17, True)),
    "kube_proxy_critical_addons_toleration": _since((12, True), (22, False)),
    "kube_proxy_mode": _since((12, ""), (37, "iptables")),
    "kube_proxy_bind_address_forced": _since((12, True), (13, False)),
    "kube_proxy_schema": _since(
        (12, "1.12"), (14, "1.14"), (17, "1.17"), (19, "1.19"), (26, "1.26"), (28, "1.28"), (31, "1.31")
    ),
    # Preflight.
    "kubelet_skew_minors": _since((12, 1), (29, 3)),
    "preflight_memory_mb": _since((12, 0), (20, 1700)),
    "preflight_cpus": _since((12, 0), (13, 2)),
    "preflight_port_2380": _since((12, False), (13, True)),
    "preflight_swap_severity": _since((12, "error"), (23, "warning")),
    "preflight_bridge_netfilter": _since((12, True), (30, False)),
    "preflight_forwarding_by_family": _since((12, False), (27, True)),
    "preflight_crictl": _since((12, "error_without_docker"), (24, "error"), (31, "warning"), (32, None)),
    "preflight_required_commands": _since(
        (12, ("ip", "iptables", "mount", "nsenter")),
        (18, ("conntrack", "ip", "iptables", "mount", "nsenter")),
        (32, ("ip", "iptables", "mount", "nsenter")),
        (33, ("losetup", "mount", "cp")),
    ),
    "preflight_recommended_commands": _since(
        (12, ("ebtables", "ethtool", "socat", "tc", "touch")),
        (32, ("ethtool", "tc", "touch")),
        (33, ()),
        patches=[(31, 2, ("ethtool", "tc", "touch"))],
    ),
    # Waiting.
    "wait_mode": _since((12, "api_and_kubelet"), (30, "kubelet_then_api"), (33, "all_components")),
}


# kubeadm's own feature gates: the first and the last minor that know each.
FEATURE_GATES: t.Mapping[str, tuple[int, int]] = {
    "CoreDNS": (12, 13),
    "DynamicKubeletConfig": (12, 13),
    "IPv6DualStack": (16, 23),
    "PublicKeysECDSA": (18, 36),
    "RootlessControlPlane": (22, 37),
    "UnversionedKubeletConfigMap": (23, 25),
    "EtcdLearnerMode": (27, 32),
    "UpgradeAddonsBeforeControlPlane": (28, 30),
    "WaitForAllControlPlaneComponents": (30, 34),
    "ControlPlaneKubeletLocalMode": (31, 35),
    "NodeLocalCRISocket": (32, 36),
}


class Release:
    """What one Kubernetes version's kubeadm does. Built from a version text like C(v1.20.2)."""

    def __init__(self, version: str) -> None:
        """Raises KubewrightError for a version outside 1.12 to 1.37."""
        self.version: Version = parse_version(version)
        if self.version.major != 1 or not FIRST_MINOR <= self.version.minor <= LAST_MINOR:
            raise KubewrightError(
                "Kubernetes %s is outside the supported minors 1.%d to 1.%d"
                % (self.version.text, FIRST_MINOR, LAST_MINOR)
            )

    def __getitem__(self, feature: str) -> t.Any:
        """The value of a feature; KeyError for a name that the table does not have."""
        return FEATURES[feature].at(self.version.minor, self.version.patch)

    @property
    def feature_gates(self) -> list[str]:
        """The names of kubeadm's feature gates in this minor."""
        return [name for name, (first, last) in FEATURE_GATES.items() if first <= self.version.minor <= last]


__all__ = ("FEATURES", "FEATURE_GATES", "FIRST_MINOR", "LAST_MINOR", "Feature", "Release")
