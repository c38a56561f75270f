# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The collection's variables: one table for validation, documentation and the argument specs of the roles."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds, targets

PREFIX = "kubewright_"


class Words(str):
    """Says how a default is worked out."""


class Variable(t.NamedTuple):
    """A variable of the user.

    check: the kind of its value. target: where it lies in the resolved configuration. type and elements: as an
    argument spec has them. phases: the roles that use it; empty for all of them. default: the value without it, or
    C(Words) where it is worked out. secret: whether its value must never be shown.
    """

    check: t.Callable[[str, t.Any], kinds.Checked]
    target: tuple[str, ...]
    type: str
    description: str
    default: t.Any
    phases: tuple[str, ...] = ()
    elements: str | None = None
    secret: bool = False


_CLUSTER = "ClusterConfiguration"
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
            None,
            _MANIFESTS,
        ),
        name + "_extra_volumes": Variable(
            kinds.volumes,
            (_CLUSTER, section, "extraVolumes"),
            "list",
            f"Further host paths for the pod of {title}, each with C(name), C(hostPath), C(mountPath), C(readOnly), C(pathType).",
            None,
            _MANIFESTS,
            "dict",
        ),
        name + "_extra_envs": Variable(
            kinds.environment,
            (_CLUSTER, section, "extraEnvs"),
            "list",
            f"Further environment variables of {title}, each with C(name) and C(value).",
            None,
            _MANIFESTS,
            "dict",
        ),
    }


VARIABLES: t.Mapping[str, Variable] = {
    PREFIX + name: variable
    for name, variable in {
        "cluster": Variable(
            kinds.text,
            targets.CLUSTER,
            "str",
            "The cluster that a host of the group C(control_plane) belongs to. The first host of each cluster is initialised.",
            Words("one cluster for the whole group"),
        ),
        "kubernetes_version": Variable(
            kinds.text,
            targets.KUBERNETES_VERSION,
            "str",
            "The Kubernetes version, like V(v1.20.2), or a label like V(stable-1.20). Minors 1.12 to 1.37.",
            Words("the version of the kubelet that is installed on the host"),
        ),
        "kubeadm_config": Variable(
            kinds.anything,
            targets.KUBEADM_CONFIG,
            "raw",
            "kubeadm's own documents, in any of the API versions v1alpha3 to v1beta4 whatever the minor: the path of a file on the "
            "controller (relative to the playbook, the inventory or the working directory), the YAML itself, or a list of these. "
            "Variables win over it.",
            None,
            secret=True,
        ),
        "version_labels": Variable(
            kinds.labels,
            targets.VERSION_LABELS,
            "dict",
            "Versions for labels like V(stable-1.20) in C(kubewright_kubernetes_version), over those that the collection knows. "
            "No label is looked up on the internet.",
            Words("the last patch release of each minor when the collection was released"),
        ),
        "cluster_name": Variable(
            kinds.text, targets.CLUSTER_NAME, "str", "The cluster's name in kubeconfigs.", "kubernetes"
        ),
        "node_name": Variable(
            kinds.dns_subdomain,
            targets.NODE_NAME,
            "str",
            "The name under which the node registers.",
            Words("the host's own name in lower case"),
        ),
        "advertise_address": Variable(
            kinds.advertise_address,
            targets.ADVERTISE_ADDRESS,
            "str",
            "The address on which the API server tells others to reach it.",
            Words("the first address of the default route's interface"),
        ),
        "bind_port": Variable(kinds.integer(1, 65535), targets.BIND_PORT, "int", "The API server's port.", 6443),
        "control_plane_endpoint": Variable(
            kinds.endpoint,
            targets.CONTROL_PLANE_ENDPOINT,
            "str",
            "The stable C(HOST[:PORT]) of the control plane, for example of a load balancer.",
            Words("the advertise address and port"),
        ),
        "virtual_address": Variable(
            kinds.virtual_address,
            targets.VIRTUAL_ADDRESS,
            "dict",
            "An address that one of the control planes has at a time, another one where that is lost: C(address), the C(interface) that "
            "gets it, and C(image), that of kube-vip, which sees to it as a static pod. It is the endpoint of the control plane where none "
            "is set.",
            None,
            ("images", "certs", "control_plane"),
        ),
        "service_subnet": Variable(
            kinds.subnets, targets.SERVICE_SUBNET, "str", "The subnet of Services.", "10.96.0.0/12"
        ),
        "pod_subnet": Variable(
            kinds.subnets,
            targets.POD_SUBNET,
            "str",
            "The subnet of pods; when it is set, every node gets its part of it.",
            None,
        ),
        "dns_domain": Variable(
            kinds.dns_subdomain,
            targets.DNS_DOMAIN,
            "str",
            "The cluster's DNS domain.",
            "cluster.local",
        ),
        "certificates_dir": Variable(
            kinds.absolute_path,
            targets.CERTIFICATES_DIR,
            "path",
            "The folder of the certificates.",
            "/etc/kubernetes/pki",
        ),
        "encryption_algorithm": Variable(
            kinds.encryption_algorithm,
            targets.ENCRYPTION_ALGORITHM,
            "str",
            "The kind of new private keys.",
            "RSA-2048",
            ("certs", "kubeconfig"),
        ),
        "certificate_validity_period": Variable(
            kinds.duration,
            targets.CERTIFICATE_VALIDITY_PERIOD,
            "str",
            "For how long new leaf certificates are valid.",
            "8760h0m0s",
            ("certs", "kubeconfig"),
        ),
        "ca_certificate_validity_period": Variable(
            kinds.duration,
            targets.CA_CERTIFICATE_VALIDITY_PERIOD,
            "str",
            "For how long a new CA is valid.",
            "87600h0m0s",
            ("certs", "kubeconfig"),
        ),
        "ca_files": Variable(
            kinds.ca_files,
            targets.CA_FILES,
            "dict",
            "CAs of your own, as files on the controller: C(kubernetes), C(front_proxy) and C(etcd), each with C(cert) (its own "
            "certificate first; those above it are not written) and C(key). Without C(key) somebody else signs, and every certificate has "
            "to be on "
            "the host. A CA that is on the host already is never replaced.",
            Words("new CAs, or those on the host"),
            ("certs",),
        ),
        "ca_key_location": Variable(
            kinds.Choice("host", "controller"),
            targets.CA_KEY_LOCATION,
            "str",
            "Where the private keys of the CAs are. With V(controller) they never reach the host, and leaf keys never leave it: requests "
            "go out, and certificates come back. kube-controller-manager signs nothing then.",
            "host",
            ("certs", "kubeconfig"),
        ),
        "ca_dir": Variable(
            kinds.text,
            targets.CA_DIR,
            "path",
            "With V(controller) in C(kubewright_ca_key_location), the folder on the controller where the CAs are kept that "
            "C(kubewright_ca_files) does not name, in a folder of the cluster's name (C(kubewright_cluster)) where it has one. They are "
            "made where they are missing. Relative to the working directory.",
            None,
            ("certs", "kubeconfig"),
        ),
        "csr_dir": Variable(
            kinds.text,
            targets.CSR_DIR,
            "path",
            "A folder on the controller for certificates whose CA's key is neither on the host nor on the controller. Requests for exactly "
            "what is missing or due are written to C(<host>/<name>.csr), and the run ends; the next one takes what was signed from "
            "C(<host>/<name>.crt). Relative to the working directory.",
            None,
            ("certs", "kubeconfig"),
        ),
        "kubeconfigs": Variable(
            kinds.kubeconfigs,
            targets.KUBECONFIGS,
            "list",
            "Kubeconfigs for people and teams, each with C(name) (the user), C(groups), C(validity), C(location) (V(host), or "
            "V(controller), where the private key is made then) and C(path) (absolute on the host, relative to the working directory on "
            "the controller).",
            None,
            ("kubeconfig",),
            "dict",
        ),
        "renew": Variable(
            kinds.renew,
            targets.CERT_RENEW,
            "raw",
            "Makes playbooks/certs.yml renew what is due (V(true) or V(due)) or everything (V(all)), one control plane at a time. "
            "Only with C(-e) on the command line.",
            False,
        ),
        "cert_renew_before": Variable(
            kinds.duration,
            targets.CERT_RENEW_BEFORE,
            "str",
            "Leaf certificates that end within this time are renewed; V(0) renews only those that have ended. "
            "Never more than a third of their validity.",
            "720h0m0s",
            ("certs", "kubeconfig"),
        ),
        "cert_strict_sans": Variable(
            kinds.boolean,
            targets.CERT_STRICT_SANS,
            "bool",
            "Whether a certificate with a name that is not declared (any more) is issued anew.",
            False,
            ("certs",),
        ),
        "lock_timeout": Variable(
            kinds.duration,
            targets.LOCK_TIMEOUT,
            "str",
            "For how long a run waits for another one that is changing the same host, or the same folder of CAs on the controller.",
            "2m0s",
        ),
        "drain_timeout": Variable(
            kinds.positive_duration,
            targets.DRAIN_TIMEOUT,
            "str",
            "For how long the pods of a node may need to end where it is emptied, as before a change of its cgroup driver or CPU manager.",
            "5m0s",
            ("join_control_plane", "join_worker"),
        ),
        "drain_at_once": Variable(
            kinds.integer(1, 5000),
            targets.DRAIN_AT_ONCE,
            "int",
            "How many nodes of a cluster are emptied at a time.",
            1,
            ("join_control_plane", "join_worker"),
        ),
        "image_repository": Variable(
            kinds.image_repository,
            targets.IMAGE_REPOSITORY,
            "str",
            "The registry of the images.",
            Words("the registry of the minor (k8s.gcr.io or registry.k8s.io)"),
        ),
        "cri_socket": Variable(
            kinds.cri_socket,
            targets.CRI_SOCKET,
            "str",
            "The socket of the container runtime.",
            Words("the one that is there; the minor's default where there is none"),
        ),
        "image_pull_policy": Variable(
            kinds.image_pull_policy,
            targets.IMAGE_PULL_POLICY,
            "str",
            "When images are pulled before the control plane starts.",
            "IfNotPresent",
            ("images",),
        ),
        "image_pull_serial": Variable(
            kinds.boolean,
            targets.IMAGE_PULL_SERIAL,
            "bool",
            "Whether images are pulled one after the other; V(false) pulls them side by side.",
            True,
            ("images",),
        ),
        "image_pull_timeout": Variable(
            kinds.positive_duration,
            targets.IMAGE_PULL_TIMEOUT,
            "str",
            "For how long the pull of one image may take, all its tries together.",
            "15m0s",
            ("images",),
        ),
        "image_archives": Variable(
            kinds.list_of(kinds.absolute_path),
            targets.IMAGE_ARCHIVES,
            "list",
            "Archives of images on the host (of C(docker save), C(ctr images export) or in the OCI layout, as one file), for hosts without "
            "a registry. They are imported in this order while an image that is needed is missing; what they lack is pulled. For "
            "containerd this takes its own program C(ctr); CRI-O takes no archives.",
            None,
            ("images",),
            "path",
        ),
        "taints": Variable(
            kinds.taints,
            targets.TAINTS,
            "list",
            "The taints of the node, each with C(key), C(value), C(effect), C(timeAdded). An empty list leaves it without any.",
            Words("the minor's taint for control planes"),
            ("mark_control_plane",),
            "dict",
        ),
        "kubelet_extra_args": Variable(
            kinds.kubelet_arguments,
            targets.KUBELET_EXTRA_ARGS,
            "raw",
            "Further flags of the kubelet: a dictionary, or a list of C(name) and C(value).",
            None,
            ("kubelet_start",),
        ),
        "skip_phases": Variable(
            kinds.list_of(kinds.text),
            targets.SKIP_PHASES,
            "list",
            "Phases that role init, or a role that joins, leaves out, by kubeadm's names, like V(addon/kube-proxy), or by the names of "
            "the roles.",
            [],
            ("addons",),
            "str",
        ),
        "patches_directory": Variable(
            kinds.text,
            targets.PATCHES_DIRECTORY,
            "path",
            "A folder on the controller with patches by kubeadm's rules: C(TARGET[SUFFIX][+TYPE].EXTENSION), where the target is "
            "C(kube-apiserver), C(kube-controller-manager), C(kube-scheduler), C(etcd), or what the minor knows besides, the type "
            "C(strategic), C(merge) or C(json), and the extension C(yaml) or C(json).",
            None,
            ("etcd", "control_plane", "kubelet_start", "addons"),
        ),
        "kubelet_configuration": Variable(
            kinds.mapping,
            targets.KUBELET_CONFIGURATION,
            "dict",
            "Fields of the KubeletConfiguration (V(kubelet.config.k8s.io/v1beta1)) that differ from the defaults.",
            {},
            ("kubelet_start", "upload_config"),
        ),
        "kube_proxy_configuration": Variable(
            kinds.mapping,
            targets.KUBE_PROXY_CONFIGURATION,
            "dict",
            "Fields of the KubeProxyConfiguration (V(kubeproxy.config.k8s.io/v1alpha1)) that differ from the defaults.",
            {},
            ("addons",),
        ),
        **_component("apiserver", "apiServer"),
        "apiserver_cert_sans": Variable(
            kinds.list_of(kinds.subject_alternative_name),
            targets.APISERVER_CERT_SANS,
            "list",
            "Further names and addresses in the API server's certificate.",
            None,
            ("certs", "upload_config"),
            "str",
        ),
        **_component("controller_manager", "controllerManager"),
        **_component("scheduler", "scheduler"),
        "etcd_data_dir": Variable(
            kinds.absolute_path,
            targets.ETCD_DATA_DIR,
            "path",
            "The data folder of the local etcd.",
            "/var/lib/etcd",
        ),
        "etcd_image_repository": Variable(
            kinds.image_repository,
            targets.ETCD_IMAGE_REPOSITORY,
            "str",
            "The registry of the etcd image.",
            Words("that of all images"),
            ("images", "etcd", "upload_config"),
        ),
        "etcd_image_tag": Variable(
            kinds.image_tag,
            targets.ETCD_IMAGE_TAG,
            "str",
            "The tag of the etcd image.",
            Words("the minor's"),
            ("images", "etcd", "upload_config"),
        ),
        "etcd_extra_args": Variable(
            kinds.arguments,
            targets.ETCD_EXTRA_ARGS,
            "raw",
            "Further flags of the local etcd: a dictionary, or a list of C(name) and C(value).",
            None,
            ("etcd", "control_plane", "upload_config"),
        ),
        "etcd_extra_envs": Variable(
            kinds.environment,
            targets.ETCD_EXTRA_ENVS,
            "list",
            "Further environment variables of the local etcd, each with C(name) and C(value).",
            None,
            ("etcd", "upload_config"),
            "dict",
        ),
        "etcd_server_cert_sans": Variable(
            kinds.list_of(kinds.subject_alternative_name),
            targets.ETCD_SERVER_CERT_SANS,
            "list",
            "Further names and addresses in etcd's server certificate.",
            None,
            ("certs", "upload_config"),
            "str",
        ),
        "etcd_peer_cert_sans": Variable(
            kinds.list_of(kinds.subject_alternative_name),
            targets.ETCD_PEER_CERT_SANS,
            "list",
            "Further names and addresses in etcd's peer certificate.",
            None,
            ("certs", "upload_config"),
            "str",
        ),
        "etcd_external": Variable(
            kinds.external_etcd,
            targets.ETCD_EXTERNAL,
            "dict",
            "An etcd that runs elsewhere: C(endpoints), C(caFile), C(certFile), C(keyFile). Excludes the other etcd variables.",
            Words("a local etcd"),
        ),
        "dns_type": Variable(
            kinds.Choice("CoreDNS", "kube-dns"),
            targets.DNS_TYPE,
            "str",
            "The DNS server; kube-dns until 1.20.",
            "CoreDNS",
            ("images", "addons", "upload_config"),
        ),
        "dns_image_repository": Variable(
            kinds.image_repository,
            targets.DNS_IMAGE_REPOSITORY,
            "str",
            "The registry of the DNS images.",
            Words("that of all images"),
            ("images", "addons", "upload_config"),
        ),
        "dns_image_tag": Variable(
            kinds.image_tag,
            targets.DNS_IMAGE_TAG,
            "str",
            "The tag of the DNS images.",
            Words("the minor's"),
            ("images", "addons", "upload_config"),
        ),
        "dns_disabled": Variable(
            kinds.boolean,
            targets.DNS_DISABLED,
            "bool",
            "Leaves DNS to others (since 1.31; before, C(kubewright_skip_phases) does it with V(addon/coredns)).",
            False,
            ("images", "addons", "upload_config"),
        ),
        "proxy_disabled": Variable(
            kinds.boolean,
            targets.PROXY_DISABLED,
            "bool",
            "Leaves kube-proxy out (since 1.31; before, C(kubewright_skip_phases) does it with V(addon/kube-proxy)).",
            False,
            ("images", "addons", "upload_config"),
        ),
        "use_hyperkube_image": Variable(
            kinds.boolean,
            targets.USE_HYPERKUBE_IMAGE,
            "bool",
            "Takes one image, hyperkube, for all components of Kubernetes (1.13 to 1.21).",
            False,
            ("images", "control_plane", "addons", "upload_config"),
        ),
        "unified_control_plane_image": Variable(
            kinds.image,
            targets.UNIFIED_CONTROL_PLANE_IMAGE,
            "str",
            "One image for all components of Kubernetes (1.12).",
            None,
            ("images", "control_plane", "addons", "upload_config"),
        ),
        "feature_gates": Variable(
            kinds.boolean_mapping,
            targets.FEATURE_GATES,
            "dict",
            "kubeadm's own feature gates of the minor.",
            {},
            _MANIFESTS,
        ),
        "audit": Variable(
            kinds.boolean,
            targets.AUDIT_ENABLED,
            "bool",
            "Whether the API server writes an audit log.",
            False,
            ("audit", *_MANIFESTS),
        ),
        "audit_policy": Variable(
            kinds.mapping,
            targets.AUDIT_POLICY,
            "dict",
            "The audit policy (C(audit.k8s.io) kind C(Policy)).",
            Words("one rule: level Metadata for everything"),
            ("audit",),
        ),
        "audit_policy_path": Variable(
            kinds.absolute_path,
            targets.AUDIT_POLICY_PATH,
            "path",
            "An audit policy that is on the host already; excludes C(kubewright_audit_policy).",
            Words("/etc/kubernetes/audit/audit.yaml, which is written"),
            ("audit", *_MANIFESTS),
        ),
        "audit_log_dir": Variable(
            kinds.absolute_path,
            targets.AUDIT_LOG_DIR,
            "path",
            "The folder of the audit log on the host.",
            "/var/log/kubernetes/audit",
            ("audit", *_MANIFESTS),
        ),
        "audit_log_max_age": Variable(
            kinds.integer(0, 3650),
            targets.AUDIT_LOG_MAX_AGE,
            "int",
            "For how many days audit logs are kept; V(0) keeps them for ever.",
            2,
            ("audit", *_MANIFESTS),
        ),
        "bootstrap_tokens": Variable(
            kinds.bootstrap_tokens,
            targets.BOOTSTRAP_TOKENS,
            "list",
            "Bootstrap tokens to create, each with C(token), C(description), C(ttl) or C(expires), C(usages), C(groups). "
            "Without it a random token is made unless one in the cluster can still join nodes.",
            Words("one random token for 24h"),
            ("bootstrap_token", "show_join"),
            "dict",
            True,
        ),
        "skip_token_print": Variable(
            kinds.boolean,
            targets.SKIP_TOKEN_PRINT,
            "bool",
            "Leaves the token out of the join command that is printed and returned.",
            False,
            ("show_join",),
        ),
        "ignore_preflight_errors": Variable(
            kinds.list_of(kinds.text),
            targets.IGNORE_PREFLIGHT_ERRORS,
            "list",
            "Names of preflight checks whose failure does not stop the run, in any case; V(all) for all of them.",
            [],
            ("preflight", "images"),
            "str",
        ),
        "preflight_errors": Variable(
            kinds.list_of(kinds.text),
            targets.PREFLIGHT_ERRORS,
            "list",
            "Names of preflight checks whose warning counts as an error, in any case; V(all) for all of them.",
            [],
            ("preflight",),
            "str",
        ),
        "wait_timeout": Variable(
            kinds.duration,
            targets.CONTROL_PLANE_TIMEOUT,
            "str",
            "For how long to wait for the control plane to become healthy.",
            "4m0s",
            ("wait_control_plane", "control_plane"),
        ),
        "kubelet_wait_timeout": Variable(
            kinds.duration,
            targets.KUBELET_TIMEOUT,
            "str",
            "For how long to wait for the kubelet to become healthy, which then is waited for first (since 1.31).",
            "4m0s",
            ("wait_control_plane",),
        ),
        "api_call_timeout": Variable(
            kinds.duration,
            targets.API_CALL_TIMEOUT,
            "str",
            "For how long requests to the API server are tried again.",
            "1m0s",
            ("upload_config", "mark_control_plane", "bootstrap_token", "addons", "show_join"),
        ),
        "report_dir": Variable(
            kinds.text,
            targets.REPORT_DIR,
            "path",
            "The folder on the controller into which playbooks/preflight.yml writes its report as JSON, JUnit XML and an HTML page, "
            "and playbooks/certs.yml its report as JSON; relative to the working directory.",
            Words("none, the report is only printed"),
            ("preflight",),
        ),
        "plan_file": Variable(
            kinds.text,
            targets.PLAN_FILE,
            "path",
            "The file on the controller into which role init and playbooks/plan.yml write what changes, or would in check mode, on all "
            "hosts, as JSON (docs/plan.schema.json); relative to the working directory. Its folder is made where it is absent, and the "
            "plan of an earlier run goes when a run begins. To be set for all hosts of a play or for none; hosts may have files of "
            "their own.",
            Words("none"),
            ("init",),
        ),
        "plan_fields": Variable(
            kinds.boolean,
            targets.PLAN_FIELDS,
            "bool",
            "Whether what differs is looked at field by field in check mode also without C(--diff), for the plan. It is with "
            "C(kubewright_plan_file), and in playbooks/plan.yml.",
            False,
            ("init",),
        ),
        "plan_fail": Variable(
            kinds.boolean,
            targets.PLAN_FAIL,
            "bool",
            "Whether playbooks/plan.yml fails where something would change, for a pipeline that looks for drift.",
            False,
            ("init",),
        ),
        "join_from": Variable(
            kinds.text,
            targets.JOIN_FROM,
            "str",
            "The host of the inventory that is asked for what a node needs to join: a control plane of the cluster that is well.",
            Words("the first host of the cluster in the group C(control_plane)"),
            ("join_worker",),
        ),
        "reset_also": Variable(
            kinds.list_of(kinds.Choice("cni", "interfaces", "rules", "ipvs", "logs")),
            targets.RESET_ALSO,
            "list",
            "What role reset removes besides, which C(kubeadm reset) leaves to people: any of V(cni), V(interfaces), V(rules), V(ipvs) and "
            "V(logs), as M(kubewright.control_plane.host_reset) says.",
            [],
            ("reset",),
            "str",
        ),
        "reset_force": Variable(
            kinds.boolean,
            targets.RESET_FORCE,
            "bool",
            "Whether role reset goes on where no other control plane answers that takes the node out of the cluster, as with the last one. "
            "Pods are not evicted first then.",
            False,
            ("reset",),
        ),
        "render_dir": Variable(
            kinds.text,
            targets.RENDER_DIR,
            "path",
            "The folder on the controller into which role render writes, relative to the working directory; each host gets a folder "
            "of its name in it.",
            Words("none, it has to be given"),
            ("render",),
        ),
        "render_secrets": Variable(
            kinds.boolean,
            targets.RENDER_SECRETS,
            "bool",
            "Whether role render also makes and writes certificates, keys, kubeconfigs and bootstrap tokens.",
            False,
            ("render",),
        ),
        "render_facts": Variable(
            kinds.render_facts,
            targets.RENDER_FACTS,
            "dict",
            "What role render shall take for true of the host, which it does not ask: C(hostname), C(default_address), "
            "C(directories) (the folders with CA certificates that there are), C(sockets), C(systemd_resolved), "
            "C(docker_cgroup_driver), C(proxy_environment), C(external_ca), C(ca_key).",
            Words("the name and the address of the inventory"),
            ("render",),
        ),
    }.items()
}


def default_of(target: targets.Target) -> t.Any:
    """The default of what lies at a place of the resolved configuration; None where it is worked out."""
    default = _BY_TARGET[target].default
    return None if isinstance(default, Words) else default


def default_in_words(variable: Variable) -> str:
    """The default of a variable as the documentation says it."""
    if variable.default is None:
        return "none"
    return str(variable.default).lower() if isinstance(variable.default, bool) else str(variable.default)


_BY_TARGET = {variable.target: variable for variable in VARIABLES.values()}

__all__ = ("PREFIX", "VARIABLES", "Variable", "Words", "default_in_words", "default_of")
