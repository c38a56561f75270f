# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Where each setting lies in the resolved configuration, whatever it was given by.

The first part is the document (in the shape of kubeadm's newest API version) or the name of a setting that kubeadm's
documents do not have.
"""

from __future__ import annotations

Target = tuple[str, ...]

_CLUSTER = "ClusterConfiguration"
_INIT = "InitConfiguration"
_NODE = (_INIT, "nodeRegistration")
_LOCAL_ETCD = (_CLUSTER, "etcd", "local")

# InitConfiguration.
BOOTSTRAP_TOKENS: Target = ("bootstrapTokens",)
DRY_RUN: Target = (_INIT, "dryRun")
NODE_NAME: Target = (*_NODE, "name")
CRI_SOCKET: Target = (*_NODE, "criSocket")
TAINTS: Target = (*_NODE, "taints")
KUBELET_EXTRA_ARGS: Target = (*_NODE, "kubeletExtraArgs")
IMAGE_PULL_POLICY: Target = (*_NODE, "imagePullPolicy")
IMAGE_PULL_SERIAL: Target = (*_NODE, "imagePullSerial")
IGNORE_PREFLIGHT_ERRORS: Target = ("ignorePreflightErrors",)
PREFLIGHT_ERRORS: Target = ("preflightErrors",)
ADVERTISE_ADDRESS: Target = (_INIT, "localAPIEndpoint", "advertiseAddress")
BIND_PORT: Target = (_INIT, "localAPIEndpoint", "bindPort")
CERTIFICATE_KEY: Target = ("certificateKey",)
SKIP_PHASES: Target = ("skipPhases",)
PATCHES_DIRECTORY: Target = ("patchesDirectory",)
CONTROL_PLANE_TIMEOUT: Target = (_INIT, "timeouts", "controlPlaneComponentHealthCheck")
KUBELET_TIMEOUT: Target = (_INIT, "timeouts", "kubeletHealthCheck")
API_CALL_TIMEOUT: Target = (_INIT, "timeouts", "kubernetesAPICall")

# ClusterConfiguration.
KUBERNETES_VERSION: Target = (_CLUSTER, "kubernetesVersion")
CLUSTER_NAME: Target = (_CLUSTER, "clusterName")
CONTROL_PLANE_ENDPOINT: Target = (_CLUSTER, "controlPlaneEndpoint")
SERVICE_SUBNET: Target = (_CLUSTER, "networking", "serviceSubnet")
POD_SUBNET: Target = (_CLUSTER, "networking", "podSubnet")
DNS_DOMAIN: Target = (_CLUSTER, "networking", "dnsDomain")
CERTIFICATES_DIR: Target = (_CLUSTER, "certificatesDir")
IMAGE_REPOSITORY: Target = (_CLUSTER, "imageRepository")
UNIFIED_CONTROL_PLANE_IMAGE: Target = (_CLUSTER, "unifiedControlPlaneImage")
USE_HYPERKUBE_IMAGE: Target = (_CLUSTER, "useHyperKubeImage")
FEATURE_GATES: Target = (_CLUSTER, "featureGates")
APISERVER_CERT_SANS: Target = (_CLUSTER, "apiServer", "certSANs")
ETCD_DATA_DIR: Target = (*_LOCAL_ETCD, "dataDir")
ETCD_IMAGE_REPOSITORY: Target = (*_LOCAL_ETCD, "imageRepository")
ETCD_IMAGE_TAG: Target = (*_LOCAL_ETCD, "imageTag")
ETCD_EXTRA_ARGS: Target = (*_LOCAL_ETCD, "extraArgs")
ETCD_EXTRA_ENVS: Target = (*_LOCAL_ETCD, "extraEnvs")
ETCD_SERVER_CERT_SANS: Target = (*_LOCAL_ETCD, "serverCertSANs")
ETCD_PEER_CERT_SANS: Target = (*_LOCAL_ETCD, "peerCertSANs")
ETCD_EXTERNAL: Target = (_CLUSTER, "etcd", "external")
DNS_TYPE: Target = ("dnsType",)
DNS_IMAGE_REPOSITORY: Target = (_CLUSTER, "dns", "imageRepository")
DNS_IMAGE_TAG: Target = (_CLUSTER, "dns", "imageTag")
DNS_DISABLED: Target = (_CLUSTER, "dns", "disabled")
PROXY_DISABLED: Target = (_CLUSTER, "proxy", "disabled")
ENCRYPTION_ALGORITHM: Target = (_CLUSTER, "encryptionAlgorithm")
CERTIFICATE_VALIDITY_PERIOD: Target = (_CLUSTER, "certificateValidityPeriod")
CA_CERTIFICATE_VALIDITY_PERIOD: Target = (_CLUSTER, "caCertificateValidityPeriod")

# The configurations of other components.
KUBELET_CONFIGURATION: Target = ("KubeletConfiguration",)
KUBE_PROXY_CONFIGURATION: Target = ("KubeProxyConfiguration",)

# What only this collection has, or kubeadm's documents only had in 1.12.
AUDIT_ENABLED: Target = ("audit", "enabled")
AUDIT_POLICY: Target = ("audit", "policy")
AUDIT_POLICY_PATH: Target = ("audit", "path")
AUDIT_LOG_DIR: Target = ("audit", "logDir")
AUDIT_LOG_MAX_AGE: Target = ("audit", "logMaxAge")
CA_DIR: Target = ("caDir",)
CA_FILES: Target = ("caFiles",)
CA_KEY_LOCATION: Target = ("caKeyLocation",)
CERT_RENEW: Target = ("certRenew",)
CERT_RENEW_BEFORE: Target = ("certRenewBefore",)
CERT_STRICT_SANS: Target = ("certStrictSans",)
CLUSTER: Target = ("cluster",)
CSR_DIR: Target = ("csrDir",)
DRAIN_AT_ONCE: Target = ("drainAtOnce",)
DRAIN_TIMEOUT: Target = ("drainTimeout",)
JOIN_FROM: Target = ("joinFrom",)
IMAGE_ARCHIVES: Target = ("imageArchives",)
LOCK_TIMEOUT: Target = ("lockTimeout",)
IMAGE_PULL_TIMEOUT: Target = ("imagePullTimeout",)
KUBEADM_CONFIG: Target = ("kubeadmConfig",)
KUBECONFIGS: Target = ("kubeconfigs",)
PLAN_FAIL: Target = ("plan", "fail")
PLAN_FIELDS: Target = ("plan", "fields")
PLAN_FILE: Target = ("plan", "file")
REPORT_DIR: Target = ("report", "directory")
RENDER_DIR: Target = ("render", "directory")
RENDER_FACTS: Target = ("render", "facts")
RENDER_SECRETS: Target = ("render", "secrets")
RESET_ALSO: Target = ("reset", "also")
RESET_FORCE: Target = ("reset", "force")
SKIP_TOKEN_PRINT: Target = ("skipTokenPrint",)
VERSION_LABELS: Target = ("versionLabels",)
VIRTUAL_ADDRESS: Target = ("virtualAddress",)
