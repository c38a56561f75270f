# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The static pods of kube-apiserver, kube-controller-manager and kube-scheduler."""

from __future__ import annotations

import hashlib
import json

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network, ports
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.arguments import command_arguments
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Arguments, Config, pairs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import component_image
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod import pod

_FLEXVOLUME_DIR = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"
_AUDIT_POLICY_IN_POD = "/etc/kubernetes/audit/audit.yaml"
_AUDIT_LOG_DIR_IN_POD = "/var/log/kubernetes/audit"


_AUTHORIZATION_MODES = ("Node", "RBAC", "Webhook", "ABAC", "AlwaysAllow", "AlwaysDeny")


def authorization_modes(config: Config, requested: str | None) -> str:
    """The value of authorization-mode.

    Until 1.16 the user can add ABAC and Webhook to Node,RBAC, not replace them; then modes that do not exist are left
    out; since 1.30 the user's value stands as it is.
    """
    rule, default = config.release.authorization_mode, "Node,RBAC"
    if not requested:
        return default
    modes = requested.split(",")
    if rule == "merged":
        return ",".join(["Node", "RBAC"] + [mode for mode in ("ABAC", "Webhook") if mode in modes])
    if rule == "filtered":
        return ",".join(mode for mode in modes if mode in _AUTHORIZATION_MODES) or default
    return requested


def apiserver_extra_args(config: Config) -> Arguments:
    """The user's flags, with authorization-mode among them in the minors whose kubeadm puts it there."""
    extra = pairs(config.component("apiServer").get("extraArgs"))
    if not config.release.stored_authorization_mode:
        return extra
    requested = dict(extra).get("authorization-mode")
    return [pair for pair in extra if pair[0] != "authorization-mode"] + [
        ("authorization-mode", authorization_modes(config, requested))
    ]


def _etcd_flags(config: Config) -> dict[str, str]:
    external = config.external_etcd
    if external is not None:
        flags = {"etcd-servers": ",".join(external["endpoints"])}
        if external.get("caFile"):
            flags["etcd-cafile"] = external["caFile"]
        if external.get("certFile") and external.get("keyFile"):
            flags["etcd-certfile"] = external["certFile"]
            flags["etcd-keyfile"] = external["keyFile"]
        return flags
    certificates = config.certificates_dir
    override = dict(pairs((config.local_etcd or {}).get("extraArgs"))).get(
        config.release.apiserver_etcd_servers_override
    )
    return {
        "etcd-servers": override or "https://" + network.host_port(config.loopback, ports.ETCD_CLIENT),
        "etcd-cafile": certificates + "/etcd/ca.crt",
        "etcd-certfile": certificates + "/apiserver-etcd-client.crt",
        "etcd-keyfile": certificates + "/apiserver-etcd-client.key",
    }


def _feature_gates(config: Config, dynamic_kubelet: bool = False) -> dict[str, str]:
    """The flag feature-gates with those of kubeadm's gates that a component knows too."""
    passed = []
    if dynamic_kubelet and config.release.dynamic_kubelet_config:
        passed.append("DynamicKubeletConfig=true")
    if config.dual_stack_gate is not None:
        passed.append(f"IPv6DualStack={'true' if config.dual_stack_gate else 'false'}")
    return {"feature-gates": ",".join(passed)} if passed else {}


def apiserver_flags(config: Config) -> dict[str, str]:
    """The default flags of kube-apiserver."""
    certificates, release = config.certificates_dir, config.release
    flags = {
        "advertise-address": config.advertise_address,
        "allow-privileged": "true",
        "client-ca-file": certificates + "/ca.crt",
        "enable-admission-plugins": "NodeRestriction",
        "enable-bootstrap-token-auth": "true",
        "kubelet-client-certificate": certificates + "/apiserver-kubelet-client.crt",
        "kubelet-client-key": certificates + "/apiserver-kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
        "proxy-client-cert-file": certificates + "/front-proxy-client.crt",
        "proxy-client-key-file": certificates + "/front-proxy-client.key",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-client-ca-file": certificates + "/front-proxy-ca.crt",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-username-headers": "X-Remote-User",
        "secure-port": str(config.bind_port),
        "service-account-key-file": certificates + "/sa.pub",
        "service-cluster-ip-range": config.service_subnet,
        "tls-cert-file": certificates + "/apiserver.crt",
        "tls-private-key-file": certificates + "/apiserver.key",
    }
    flags.update(_etcd_flags(config))
    flags.update(_feature_gates(config, dynamic_kubelet=True))
    if release.apiserver_lease_reconciler:
        flags["endpoint-reconciler-type"] = "lease"
    if release.apiserver_insecure_port:
        flags["insecure-port"] = "0"
    if release.apiserver_service_account_issuer:
        flags["service-account-issuer"] = "https://kubernetes.default.svc." + config.dns_domain
        flags["service-account-signing-key-file"] = certificates + "/sa.key"
    given = dict(pairs(config.component("apiServer").get("extraArgs")))
    if not (release.authorization_config_replaces_mode and "authorization-config" in given):
        flags["authorization-mode"] = authorization_modes(config, given.get("authorization-mode"))
    if config.audit is not None and release.audit_native:
        flags["audit-policy-file"] = _AUDIT_POLICY_IN_POD
        flags["audit-log-path"] = _AUDIT_LOG_DIR_IN_POD + "/audit.log"
        flags["audit-log-maxage"] = str(config.audit["logMaxAge"])
    return flags


def _common_volumes(config: Config) -> list[pod.Values]:
    return [
        pod.volume("ca-certs", "/etc/ssl/certs", "DirectoryOrCreate", True),
        pod.volume("k8s-certs", config.certificates_dir, "DirectoryOrCreate", True),
        *pod.ca_directories(config),
    ]


def apiserver(config: Config) -> pod.Values:
    """The values of kube-apiserver's static pod."""
    release, section = config.release, config.component("apiServer")
    volumes = _common_volumes(config)
    volumes += [
        pod.volume("etcd-certs-%d" % index, path, "DirectoryOrCreate", True)
        for index, path in enumerate(pod.etcd_certificate_directories(config))
    ]
    if config.audit is not None and release.audit_native:
        volumes += [
            pod.volume("audit", config.audit["path"], "File", True, _AUDIT_POLICY_IN_POD),
            pod.volume("audit-log", config.audit["logDir"], "DirectoryOrCreate", False, _AUDIT_LOG_DIR_IN_POD),
        ]
    live, ready = release.apiserver_probe_paths

    def probe(path: str) -> pod.Values:
        return pod.http_probe(config, config.advertise_address, config.bind_port, path, "HTTPS")

    probes = {"liveness": probe(live)}
    if ready:
        probes.update(readiness=probe(ready), startup=probe(live))
    annotations = {}
    if config.audit is not None and config.audit["policy"] is not None:
        # The API server reads its policy when it starts: a changed policy has to change the pod.
        policy = json.dumps(config.audit["policy"], sort_keys=True)
        annotations["kubewright.io/audit-policy"] = "sha256:" + hashlib.sha256(policy.encode("utf-8")).hexdigest()
    if release.endpoint_annotations:
        annotations["kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"] = network.host_port(
            config.advertise_address, config.bind_port
        )
    return pod.static_pod(
        config,
        name="kube-apiserver",
        image=component_image(config, "kube-apiserver"),
        command=[
            "kube-apiserver",
            *command_arguments(apiserver_flags(config), apiserver_extra_args(config), release.argument_order),
        ],
        volumes=pod.with_extra_volumes(volumes, section.get("extraVolumes")),
        probes=probes,
        requests={"cpu": "250m"},
        annotations=annotations,
        environ=pod.environment(config, section.get("extraEnvs")),
        probe_port=config.bind_port,
    )


def node_cidr_mask(subnet: str) -> int:
    """The mask of each node's part of a pod subnet, as kubeadm 1.12 to 1.19 computes it."""
    parsed = network.parse_subnet(subnet)
    if parsed is None or parsed.version == 4:
        return 24
    prefix = parsed.prefixlen
    if prefix > 112:
        return prefix
    if prefix == 112:
        return 120
    return 128 - ((128 - prefix - 1) // 8 - 1) * 8


def _node_cidr_mask_flags(config: Config) -> dict[str, str]:
    subnets = network.split_subnets(config.pod_subnet)
    if len(subnets) == 1 or not config.release.node_cidr_mask_by_family:
        return {"node-cidr-mask-size": str(node_cidr_mask(config.pod_subnet))}
    return {
        "node-cidr-mask-size-%s" % ("ipv6" if ":" in subnet else "ipv4"): str(node_cidr_mask(subnet))
        for subnet in subnets
    }


def controller_manager_flags(config: Config) -> dict[str, str]:
    """The default flags of kube-controller-manager."""
    certificates, release = config.certificates_dir, config.release
    kubeconfig = KUBERNETES_DIR + "/controller-manager.conf"
    signs = not config.node["external_ca"]
    flags = {
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        release.component_bind_flag: "127.0.0.1",
        "client-ca-file": certificates + "/ca.crt",
        "cluster-signing-cert-file": certificates + "/ca.crt" if signs else "",
        "cluster-signing-key-file": certificates + "/ca.key" if signs else "",
        "controllers": "*,bootstrapsigner,tokencleaner",
        "kubeconfig": kubeconfig,
        "leader-elect": "true",
        "requestheader-client-ca-file": certificates + "/front-proxy-ca.crt",
        "root-ca-file": certificates + "/ca.crt",
        "service-account-private-key-file": certificates + "/sa.key",
        "use-service-account-credentials": "true",
    }
    flags.update(_feature_gates(config))
    if release.controller_manager_cluster_name:
        flags["cluster-name"] = config.cluster_name
    if release.component_port_zero:
        flags["port"] = "0"
    if config.pod_subnet:
        flags["allocate-node-cidrs"] = "true"
        flags["cluster-cidr"] = config.pod_subnet
        if release.controller_manager_service_cidr:
            flags["service-cluster-ip-range"] = config.service_subnet
        if release.controller_manager_node_cidr_mask:
            flags.update(_node_cidr_mask_flags(config))
    return flags


def _loopback_probe(config: Config, section: str, port: int, path: str) -> pod.Values:
    flag = config.release.probe_host_flag
    host: str | None = dict(pairs(config.component(section).get("extraArgs"))).get(flag, "127.0.0.1")
    if flag == "bind-address" and host in ("0.0.0.0", "::"):
        host = None
    return pod.http_probe(config, host, port, path, config.release.component_probe_scheme)


def controller_manager(config: Config) -> pod.Values:
    """The values of kube-controller-manager's static pod."""
    release, section = config.release, config.component("controllerManager")
    volumes = _common_volumes(config)
    volumes.append(pod.volume("kubeconfig", KUBERNETES_DIR + "/controller-manager.conf", "FileOrCreate", True))
    flexvolume = release.flexvolume_mount
    # The kubelet makes the folder when it starts, after the first manifest was written: what that one mounts is what was found then.
    mounted = config.node.get("controller_manager_mounts")
    present = _FLEXVOLUME_DIR in (config.node["directories"] if mounted is None else mounted)
    if flexvolume == "always" or (flexvolume == "if_exists" and present):
        folder = _FLEXVOLUME_DIR
        if flexvolume == "always":
            folder = dict(pairs(section.get("extraArgs"))).get("flex-volume-plugin-dir", folder)
        volumes.append(pod.volume("flexvolume-dir", folder, "DirectoryOrCreate", False))
    port = release.controller_manager_port
    probes = {"liveness": _loopback_probe(config, "controllerManager", port, "/healthz")}
    if release.startup_probe:
        probes["startup"] = _loopback_probe(config, "controllerManager", port, "/healthz")
    return pod.static_pod(
        config,
        name="kube-controller-manager",
        image=component_image(config, "kube-controller-manager"),
        command=[
            "kube-controller-manager",
            *command_arguments(
                controller_manager_flags(config), pairs(section.get("extraArgs")), release.argument_order
            ),
        ],
        volumes=pod.with_extra_volumes(volumes, section.get("extraVolumes")),
        probes=probes,
        requests={"cpu": "200m"},
        environ=pod.environment(config, section.get("extraEnvs")),
        probe_port=port,
    )


def scheduler_flags(config: Config) -> dict[str, str]:
    """The default flags of kube-scheduler."""
    kubeconfig = KUBERNETES_DIR + "/scheduler.conf"
    flags = {config.release.component_bind_flag: "127.0.0.1", "kubeconfig": kubeconfig, "leader-elect": "true"}
    if config.release.scheduler_authentication_kubeconfigs:
        flags["authentication-kubeconfig"] = kubeconfig
        flags["authorization-kubeconfig"] = kubeconfig
    if config.release.component_port_zero:
        flags["port"] = "0"
    flags.update(_feature_gates(config))
    return flags


def scheduler(config: Config) -> pod.Values:
    """The values of kube-scheduler's static pod."""
    release, section = config.release, config.component("scheduler")
    port = release.scheduler_port
    live, ready = release.scheduler_probe_paths
    probes = {"liveness": _loopback_probe(config, "scheduler", port, live)}
    if ready:
        probes["readiness"] = _loopback_probe(config, "scheduler", port, ready)
    if release.startup_probe:
        probes["startup"] = _loopback_probe(config, "scheduler", port, live)
    volumes = [pod.volume("kubeconfig", KUBERNETES_DIR + "/scheduler.conf", "FileOrCreate", True)]
    return pod.static_pod(
        config,
        name="kube-scheduler",
        image=component_image(config, "kube-scheduler"),
        command=[
            "kube-scheduler",
            *command_arguments(scheduler_flags(config), pairs(section.get("extraArgs")), release.argument_order),
        ],
        volumes=pod.with_extra_volumes(volumes, section.get("extraVolumes")),
        probes=probes,
        requests={"cpu": "100m"},
        environ=pod.environment(config, section.get("extraEnvs")),
        probe_port=port,
    )


__all__ = (
    "apiserver",
    "apiserver_extra_args",
    "apiserver_flags",
    "authorization_modes",
    "controller_manager",
    "controller_manager_flags",
    "node_cidr_mask",
    "scheduler",
    "scheduler_flags",
)
