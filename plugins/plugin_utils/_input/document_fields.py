# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The fields of kubeadm's documents in every API version, and where each lies in the resolved configuration.

One table for all versions: reading a document of any of them is looking up its fields here.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds, targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.targets import Target

# In the order in which kubeadm introduced them: 1.12, 1.13, 1.15, 1.22, 1.31.
API_VERSIONS = ("v1alpha3", "v1beta1", "v1beta2", "v1beta3", "v1beta4")

INIT = "InitConfiguration"
CLUSTER = "ClusterConfiguration"


class DocumentField(t.NamedTuple):
    """A field of a document.

    kind, path: the document and the dotted path in it. first, last: the API versions that have it.
    check: the kind of its value. target: where it lies in the resolved configuration; None for a value that C(spread)
    lays down itself.
    """

    kind: str
    path: str
    first: str
    last: str
    check: t.Callable[[str, t.Any], kinds.Checked]
    target: Target | None
    spread: t.Callable[[t.Any], list[tuple[Target, t.Any]]] | None = None

    def versions(self) -> tuple[str, ...]:
        """The API versions that have the field."""
        return API_VERSIONS[API_VERSIONS.index(self.first) : API_VERSIONS.index(self.last) + 1]


def _spread_image(image: dict[str, str]) -> list[tuple[Target, t.Any]]:
    """The whole image name of v1alpha3 as the two fields that followed it."""
    return [(targets.ETCD_IMAGE_REPOSITORY, image["repository"]), (targets.ETCD_IMAGE_TAG, image["tag"])]


def _init(path: str, first: str, last: str, check: t.Any, target: Target) -> DocumentField:
    return DocumentField(INIT, path, first, last, check, target)


def _cluster(path: str, first: str, last: str, check: t.Any, target: Target) -> DocumentField:
    return DocumentField(CLUSTER, path, first, last, check, target)


def _components() -> list[DocumentField]:
    """The fields that kube-apiserver, kube-controller-manager and kube-scheduler have in common."""
    fields = []
    for section in ("apiServer", "controllerManager", "scheduler"):
        arguments = (CLUSTER, section, "extraArgs")
        volumes = (CLUSTER, section, "extraVolumes")
        fields += [
            _cluster(section + "ExtraArgs", "v1alpha3", "v1alpha3", kinds.argument_map, arguments),
            _cluster(section + "ExtraVolumes", "v1alpha3", "v1alpha3", kinds.writable_volumes, volumes),
            _cluster(section + ".extraArgs", "v1beta1", "v1beta3", kinds.argument_map, arguments),
            _cluster(section + ".extraArgs", "v1beta4", "v1beta4", kinds.argument_list, arguments),
            _cluster(section + ".extraVolumes", "v1beta1", "v1beta4", kinds.volumes, volumes),
            _cluster(section + ".extraEnvs", "v1beta4", "v1beta4", kinds.environment, (CLUSTER, section, "extraEnvs")),
        ]
    return fields


def _timeouts() -> list[DocumentField]:
    names = (
        "controlPlaneComponentHealthCheck",
        "kubeletHealthCheck",
        "kubernetesAPICall",
        "etcdAPICall",
        "tlsBootstrap",
        "discovery",
        "upgradeManifests",
    )
    return [_init("timeouts." + name, "v1beta4", "v1beta4", kinds.duration, (INIT, "timeouts", name)) for name in names]


# Sources: the API types of kubeadm 1.12 (v1alpha3), 1.13 (v1beta1), 1.20 (v1beta2), 1.28 (v1beta3), 1.36 (v1beta4).
FIELDS: tuple[DocumentField, ...] = (
    # InitConfiguration.
    _init("bootstrapTokens", "v1alpha3", "v1beta4", kinds.bootstrap_tokens, targets.BOOTSTRAP_TOKENS),
    _init("dryRun", "v1beta4", "v1beta4", kinds.boolean, targets.DRY_RUN),
    _init("nodeRegistration.name", "v1alpha3", "v1beta4", kinds.dns_subdomain, targets.NODE_NAME),
    _init("nodeRegistration.criSocket", "v1alpha3", "v1beta4", kinds.cri_socket, targets.CRI_SOCKET),
    _init("nodeRegistration.taints", "v1alpha3", "v1beta4", kinds.taints, targets.TAINTS),
    _init(
        "nodeRegistration.kubeletExtraArgs",
        "v1alpha3",
        "v1beta3",
        kinds.kubelet_argument_map,
        targets.KUBELET_EXTRA_ARGS,
    ),
    _init(
        "nodeRegistration.kubeletExtraArgs",
        "v1beta4",
        "v1beta4",
        kinds.kubelet_argument_list,
        targets.KUBELET_EXTRA_ARGS,
    ),
    _init(
        "nodeRegistration.ignorePreflightErrors",
        "v1beta2",
        "v1beta4",
        kinds.preflight_errors_of_a_document,
        targets.IGNORE_PREFLIGHT_ERRORS,
    ),
    _init("nodeRegistration.imagePullPolicy", "v1beta3", "v1beta4", kinds.image_pull_policy, targets.IMAGE_PULL_POLICY),
    _init("nodeRegistration.imagePullSerial", "v1beta4", "v1beta4", kinds.boolean, targets.IMAGE_PULL_SERIAL),
    _init("apiEndpoint.advertiseAddress", "v1alpha3", "v1alpha3", kinds.advertise_address, targets.ADVERTISE_ADDRESS),
    _init("apiEndpoint.bindPort", "v1alpha3", "v1alpha3", kinds.port, targets.BIND_PORT),
    _init(
        "localAPIEndpoint.advertiseAddress", "v1beta1", "v1beta4", kinds.advertise_address, targets.ADVERTISE_ADDRESS
    ),
    _init("localAPIEndpoint.bindPort", "v1beta1", "v1beta4", kinds.port, targets.BIND_PORT),
    _init("certificateKey", "v1beta2", "v1beta4", kinds.certificate_key, targets.CERTIFICATE_KEY),
    _init("skipPhases", "v1beta3", "v1beta4", kinds.list_of(kinds.text), targets.SKIP_PHASES),
    _init("patches.directory", "v1beta3", "v1beta4", kinds.text, targets.PATCHES_DIRECTORY),
    *_timeouts(),
    # ClusterConfiguration.
    _cluster("kubernetesVersion", "v1alpha3", "v1beta4", kinds.text, targets.KUBERNETES_VERSION),
    _cluster("clusterName", "v1alpha3", "v1beta4", kinds.text, targets.CLUSTER_NAME),
    _cluster("controlPlaneEndpoint", "v1alpha3", "v1beta4", kinds.endpoint, targets.CONTROL_PLANE_ENDPOINT),
    _cluster("networking.serviceSubnet", "v1alpha3", "v1beta4", kinds.subnets, targets.SERVICE_SUBNET),
    _cluster("networking.podSubnet", "v1alpha3", "v1beta4", kinds.subnets, targets.POD_SUBNET),
    _cluster("networking.dnsDomain", "v1alpha3", "v1beta4", kinds.dns_subdomain, targets.DNS_DOMAIN),
    _cluster("certificatesDir", "v1alpha3", "v1beta4", kinds.absolute_path, targets.CERTIFICATES_DIR),
    _cluster("imageRepository", "v1alpha3", "v1beta4", kinds.image_repository, targets.IMAGE_REPOSITORY),
    _cluster("unifiedControlPlaneImage", "v1alpha3", "v1alpha3", kinds.image, targets.UNIFIED_CONTROL_PLANE_IMAGE),
    _cluster("useHyperKubeImage", "v1beta1", "v1beta2", kinds.boolean, targets.USE_HYPERKUBE_IMAGE),
    _cluster("featureGates", "v1alpha3", "v1beta4", kinds.boolean_mapping, targets.FEATURE_GATES),
    *_components(),
    _cluster(
        "apiServerCertSANs",
        "v1alpha3",
        "v1alpha3",
        kinds.list_of(kinds.subject_alternative_name),
        targets.APISERVER_CERT_SANS,
    ),
    _cluster(
        "apiServer.certSANs",
        "v1beta1",
        "v1beta4",
        kinds.list_of(kinds.subject_alternative_name),
        targets.APISERVER_CERT_SANS,
    ),
    _cluster("apiServer.timeoutForControlPlane", "v1beta1", "v1beta3", kinds.duration, targets.CONTROL_PLANE_TIMEOUT),
    DocumentField(CLUSTER, "etcd.local.image", "v1alpha3", "v1alpha3", kinds.etcd_image, None, _spread_image),
    _cluster("etcd.local.imageRepository", "v1beta1", "v1beta4", kinds.image_repository, targets.ETCD_IMAGE_REPOSITORY),
    _cluster("etcd.local.imageTag", "v1beta1", "v1beta4", kinds.image_tag, targets.ETCD_IMAGE_TAG),
    _cluster("etcd.local.dataDir", "v1alpha3", "v1beta4", kinds.absolute_path, targets.ETCD_DATA_DIR),
    _cluster("etcd.local.extraArgs", "v1alpha3", "v1beta3", kinds.argument_map, targets.ETCD_EXTRA_ARGS),
    _cluster("etcd.local.extraArgs", "v1beta4", "v1beta4", kinds.argument_list, targets.ETCD_EXTRA_ARGS),
    _cluster("etcd.local.extraEnvs", "v1beta4", "v1beta4", kinds.environment, targets.ETCD_EXTRA_ENVS),
    _cluster(
        "etcd.local.serverCertSANs",
        "v1alpha3",
        "v1beta4",
        kinds.list_of(kinds.subject_alternative_name),
        targets.ETCD_SERVER_CERT_SANS,
    ),
    _cluster(
        "etcd.local.peerCertSANs",
        "v1alpha3",
        "v1beta4",
        kinds.list_of(kinds.subject_alternative_name),
        targets.ETCD_PEER_CERT_SANS,
    ),
    _cluster("etcd.external", "v1alpha3", "v1beta3", kinds.external_etcd_until_v1beta3, targets.ETCD_EXTERNAL),
    _cluster("etcd.external", "v1beta4", "v1beta4", kinds.external_etcd, targets.ETCD_EXTERNAL),
    _cluster("dns.type", "v1beta1", "v1beta2", kinds.Choice("CoreDNS", "kube-dns"), targets.DNS_TYPE),
    _cluster("dns.imageRepository", "v1beta1", "v1beta4", kinds.image_repository, targets.DNS_IMAGE_REPOSITORY),
    _cluster("dns.imageTag", "v1beta1", "v1beta4", kinds.image_tag, targets.DNS_IMAGE_TAG),
    _cluster("dns.disabled", "v1beta4", "v1beta4", kinds.boolean, targets.DNS_DISABLED),
    _cluster("proxy.disabled", "v1beta4", "v1beta4", kinds.boolean, targets.PROXY_DISABLED),
    _cluster("auditPolicy.path", "v1alpha3", "v1alpha3", kinds.absolute_path, targets.AUDIT_POLICY_PATH),
    _cluster("auditPolicy.logDir", "v1alpha3", "v1alpha3", kinds.absolute_path, targets.AUDIT_LOG_DIR),
    _cluster("auditPolicy.logMaxAge", "v1alpha3", "v1alpha3", kinds.integer(0, 3650), targets.AUDIT_LOG_MAX_AGE),
    _cluster("encryptionAlgorithm", "v1beta4", "v1beta4", kinds.encryption_algorithm, targets.ENCRYPTION_ALGORITHM),
    _cluster("certificateValidityPeriod", "v1beta4", "v1beta4", kinds.duration, targets.CERTIFICATE_VALIDITY_PERIOD),
    _cluster(
        "caCertificateValidityPeriod", "v1beta4", "v1beta4", kinds.duration, targets.CA_CERTIFICATE_VALIDITY_PERIOD
    ),
)


def fields(kind: str, api: str) -> dict[str, DocumentField]:
    """The fields of a document in an API version, by dotted path."""
    return {field.path: field for field in FIELDS if field.kind == kind and api in field.versions()}


def elsewhere(kind: str, path: str) -> str:
    """Where a field that a document has not is at home, as a sentence for a message; empty where it is unknown."""
    homes = {(field.kind, version) for field in FIELDS if field.path == path for version in field.versions()}
    same = [version for version in API_VERSIONS if (kind, version) in homes]
    if same:
        return f" It is a field of {same[0]}." if len(same) == 1 else f" It is a field of {same[0]} to {same[-1]}."
    other = sorted({home for home, _version in homes})
    return f" It belongs to {other[0]}." if other else ""


__all__ = ("API_VERSIONS", "CLUSTER", "FIELDS", "INIT", "DocumentField", "elsewhere", "fields")
