# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The release table: what each Kubernetes minor's kubeadm does, as data.

Sources: kubeadm's own trees and release notes of each minor. Where a fact could only be bracketed between two minors, the
comment beside it says which was chosen.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.feature import Feature, Value, since


class Features:
    """What one version's kubeadm does, one attribute for each thing that differs between versions."""

    # The configuration that is stored in the cluster.
    config_api: Feature[str] = since(
        (12, "v1alpha3"), (13, "v1beta1"), (15, "v1beta2"), (22, "v1beta3"), (31, "v1beta4")
    )
    cluster_status: Feature[bool] = since((12, True), (22, False))
    stored_authorization_mode: Feature[bool] = since((12, True), (30, False))
    stored_timeout_for_control_plane: Feature[bool] = since((12, False), (13, True), (31, False))
    stored_dns_type: Feature[bool] = since((12, False), (13, True), (22, False))
    argument_repeats: Feature[bool] = since((12, False), (31, True))
    stored_empty_strings: Feature[bool] = since((12, True), (15, False))
    stored_skip_phases: Feature[bool] = since((12, False), (22, True))
    # An addon among the phases to skip is stored as disabled; 1.31 is the first that has where to.
    skipped_addons_disabled: Feature[bool] = since((12, False), (31, True))
    init_timeouts: Feature[bool] = since((12, False), (31, True))
    # What kubeadm's validation allows.
    dual_stack: Feature[bool] = since((12, False), (21, True))
    service_subnet_bits: Feature[int | None] = since((12, None), (20, 20))  # 1.19 or 1.20; 1.20 is the first seen
    # How a pod subnet has to fit the part of each node; since 1.21 only where the controller manager gives it out.
    pod_subnet_node_mask: Feature[str] = since(
        (12, "any"), (20, "always"), (21, "allocated")
    )  # 1.21 to 1.31; 1.20 is the last before
    pod_subnet_addresses: Feature[int] = since((12, 10), (20, 14))  # 1.13 to 1.20; 1.20 is the first seen
    # ECDSA-P384 is a value of the stored configuration since 1.34; nothing is stored of it until 1.30.
    encryption_algorithms: Feature[tuple[str, ...]] = since(
        (12, ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384")),
        (31, ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256")),
        (34, ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384")),
    )
    wildcard_sans: Feature[bool] = since((12, False), (15, True))
    etcd_http_endpoints: Feature[bool] = since((12, False), (35, True))
    patch_targets: Feature[tuple[str, ...]] = since(
        (12, ()),
        (19, ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")),
        (25, ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubeletconfiguration")),
        (
            31,
            (
                "etcd",
                "kube-apiserver",
                "kube-controller-manager",
                "kube-scheduler",
                "kubeletconfiguration",
                "corednsdeployment",
            ),
        ),
        (
            37,
            (
                "etcd",
                "kube-apiserver",
                "kube-controller-manager",
                "kube-scheduler",
                "kubeletconfiguration",
                "corednsdeployment",
                "kubeproxydaemonset",
            ),
        ),
    )
    # Images.
    image_repository: Feature[str] = since(
        (12, "k8s.gcr.io"),
        (25, "registry.k8s.io"),
        patches=[(22, 17, "registry.k8s.io"), (23, 15, "registry.k8s.io"), (24, 9, "registry.k8s.io")],
    )
    etcd_tag: Feature[str] = since(
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
    )
    coredns_tag: Feature[str] = since(
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
    )
    coredns_nested_path: Feature[bool] = since((12, False), (21, True))
    coredns_nested_path_for_custom_repository: Feature[bool] = since(
        (12, False), (21, True), (22, False), patches=[(21, 2, False)]
    )
    pause_tag: Feature[str] = since(
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
    )
    kube_dns_tag: Feature[str | None] = since((12, "1.14.13"), (21, None))
    # Where the images of DNS stand among those that init needs: recorded lists of 1.28 and 1.29.
    dns_images_first: Feature[bool] = since((12, False), (29, True))
    # Order of command line arguments: the user's first, one sorted list, or the user's last.
    argument_order: Feature[str] = since(
        (12, "overrides_first"),
        (14, "sorted"),
        (36, "overrides_last"),
        patches=[
            (32, 12, "overrides_last"),
            (33, 8, "overrides_last"),
            (34, 4, "overrides_last"),
            (35, 1, "overrides_last"),
        ],
    )
    # kube-apiserver.
    apiserver_lease_reconciler: Feature[bool] = since((12, False))
    apiserver_insecure_port: Feature[bool] = since((12, True), (22, False))
    apiserver_service_account_issuer: Feature[bool] = since((12, False), (20, True))
    # Until 1.16 the user's modes are added to Node,RBAC; then those that exist replace them; since 1.30 whatever is given.
    authorization_mode: Feature[str] = since((12, "merged"), (17, "filtered"), (30, "verbatim"))
    authorization_config_replaces_mode: Feature[bool] = since((12, False), (30, True))
    loopback_follows_ip_family: Feature[bool] = since((12, False), (18, True))
    apiserver_etcd_servers_override: Feature[str] = since((12, "listen-client-urls"), (13, "advertise-client-urls"))
    # Which files are read again by themselves, so that they are used without a restart: kubernetes/kubernetes pull requests
    # 84200 and 84303, 79083, 90360 (which mends 83579 of 1.17; its patches in 1.17 and 1.18 are not known), 92791, 121946 and 123525,
    # 124574.
    reloads_serving_certificate: Feature[bool] = since((12, False), (17, True))
    reloads_kubelet_client_certificate: Feature[bool] = since((12, False), (18, True))
    reloads_client_ca: Feature[bool] = since((12, False), (19, True))
    reloads_proxy_client_certificate: Feature[bool] = since((12, False), (20, True))
    reloads_access_configuration: Feature[bool] = since((12, False), (30, True))
    reloads_kubelet_serving_certificate: Feature[bool] = since((12, False), (31, True))
    apiserver_probe_paths: Feature[tuple[str, str | None]] = since(
        (12, ("/healthz", None)), (19, ("/livez", "/readyz"))
    )
    # kube-controller-manager and kube-scheduler.
    component_bind_flag: Feature[str] = since((12, "address"), (14, "bind-address"))
    component_port_zero: Feature[bool] = since(
        (12, False), (19, True), (23, False), patches=[(16, 13, True), (17, 9, True), (18, 6, True)]
    )
    controller_manager_service_cidr: Feature[bool] = since((12, False), (16, True))
    controller_manager_cluster_name: Feature[bool] = since((12, False), (18, True))
    controller_manager_node_cidr_mask: Feature[bool] = since((12, True), (20, False))
    node_cidr_mask_by_family: Feature[bool] = since((12, False), (18, True))
    audit_native: Feature[bool] = since((12, True), (13, False))
    dual_stack_gate_passed_on: Feature[bool] = since((12, False), (16, True), (23, False))
    flexvolume_mount: Feature[str] = since((12, "if_exists"), (17, "always"), (36, "never"))
    scheduler_authentication_kubeconfigs: Feature[bool] = since((12, False), (16, True))
    controller_manager_port: Feature[int] = since((12, 10252), (17, 10257))
    scheduler_port: Feature[int] = since((12, 10251), (17, 10259))
    component_probe_scheme: Feature[str] = since((12, "HTTP"), (17, "HTTPS"))
    scheduler_probe_paths: Feature[tuple[str, str | None]] = since(
        (12, ("/healthz", None)), (32, ("/livez", "/readyz"))
    )
    startup_probe: Feature[bool] = since((12, False), (19, True))
    named_probe_port: Feature[bool] = since((12, False), (34, True))
    # etcd.
    etcd_on_node_address: Feature[bool] = since((12, False), (13, True))
    etcd_metrics_url: Feature[bool] = since((12, False), (16, True))
    etcd_corrupt_check: Feature[str | None] = since(
        (12, None),
        (24, "experimental"),
        (34, "by_etcd_tag"),
        (36, "feature_gate"),
        patches=[(22, 10, "experimental"), (23, 7, "experimental")],
    )
    etcd_progress_interval: Feature[str | None] = since(
        (12, None), (25, "experimental"), (34, "by_etcd_tag"), (36, "plain")
    )
    etcd_requests: Feature[t.Mapping[str, str]] = since(
        (12, {}),
        (20, {"cpu": "100m", "ephemeral-storage": "100Mi", "memory": "100Mi"}),
        (22, {"cpu": "100m", "memory": "100Mi"}),
        patches=[(20, 8, {"cpu": "100m", "memory": "100Mi"}), (21, 2, {"cpu": "100m", "memory": "100Mi"})],
    )
    etcd_probe_paths: Feature[t.Mapping[str, str] | None] = since(
        (12, None),
        (16, {"liveness": "/health"}),
        (19, {"liveness": "/health", "startup": "/health"}),
        (25, {"liveness": "/health?exclude=NOSPACE&serializable=true", "startup": "/health?serializable=false"}),
        (31, {"liveness": "/livez", "readiness": "/readyz", "startup": "/readyz"}),
    )
    # Static pods.
    pod_priority_class: Feature[str] = since((12, "system-cluster-critical"), (19, "system-node-critical"))
    pod_priority: Feature[int | None] = since(
        (12, None), (27, 2000001000), patches=[(25, 12, 2000001000), (26, 7, 2000001000)]
    )
    pod_seccomp: Feature[bool] = since((12, False), (22, True))
    critical_pod_annotation: Feature[bool] = since((12, True), (14, False))
    endpoint_annotations: Feature[bool] = since((12, False), (18, True))
    creation_timestamp_null: Feature[bool] = since((12, True), (34, False))
    ca_directories: Feature[tuple[str, ...]] = since(
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
    )
    probe_host_flag: Feature[str] = since((12, "address"), (18, "bind-address"))
    extra_envs_sorted: Feature[bool] = since((12, False), (32, True))
    # Certificates and kubeconfigs.
    admin_organization: Feature[str] = since((12, "system:masters"), (29, "kubeadm:cluster-admins"))
    super_admin_kubeconfig: Feature[bool] = since((12, False), (29, True))
    kubelet_client_organization: Feature[str | None] = since(
        (12, "system:masters"),
        (29, "kubeadm:cluster-admins"),
        (37, None),
        patches=[(33, 12, None), (34, 8, None), (35, 5, None), (36, 1, None)],
    )
    etcd_client_organization: Feature[str | None] = since((12, "system:masters"), (29, None))
    controller_kubeconfig_endpoint: Feature[str] = since(
        (12, "control_plane"), (20, "local"), patches=[(19, 1, "local")]
    )
    kubelet_kubeconfig_endpoint: Feature[str] = since((12, "control_plane"), (33, "local"))
    certificate_sans_sorted: Feature[bool] = since((12, False), (19, True))
    leaf_basic_constraints: Feature[bool] = since(
        (12, False), (21, True)
    )  # reviewed for 1.21; not in 1.20, there in 1.22
    ca_dns_san: Feature[bool] = since((12, False), (22, True))
    key_identifiers: Feature[bool] = since((12, False), (19, True))  # from the Go 1.15 that built 1.19
    # The patches of the three backports are those that followed their approval.
    ca_backdate_seconds: Feature[int] = since((12, 0), (28, 300), patches=[(25, 13, 300), (26, 8, 300), (27, 5, 300)])
    leaf_not_before: Feature[str] = since((12, "ca"), (31, "backdated"))
    etcd_server_sans_with_address: Feature[bool] = since((12, False), (13, True))
    public_key_mode: Feature[int] = since((12, 0o600))
    # Of the certificates and the public key that control planes have in common, as kubeadm join writes them.
    shared_public_mode: Feature[int] = since((12, 0o600), (22, 0o644))
    # Whether an empty C(preferences) is written into kubeconfigs, and into the one of cluster-info: client-go 0.34 leaves it out.
    kubeconfig_preferences: Feature[bool] = since((12, True), (34, False))
    # kubelet.
    # Until 1.16 the kubelet's and kube-proxy's own defaults are written out in full.
    component_configs_defaulted: Feature[bool] = since((12, True), (17, False))
    dynamic_kubelet_config: Feature[bool] = since((12, False))
    kubelet_cgroup_driver: Feature[str] = since((12, "flag_for_docker"), (19, "config_for_docker"), (22, "systemd"))
    kubelet_resolv_conf: Feature[str] = since((12, "flag"), (19, "config"))
    kubelet_resolv_conf_uploaded: Feature[bool] = since((12, False), (19, True), (31, False))
    kubelet_security_forced: Feature[bool] = since((12, True), (16, False))
    # The flag is from memory of 1.16 to 1.18; the file is seen from 1.19 on.
    kubelet_dual_stack: Feature[str] = since((12, "none"), (16, "flag"), (19, "config"))
    kubelet_flags_quoted: Feature[bool] = since((12, False), (15, True))
    kubelet_pause_image_flag: Feature[str] = since((12, "never"), (13, "docker"), (21, "always"), (35, "never"))
    kubelet_container_runtime_flag: Feature[bool] = since((12, True), (26, False))
    kubelet_runtime_endpoint_flag: Feature[bool] = since((12, True), (34, False))
    kubelet_allocatable_none_without_qos: Feature[bool] = since((12, False), (32, True))
    # Until 1.23 only a runtime that is not Docker is asked to rotate, so that another number may be given in vain.
    kubelet_least_log_files: Feature[int | None] = since((12, None), (24, 2))
    kubelet_instance_config: Feature[bool] = since((12, False), (34, True))
    kubelet_network_plugin_flag: Feature[bool] = since((12, True), (25, False))
    kubelet_config_map_versioned: Feature[bool] = since((12, True), (24, False))
    component_config_hash: Feature[bool] = since((12, False), (19, True))
    # Of join: whether a member of etcd has no vote before it is in sync. kubeadm does so since 1.29, where nobody has switched off the gate
    # EtcdLearnerMode (1.27 to 1.32); etcd can since 3.4, and a member that has to be waited for costs the others their quorum.
    etcd_learner: Feature[bool] = since((12, False), (17, True))
    # Of join; before, a node takes the ConfigMap's text as it is.
    kubelet_config_defaulted_by_join: Feature[bool] = since((12, False), (19, True))
    kubelet_finalize: Feature[bool] = since((12, False), (17, True))
    default_cri_socket: Feature[str] = since(
        (12, "/var/run/dockershim.sock"), (24, "unix:///var/run/containerd/containerd.sock")
    )
    detected_cri_sockets: Feature[tuple[str, ...]] = since(
        (12, ()),
        (14, ("/var/run/docker.sock", "/run/containerd/containerd.sock", "/var/run/crio/crio.sock")),
        (24, ("/run/containerd/containerd.sock", "/var/run/crio/crio.sock", "/var/run/cri-dockerd.sock")),
    )
    # The kubelet's own shim; a kubelet older than a control plane of 1.24 has it still.
    dockershim: Feature[str] = since((12, "always"), (24, "in_older_kubelets"), (25, "never"))
    cri_socket_scheme_required: Feature[bool] = since((12, False), (24, True))
    # The Node object.
    node_labels: Feature[tuple[str, ...]] = since(
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
    )
    node_taints: Feature[tuple[str, ...]] = since(
        (12, ("node-role.kubernetes.io/master",)),
        (24, ("node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane")),
        (25, ("node-role.kubernetes.io/control-plane",)),
    )
    cri_socket_annotation: Feature[bool] = since((12, True), (34, False))
    # Bootstrap tokens and RBAC.
    rbac_get_nodes: Feature[bool] = since((12, False), (18, True))
    rbac_cluster_admins: Feature[bool] = since((12, False), (29, True))
    rbac_apiserver_kubelet_client: Feature[bool] = since(
        (12, False), (37, True), patches=[(33, 12, True), (34, 8, True), (35, 5, True), (36, 1, True)]
    )
    # Empty lists of the kubeconfig in cluster-info. 1.13 to 1.20; with the generated conversions of client-go.
    cluster_info_empty_list: Feature[str] = since((12, "[]"), (17, "null"))
    # CoreDNS.
    coredns_priority_class: Feature[bool] = since((12, False), (14, True))
    coredns_node_selector: Feature[str | None] = since(
        (12, None), (14, "beta.kubernetes.io/os"), (19, "kubernetes.io/os")
    )
    coredns_metrics_port: Feature[bool] = since((12, False), (14, True))
    coredns_readiness: Feature[tuple[str, int] | None] = since(
        (12, None), (14, ("/health", 8080)), (16, ("/ready", 8181))
    )
    coredns_tmp_volume: Feature[bool] = since((12, False), (14, True), (16, False))
    coredns_forward: Feature[str] = since((12, "proxy"), (14, "forward"), (19, "forward_max_concurrent"))
    coredns_ttl: Feature[bool] = since((12, False), (15, True))
    coredns_ready_plugin: Feature[bool] = since((12, False), (16, True))
    coredns_lameduck: Feature[bool] = since((12, False), (17, True))
    coredns_upstream_line: Feature[bool] = since(
        (12, True), (16, False)
    )  # there in 1.15, not in 1.17; 1.16 brought its CoreDNS
    coredns_cache_disable: Feature[bool] = since((12, False), (32, True))
    coredns_tolerations: Feature[tuple[str, ...]] = since(
        (12, ("node-role.kubernetes.io/master",)),
        (20, ("node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane")),
        (26, ("node-role.kubernetes.io/control-plane",)),
    )
    coredns_service_name_label: Feature[str] = since(
        (12, "KubeDNS"), (22, "CoreDNS")
    )  # 1.21 or 1.22; 1.22 is the first seen
    coredns_endpointslices: Feature[bool] = since((12, False), (22, True))
    coredns_get_nodes: Feature[bool] = since((12, False), (13, True), (28, False))
    coredns_anti_affinity: Feature[bool] = since((12, False), (25, True))
    coredns_dropped_capability: Feature[str] = since((12, "all"), (29, "ALL"))
    coredns_named_ports: Feature[bool] = since((12, False), (34, True))
    # kube-proxy.
    kube_dns_replicas: Feature[int | None] = since(
        (12, None), (19, 1)
    )  # 1.13 to 1.19; with CoreDNS' number, which came with 1.19
    kube_proxy_hostname_override: Feature[bool] = since((12, False), (13, True))
    kube_proxy_critical_pod_annotation: Feature[bool] = since((12, True), (14, False))
    kube_proxy_node_selector: Feature[str | None] = since(
        (12, None), (15, "beta.kubernetes.io/os"), (19, "kubernetes.io/os")
    )
    kube_proxy_env: Feature[bool] = since((12, False), (17, True))
    kube_proxy_critical_addons_toleration: Feature[bool] = since((12, True), (22, False))
    kube_proxy_mode: Feature[str] = since((12, ""), (37, "iptables"))
    kube_proxy_bind_address_forced: Feature[bool] = since((12, True), (18, False))
    kube_proxy_modes: Feature[tuple[str, ...]] = since(
        (12, ("userspace", "iptables", "ipvs")), (26, ("iptables", "ipvs")), (29, ("iptables", "ipvs", "nftables"))
    )
    kube_proxy_ipv6_defaults: Feature[bool] = since((12, False), (15, True))
    # Preflight.
    kubelet_skew_minors: Feature[int] = since((12, 1), (29, 3))
    preflight_memory_mb: Feature[int] = since((12, 0), (20, 1700))
    preflight_cpus: Feature[int] = since((12, 0), (13, 2))
    preflight_port_2380: Feature[bool] = since((12, False), (13, True))
    preflight_swap_severity: Feature[str] = since((12, "error"), (23, "warning"))
    preflight_bridge_netfilter: Feature[bool] = since((12, True), (30, False))
    preflight_forwarding_by_family: Feature[bool] = since((12, False), (27, True))
    preflight_crictl: Feature[str | None] = since(
        (12, "error_without_docker"), (24, "error"), (31, "warning"), (32, None)
    )
    preflight_hostname_form: Feature[bool] = since((12, False), (21, True))
    preflight_docker_systemd: Feature[bool] = since((12, False), (14, True), (22, False))
    preflight_sandbox_image: Feature[bool] = since((12, False), (27, True))
    preflight_runtime_config: Feature[bool] = since((12, False), (35, True))
    # The check's name has the address in it then, in a form that is not known; here it stays Port-N.
    preflight_port_address: Feature[bool] = since((12, False), (37, True))
    # Go before 1.16 takes HTTP_PROXY for https too where there is no HTTPS_PROXY.
    proxy_falls_back_to_http: Feature[bool] = since((12, True), (21, False))
    # 1.27, 1.29 and 1.30 are between two minors that were seen. In 1.31 to 1.34 it rose with the patches of one day.
    external_etcd_minimum: Feature[str] = since(
        (12, "3.2.18"),
        (27, "3.4.13"),
        (31, "3.5.11"),
        (34, "3.5.21"),
        (35, "3.5.24"),
        patches=[(31, 14, "3.5.24"), (32, 10, "3.5.24"), (33, 6, "3.5.24"), (34, 2, "3.5.24")],
    )
    # What the kubelet, not kubeadm, does with the container runtime.
    kubelet_cri_apis: Feature[tuple[str, ...]] = since((12, ("v1alpha2",)), (23, ("v1", "v1alpha2")), (26, ("v1",)))
    kubelet_follows_cgroup_driver: Feature[bool] = since((12, False), (31, True))
    preflight_required_commands: Feature[tuple[str, ...]] = since(
        (12, ("ip", "iptables", "mount", "nsenter")),
        (18, ("conntrack", "ip", "iptables", "mount", "nsenter")),
        (32, ("ip", "iptables", "mount", "nsenter")),
        (33, ("losetup", "mount", "cp")),
    )
    preflight_recommended_commands: Feature[tuple[str, ...]] = since(
        (12, ("ebtables", "ethtool", "socat", "tc", "touch")),
        (32, ("ethtool", "tc", "touch")),
        (33, ()),
        patches=[(31, 2, ("ethtool", "tc", "touch"))],
    )
    # Which validators the check SystemVerification is made of: kubeadm's own, or a version of k8s.io/system-validators. What
    # each wants is in C(_release.system_verification). 1.18 is bracketed by 1.17 and 1.19 and confirmed by its module file;
    # 1.36 has the version of 1.35, and 1.37 is taken to have it too.
    system_validators: Feature[str] = since(
        (12, "kubeadm 1.12"),
        (13, "kubeadm 1.13"),
        (14, "kubeadm 1.14"),
        (16, "kubeadm 1.16"),
        (17, "1.0.4"),
        (19, "1.1.2"),
        (20, "1.2.0"),
        (21, "1.4.0"),
        (22, "1.5.0"),
        (23, "1.6.0"),
        (24, "1.7.0"),
        (26, "1.8.0"),
        (32, "1.9.1"),
        (34, "1.10.1"),
        (35, "1.12.1"),
        patches=[
            (24, 10, "1.8.0"),
            (25, 6, "1.8.0"),
            (32, 10, "1.9.2"),
            (33, 6, "1.9.2"),
            (34, 2, "1.10.2"),
        ],
    )
    preflight_docker_release: Feature[bool] = since((12, True), (24, False))
    kubelet_refuses_cgroups_v1: Feature[bool] = since((12, False), (35, True))
    # kubeadm's check of what kube-proxy needs in its mode ipvs, by name.
    preflight_ipvs: Feature[str | None] = since(
        (12, "RequiredIPVSKernelModulesAvailable"), (15, "IPVSProxierCheck"), (16, None)
    )
    # Whether it knows that Linux 4.19 renamed nf_conntrack_ipv4. In 1.12 the patch is found by elimination.
    preflight_ipvs_by_kernel: Feature[bool] = since((12, False), (13, True), patches=[(12, 7, True)])
    kube_proxy_ipvs_warning: Feature[bool] = since((12, False), (37, True))
    # Waiting.
    wait_mode: Feature[str] = since((12, "api_and_kubelet"), (30, "kubelet_then_api"), (33, "all_components"))

    def value_of(self, feature: Feature[Value]) -> Value:
        """The value of a feature in this version."""
        raise NotImplementedError


# By name, in the order of the table.
FEATURES: t.Mapping[str, Feature[t.Any]] = {
    name: value for name, value in vars(Features).items() if isinstance(value, Feature)
}


__all__ = ("FEATURES", "Features")
