# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The collection's variables: one table for validation, documentation and the argument specs of the roles."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _kinds as kinds

PREFIX = "kubewright_"


class Variable(t.NamedTuple):
    """A variable of the user.

    check: the kind of its value. target: where it lies in the resolved configuration. type and elements: as an
    argument spec has them. phases: the roles that use it; empty for all of them. default: the value without it, in
    words where it is worked out. secret: whether its value must never be shown.
    """

    check: t.Callable[[str, t.Any], kinds.Checked]
    target: tuple[str, ...]
    type: str
    description: str
    default: str
    phases: tuple[str, ...] = ()
    elements: str | None = None
    secret: bool = False


_CLUSTER = "ClusterConfiguration"
_INIT = "InitConfiguration"
_MANIFESTS = ("control_plane", "upload_config")


def _component(name: str, section: str) -> dict[str, Variable]:
    title = {
        "apiserver": "kube-apiserver",
        "controller_manager": "kube-controller-manager",
        "scheduler": "kube-scheduler",
    }[name]
    return {
        name + "_extra_args": Variable(
            kinds.arguments,
            (_CLUSTER, section, "extraArgs"),
            "raw",
            f"Further flags of {title}: a dictionary, or a list of C(name) and C(value) where a flag is repeated. "
            "A flag given here replaces the default of its name.",
            "none",
            _MANIFESTS,
        ),
        name + "_extra_volumes": Variable(
            kinds.volumes,
            (_CLUSTER, section, "extraVolumes"),
            "list",
            f"Further host paths for the pod of {title}, each with C(name), C(hostPath), C(mountPath), C(readOnly), C(pathType).",
            "none",
            _MANIFESTS,
            "dict",
        ),
        name + "_extra_envs": Variable(
            kinds.environment,
            (_CLUSTER, section, "extraEnvs"),
            "list",
            f"Further environment variables of {title}, each with C(name) and C(value).",
            "none",
            _MANIFESTS,
            "dict",
        ),
    }


VARIABLES: t.Mapping[str, Variable] = {
    PREFIX + name: variable
    for name, variable in {
        "cluster": Variable(
            kinds.text,
            ("cluster",),
            "str",
            "The cluster that a host of the group C(control_plane) belongs to. The first host of each cluster is initialised.",
            "one cluster for the whole group",
        ),
        "kubernetes_version": Variable(
            kinds.text,
            (_CLUSTER, "kubernetesVersion"),
            "str",
            "The Kubernetes version, like V(v1.20.2). Minors 1.12 to 1.37.",
            "the version of the kubelet that is installed on the host",
        ),
        "cluster_name": Variable(
            kinds.text, (_CLUSTER, "clusterName"), "str", "The cluster's name in kubeconfigs.", "kubernetes"
        ),
        "node_name": Variable(
            kinds.dns_subdomain,
            (_INIT, "nodeRegistration", "name"),
            "str",
            "The name under which the node registers.",
            "the host's own name in lower case",
        ),
        "advertise_address": Variable(
            kinds.advertise_address,
            (_INIT, "localAPIEndpoint", "advertiseAddress"),
            "str",
            "The address on which the API server tells others to reach it.",
            "the first address of the default route's interface",
        ),
        "bind_port": Variable(
            kinds.integer(1, 65535), (_INIT, "localAPIEndpoint", "bindPort"), "int", "The API server's port.", "6443"
        ),
        "control_plane_endpoint": Variable(
            kinds.endpoint,
            (_CLUSTER, "controlPlaneEndpoint"),
            "str",
            "The stable C(HOST[:PORT]) of the control plane, for example of a load balancer.",
            "the advertise address and port",
        ),
        "service_subnet": Variable(
            kinds.subnets, (_CLUSTER, "networking", "serviceSubnet"), "str", "The subnet of Services.", "10.96.0.0/12"
        ),
        "pod_subnet": Variable(
            kinds.subnets,
            (_CLUSTER, "networking", "podSubnet"),
            "str",
            "The subnet of pods; when it is set, every node gets its part of it.",
            "none",
        ),
        "dns_domain": Variable(
            kinds.dns_subdomain,
            (_CLUSTER, "networking", "dnsDomain"),
            "str",
            "The cluster's DNS domain.",
            "cluster.local",
        ),
        "certificates_dir": Variable(
            kinds.absolute_path,
            (_CLUSTER, "certificatesDir"),
            "path",
            "The folder of the certificates.",
            "/etc/kubernetes/pki",
        ),
        "encryption_algorithm": Variable(
            kinds.choice("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384"),
            (_CLUSTER, "encryptionAlgorithm"),
            "str",
            "The kind of new private keys.",
            "RSA-2048",
            ("certs", "kubeconfig"),
        ),
        "certificate_validity_period": Variable(
            kinds.duration,
            (_CLUSTER, "certificateValidityPeriod"),
            "str",
            "For how long new leaf certificates are valid.",
            "8760h0m0s",
            ("certs", "kubeconfig"),
        ),
        "ca_certificate_validity_period": Variable(
            kinds.duration,
            (_CLUSTER, "caCertificateValidityPeriod"),
            "str",
            "For how long a new CA is valid.",
            "87600h0m0s",
            ("certs", "kubeconfig"),
        ),
        "cert_renew_before": Variable(
            kinds.duration,
            ("certRenewBefore",),
            "str",
            "Leaf certificates that end within this time are renewed; V(0) renews only those that have ended. "
            "Never more than a third of their validity.",
            "720h0m0s",
            ("certs", "kubeconfig"),
        ),
        "image_repository": Variable(
            kinds.image_repository,
            (_CLUSTER, "imageRepository"),
            "str",
            "The registry of the images.",
            "the registry of the minor (k8s.gcr.io or registry.k8s.io)",
        ),
        "cri_socket": Variable(
            kinds.cri_socket,
            (_INIT, "nodeRegistration", "criSocket"),
            "str",
            "The socket of the container runtime.",
            "the one that is there; the minor's default where there is none",
        ),
        "taints": Variable(
            kinds.taints,
            (_INIT, "nodeRegistration", "taints"),
            "list",
            "The taints of the node, each with C(key), C(value), C(effect). An empty list leaves it without any.",
            "the minor's taint for control planes",
            ("mark_control_plane",),
            "dict",
        ),
        "kubelet_extra_args": Variable(
            kinds.arguments,
            (_INIT, "nodeRegistration", "kubeletExtraArgs"),
            "raw",
            "Further flags of the kubelet: a dictionary, or a list of C(name) and C(value).",
            "none",
            ("kubelet_start",),
        ),
        "kubelet_configuration": Variable(
            kinds.mapping,
            ("KubeletConfiguration",),
            "dict",
            "Fields of the KubeletConfiguration (V(kubelet.config.k8s.io/v1beta1)) that differ from the defaults.",
            "{}",
            ("kubelet_start", "upload_config"),
        ),
        "kube_proxy_configuration": Variable(
            kinds.mapping,
            ("KubeProxyConfiguration",),
            "dict",
            "Fields of the KubeProxyConfiguration (V(kubeproxy.config.k8s.io/v1alpha1)) that differ from the defaults.",
            "{}",
            ("addons",),
        ),
        **_component("apiserver", "apiServer"),
        "apiserver_cert_sans": Variable(
            kinds.list_of(kinds.subject_alternative_name),
            (_CLUSTER, "apiServer", "certSANs"),
            "list",
            "Further names and addresses in the API server's certificate.",
            "none",
            ("certs", "upload_config"),
            "str",
        ),
        **_component("controller_manager", "controllerManager"),
        **_component("scheduler", "scheduler"),
        "etcd_data_dir": Variable(
            kinds.absolute_path,
            (_CLUSTER, "etcd", "local", "dataDir"),
            "path",
            "The data folder of the local etcd.",
            "/var/lib/etcd",
        ),
        "etcd_image_repository": Variable(
            kinds.image_repository,
            (_CLUSTER, "etcd", "local", "imageRepository"),
            "str",
            "The registry of the etcd image.",
            "that of all images",
            ("images", "etcd", "upload_config"),
        ),
        "etcd_image_tag": Variable(
            kinds.image_tag,
            (_CLUSTER, "etcd", "local", "imageTag"),
            "str",
            "The tag of the etcd image.",
            "the minor's",
            ("images", "etcd", "upload_config"),
        ),
        "etcd_extra_args": Variable(
            kinds.arguments,
            (_CLUSTER, "etcd", "local", "extraArgs"),
            "raw",
            "Further flags of the local etcd: a dictionary, or a list of C(name) and C(value).",
            "none",
            ("etcd", "control_plane", "upload_config"),
        ),
        "etcd_extra_envs": Variable(
            kinds.environment,
            (_CLUSTER, "etcd", "local", "extraEnvs"),
            "list",
            "Further environment variables of the local etcd, each with C(name) and C(value).",
            "none",
            ("etcd", "upload_config"),
            "dict",
        ),
        "etcd_server_cert_sans": Variable(
            kinds.list_of(kinds.subject_alternative_name),
            (_CLUSTER, "etcd", "local", "serverCertSANs"),
            "list",
            "Further names and addresses in etcd's server certificate.",
            "none",
            ("certs", "upload_config"),
            "str",
        ),
        "etcd_peer_cert_sans": Variable(
            kinds.list_of(kinds.subject_alternative_name),
            (_CLUSTER, "etcd", "local", "peerCertSANs"),
            "list",
            "Further names and addresses in etcd's peer certificate.",
            "none",
            ("certs", "upload_config"),
            "str",
        ),
        "etcd_external": Variable(
            kinds.external_etcd,
            (_CLUSTER, "etcd", "external"),
            "dict",
            "An etcd that runs elsewhere: C(endpoints), C(caFile), C(certFile), C(keyFile). Excludes the other etcd variables.",
            "a local etcd",
        ),
        "dns_type": Variable(
            kinds.choice("CoreDNS", "kube-dns"),
            ("dnsType",),
            "str",
            "The DNS server; kube-dns until 1.20.",
            "CoreDNS",
            ("images", "addons", "upload_config"),
        ),
        "dns_image_repository": Variable(
            kinds.image_repository,
            (_CLUSTER, "dns", "imageRepository"),
            "str",
            "The registry of the DNS images.",
            "that of all images",
            ("images", "addons", "upload_config"),
        ),
        "dns_image_tag": Variable(
            kinds.image_tag,
            (_CLUSTER, "dns", "imageTag"),
            "str",
            "The tag of the DNS images.",
            "the minor's",
            ("images", "addons", "upload_config"),
        ),
        "feature_gates": Variable(
            kinds.boolean_mapping,
            (_CLUSTER, "featureGates"),
            "dict",
            "kubeadm's own feature gates of the minor.",
            "{}",
            _MANIFESTS,
        ),
        "audit": Variable(
            kinds.boolean,
            ("audit", "enabled"),
            "bool",
            "Whether the API server writes an audit log.",
            "false",
            ("audit", *_MANIFESTS),
        ),
        "audit_policy": Variable(
            kinds.mapping,
            ("audit", "policy"),
            "dict",
            "The audit policy (C(audit.k8s.io) kind C(Policy)).",
            "one rule: level Metadata for everything",
            ("audit",),
        ),
        "audit_log_dir": Variable(
            kinds.absolute_path,
            ("audit", "logDir"),
            "path",
            "The folder of the audit log on the host.",
            "/var/log/kubernetes/audit",
            ("audit", *_MANIFESTS),
        ),
        "audit_log_max_age": Variable(
            kinds.integer(0, 3650),
            ("audit", "logMaxAge"),
            "int",
            "For how many days audit logs are kept; V(0) keeps them for ever.",
            "2",
            ("audit", *_MANIFESTS),
        ),
        "bootstrap_tokens": Variable(
            kinds.bootstrap_tokens,
            ("bootstrapTokens",),
            "list",
            "Bootstrap tokens to create, each with C(token), C(description), C(ttl) or C(expires), C(usages), C(groups). "
            "Without it a random token is made unless one in the cluster can still join nodes.",
            "one random token for 24h",
            ("bootstrap_token", "show_join"),
            "dict",
            True,
        ),
        "skip_token_print": Variable(
            kinds.boolean,
            ("skipTokenPrint",),
            "bool",
            "Leaves the token out of the join command that is printed and returned.",
            "false",
            ("show_join",),
        ),
        "ignore_preflight_errors": Variable(
            kinds.list_of(kinds.text),
            ("ignorePreflightErrors",),
            "list",
            "Names of preflight checks whose failure does not stop the run, in any case; V(all) for all of them.",
            "[]",
            ("preflight", "images"),
            "str",
        ),
        "wait_timeout": Variable(
            kinds.duration,
            (_INIT, "timeouts", "controlPlaneComponentHealthCheck"),
            "str",
            "For how long to wait for the control plane to become healthy.",
            "4m0s",
            ("wait_control_plane", "control_plane"),
        ),
    }.items()
}

__all__ = ("PREFIX", "VARIABLES", "Variable")
