# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""From the user's input and the facts of a host to the resolved configuration, or every fault at once."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import DEFAULT_GROUP, USAGES
from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import (
    Fault,
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import merged
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import DOCKERSHIM_SOCKET, Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.bootstrap_token import LIFETIME
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.patches import (
    no_directory,
    read_patches,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.labels import resolved_version
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import (
    FIRST_MINOR,
    LAST_MINOR,
    Release,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve import cross_checks as checks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.audit import (
    audit_faults,
    audit_settings,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_documents import (
    checked_document,
    ignored_values,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_rules import (
    kube_proxy_faults,
    kubelet_faults,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.declared_kubeconfigs import (
    kubeconfig_faults,
    resolved_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.overridden import overridden
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.skipped_phases import skipped_phases

Values = dict[str, t.Any]

CONTAINERD_SOCKET = "/run/containerd/containerd.sock"
FLEXVOLUME_DIRECTORY = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"
_TIMEOUTS = (targets.CONTROL_PLANE_TIMEOUT, targets.KUBELET_TIMEOUT, targets.API_CALL_TIMEOUT)


def watched_directories() -> list[str]:
    """The folders whose presence on a host matters to some minor."""
    found = {path for _since, paths in Features.ca_directories.since for path in paths}
    return sorted(found | {FLEXVOLUME_DIRECTORY})


def watched_sockets() -> list[str]:
    """The sockets of container runtimes that some minor looks for."""
    return sorted({path for _since, paths in Features.detected_cri_sockets.since for path in paths})


def certificates_dir(read: Input) -> str:
    """The folder of the certificates, known before anything else is resolved."""
    return str(read.value(targets.CERTIFICATES_DIR))


def etcd_data_dir(read: Input) -> str:
    """The folder of a local etcd, known before anything else is resolved."""
    return str(read.value(targets.ETCD_DATA_DIR))


def _release(read: Input, facts: t.Mapping[str, t.Any], faults: list[Fault]) -> Release | None:
    name = read.name(targets.KUBERNETES_VERSION)
    text = read.get(targets.KUBERNETES_VERSION) or facts["kubelet_version"]
    if text is None:
        if not read.has_fault(targets.KUBERNETES_VERSION):
            found, cure = (
                "nothing, and no kubelet on the host",
                "Set it, or install the kubelet, whose version is the default.",
            )
            if not facts.get("host_was_asked", True):
                found, cure = "nothing, and no host that is asked", "Set it."
            faults.append(Fault(name, found, "a version", cure))
        return None
    try:
        version = resolved_version(str(text), read.get(targets.VERSION_LABELS) or {})
    except KubewrightError as error:
        cure = f"Give the version itself, or set {read.name(targets.VERSION_LABELS)}."
        faults.append(Fault(name, f"{text}, which {error}", "a version or a known label", cure))
        return None
    try:
        return Release(version, read.get(targets.FEATURE_GATES))
    except KubewrightError as error:
        wanted = "v1.%d.0 to v1.%d.x" % (FIRST_MINOR, LAST_MINOR)
        faults.append(Fault(name, f"{text} ({error})", wanted, "Choose a supported version."))
        return None


def _cri_socket(read: Input, release: Release, facts: t.Mapping[str, t.Any], faults: list[Fault]) -> str:
    default = str(release.default_cri_socket)
    present = [path for path in release.detected_cri_sockets if path in facts["sockets"]]
    if docker_engine.SOCKET in present:
        # Docker brings its own containerd, whose socket is there too.
        present = [path for path in present if path != CONTAINERD_SOCKET]
    if len(present) > 1:
        found = "nothing, and several sockets: {}".format(", ".join(present))
        faults.append(Fault(read.name(targets.CRI_SOCKET), found, "one of them", "Set it to the one to use."))
    if not present:
        return default
    if present[0] == docker_engine.SOCKET:
        return DOCKERSHIM_SOCKET
    if present[0] == CONTAINERD_SOCKET and release.cri_socket_scheme_required:
        return default
    return str(present[0])


def _node_name_faults(read: Input, facts: t.Mapping[str, t.Any]) -> list[Fault]:
    if read.get(targets.NODE_NAME) or read.has_fault(targets.NODE_NAME):
        return []
    if network.is_dns_subdomain(facts["hostname"]):
        return []
    found = "nothing, and the host name {!r}".format(facts["hostname"])
    wanted, cure = "a DNS name of a-z, 0-9, '-' and '.'", "Set it, or give the host such a name."
    return [Fault(read.name(targets.NODE_NAME), found, wanted, cure)]


def _node_registration(read: Input, release: Release, facts: t.Mapping[str, t.Any], faults: list[Fault]) -> Values:
    registration = read.section("InitConfiguration", "nodeRegistration")
    registration.setdefault("name", facts["hostname"])
    if "criSocket" not in registration:
        registration["criSocket"] = _cri_socket(read, release, facts, faults)
    if release.cri_socket_scheme_required and registration["criSocket"].startswith("/"):
        registration["criSocket"] = "unix://" + registration["criSocket"]
    if "taints" not in registration:
        registration["taints"] = [{"key": key, "effect": "NoSchedule"} for key in release.node_taints]
    for target in (targets.IMAGE_PULL_POLICY, targets.IMAGE_PULL_SERIAL):
        registration[target[-1]] = read.value(target)
    return registration


def _local_api_endpoint(read: Input, facts: t.Mapping[str, t.Any], faults: list[Fault]) -> Values:
    endpoint = dict(read.section("InitConfiguration", "localAPIEndpoint"), bindPort=read.value(targets.BIND_PORT))
    if "advertiseAddress" not in endpoint:
        endpoint["advertiseAddress"] = facts["default_address"]
        if facts["default_address"] is None:
            if not read.has_fault(targets.ADVERTISE_ADDRESS):
                name = read.name(targets.ADVERTISE_ADDRESS)
                found, cure = "nothing, and no default route", "Set it."
                if not facts.get("host_was_asked", True):
                    found, cure = "nothing, and no address as ansible_host", "Set it, or ansible_host to an address."
                faults.append(Fault(name, found, "an IP address of the host", cure))
            endpoint["advertiseAddress"] = "127.0.0.1"
    return endpoint


def _etcd(read: Input) -> Values:
    external = read.get(targets.ETCD_EXTERNAL)
    if external is not None:
        return {"external": external}
    return {
        "local": dict(read.section("ClusterConfiguration", "etcd", "local"), dataDir=read.value(targets.ETCD_DATA_DIR))
    }


def _cluster(read: Input, release: Release, networking: Values, bind_port: int) -> Values:
    cluster = read.section("ClusterConfiguration")
    cluster.update(
        kubernetesVersion=release.version.text,
        networking=networking,
        etcd=_etcd(read),
        apiServer=dict(cluster.get("apiServer") or {}),
    )
    cluster.setdefault("imageRepository", release.image_repository)
    for target in (
        targets.CERTIFICATES_DIR,
        targets.CLUSTER_NAME,
        targets.ENCRYPTION_ALGORITHM,
        targets.CERTIFICATE_VALIDITY_PERIOD,
        targets.CA_CERTIFICATE_VALIDITY_PERIOD,
    ):
        cluster[target[-1]] = read.value(target)
    known = release.feature_gates
    cluster["featureGates"] = {gate: on for gate, on in (cluster.get("featureGates") or {}).items() if gate in known}
    endpoint = cluster.get("controlPlaneEndpoint")
    virtual = read.get(targets.VIRTUAL_ADDRESS)
    if not endpoint and virtual is not None:
        cluster["controlPlaneEndpoint"] = network.host_port(virtual["address"], bind_port)
    elif endpoint and network.split_endpoint(endpoint)[1] is None:
        cluster["controlPlaneEndpoint"] = network.host_port(network.split_endpoint(endpoint)[0], bind_port)
    return cluster


def _host_faults(facts: t.Mapping[str, t.Any]) -> list[Fault]:
    if facts["cryptography_error"] is None:
        return []
    return [
        Fault(
            "host",
            "no usable python3-cryptography ({})".format(facts["cryptography_error"]),
            "python3-cryptography for the Python that Ansible uses on the host",
            "Install it: apt-get install python3-cryptography, or dnf install python3-cryptography.",
        )
    ]


def _patches(
    read: Input, release: Release | None, faults: list[Fault], read_directory: t.Callable[[str], dict[str, str]]
) -> list[Values]:
    path = read.get(targets.PATCHES_DIRECTORY)
    # Where the version is not known, the files are looked at as the newest minor would.
    patch_targets = release.patch_targets if release is not None else Features.patch_targets.since[-1][1]
    if path is None or not patch_targets:
        return []
    found = read_patches(read.name(targets.PATCHES_DIRECTORY), path, patch_targets, read_directory)
    faults.extend(found.faults)
    read.warnings.extend(found.warnings)
    return found.patches


def _component_configuration(
    read: Input,
    target: targets.Target,
    fields: t.Mapping[str, ComponentField],
    rules: t.Callable[[str, Values], list[Fault]],
    faults: list[Fault],
) -> Values:
    """The user's fields of a component's configuration, in the form in which Go would hold them."""
    result: Values = {}
    wrong: list[Fault] = []
    for name, part in read.parts.get(target, []):
        checked, found = checked_document(fields, name, part)
        wrong += found
        result = merged(result, checked)
        if not found:
            read.warnings.extend(
                f"{path} is empty and has no effect: kubeadm does not write it, so the component's default holds."
                for path in ignored_values(fields, name, checked)
            )
    if not wrong:
        for fault in rules("", result):
            field, _point, rest = fault.path[1:].partition(".")
            name = read.field_name(target, field)
            wrong.append(fault._replace(path=f"{name}.{rest}" if rest else name))
    faults += wrong
    return result


def _component_configurations(read: Input, release: Release, faults: list[Fault]) -> tuple[Values, Values]:
    kubelet = _component_configuration(
        read,
        targets.KUBELET_CONFIGURATION,
        release.kubelet_fields,
        lambda name, document: kubelet_faults(
            name,
            document,
            release.kubelet_allocatable_none_without_qos,
            release.kubelet_least_log_files,
        ),
        faults,
    )
    kube_proxy = _component_configuration(
        read,
        targets.KUBE_PROXY_CONFIGURATION,
        release.kube_proxy_fields,
        lambda name, document: kube_proxy_faults(name, document, release.kube_proxy_modes),
        faults,
    )
    return kubelet, kube_proxy


def resolve(
    read: Input,
    facts: t.Mapping[str, t.Any],
    read_directory: t.Callable[[str], dict[str, str]] = no_directory,
) -> Values:
    """The resolved configuration of a host. Raises InvalidInput with every fault.

    read: the user's input; warnings are added to it. facts: what C(_host.facts.gather) returns.
    read_directory: the texts of the files in a folder of the controller by name; raises KubewrightError.
    C(controller) is what concerns the controller alone. The bootstrap tokens are not in the result: they are secrets, see
    C(bootstrap_tokens).
    """
    faults = list(read.faults) + _host_faults(facts) + checks.command_faults(read)
    release = _release(read, facts, faults)
    networking = dict(
        read.section("ClusterConfiguration", "networking"),
        dnsDomain=read.value(targets.DNS_DOMAIN),
        serviceSubnet=read.value(targets.SERVICE_SUBNET),
    )
    endpoint = _local_api_endpoint(read, facts, faults)
    faults += checks.network_faults(read, networking, endpoint["advertiseAddress"])
    faults += checks.virtual_address_faults(read, endpoint["advertiseAddress"])
    faults += checks.etcd_faults(read, release)
    skipped, wrong = skipped_phases(read.name(targets.SKIP_PHASES), read.get(targets.SKIP_PHASES) or [])
    faults += wrong + _node_name_faults(read, facts) + audit_faults(read) + checks.validity_faults(read)
    faults += checks.ca_faults(read) + kubeconfig_faults(read, certificates_dir(read))
    patches = _patches(read, release, faults, read_directory)
    if release is None:
        raise InvalidInput(faults)
    faults += checks.subnet_size_faults(read, networking, release)
    faults += checks.meaning_faults(read, release) + checks.name_faults(read, release)
    registration = _node_registration(read, release, facts, faults)
    cluster = _cluster(read, release, networking, endpoint["bindPort"])
    audit = audit_settings(read, cluster["apiServer"], release)
    kubelet, kube_proxy = _component_configurations(read, release, faults)
    if read.get(targets.CERTIFICATE_KEY) is not None:
        name = read.name(targets.CERTIFICATE_KEY)
        read.warnings.append(f"{name} is not used: no certificates are uploaded (kubeadm init --upload-certs).")
    if faults:
        raise InvalidInput(faults)
    validity = seconds(cluster["certificateValidityPeriod"])
    resolved = {
        "ClusterConfiguration": cluster,
        "InitConfiguration": {
            "nodeRegistration": registration,
            "localAPIEndpoint": endpoint,
            "timeouts": {
                **read.section("InitConfiguration", "timeouts"),
                **{target[-1]: read.value(target) for target in _TIMEOUTS},
            },
        },
        "KubeletConfiguration": kubelet,
        "KubeProxyConfiguration": kube_proxy,
        "audit": audit,
        "controller": {
            "caDir": read.get(targets.CA_DIR),
            "caFiles": read.get(targets.CA_FILES) or {},
            "cluster": str(read.get(targets.CLUSTER) or ""),
            "csrDir": read.get(targets.CSR_DIR),
            "planFile": read.get(targets.PLAN_FILE),
            "planFields": bool(read.value(targets.PLAN_FIELDS) or read.get(targets.PLAN_FILE)),
            "renderDir": read.get(targets.RENDER_DIR),
            "renderSecrets": read.value(targets.RENDER_SECRETS),
        },
        "certRenewBeforeSeconds": min(seconds(read.value(targets.CERT_RENEW_BEFORE)), validity / 3),
        "certRequests": read.get(targets.CSR_DIR) is not None or _keys_on_controller(read),
        "certRenew": read.get(targets.CERT_RENEW),
        "certStrictSans": read.value(targets.CERT_STRICT_SANS),
        "caKeyLocation": read.value(targets.CA_KEY_LOCATION),
        "imageArchives": read.get(targets.IMAGE_ARCHIVES) or [],
        "imagePullTimeout": read.value(targets.IMAGE_PULL_TIMEOUT),
        "lockTimeout": read.value(targets.LOCK_TIMEOUT),
        "drainAtOnce": read.value(targets.DRAIN_AT_ONCE),
        "drainTimeout": read.value(targets.DRAIN_TIMEOUT),
        "drainSeconds": seconds(read.value(targets.DRAIN_TIMEOUT)),
        "kubeconfigs": resolved_kubeconfigs(read, validity),
        "dnsType": read.value(targets.DNS_TYPE),
        "ignorePreflightErrors": read.get(targets.IGNORE_PREFLIGHT_ERRORS) or [],
        "node": dict(
            facts,
            advertise_address_given=bool(read.get(targets.ADVERTISE_ADDRESS)),
            external_ca=_external_ca(read, facts),
            ca_on_host=bool(facts["external_ca"] or facts["ca_key"]),
        ),
        "patches": patches,
        "preflightErrors": read.get(targets.PREFLIGHT_ERRORS) or [],
        "skipPhases": skipped,
        "skipTokenPrint": read.value(targets.SKIP_TOKEN_PRINT),
        "virtualAddress": read.get(targets.VIRTUAL_ADDRESS),
    }
    read.warnings.extend(overridden(read, Config(resolved)))
    return resolved


def _keys_on_controller(read: Input) -> bool:
    return bool(read.get(targets.CA_KEY_LOCATION) == "controller")


def _external_ca(read: Input, facts: t.Mapping[str, t.Any]) -> bool:
    """Whether somebody else signs: by what is on the host, or will be when the given CA has been written there."""
    if _keys_on_controller(read):
        return True
    given = (read.get(targets.CA_FILES) or {}).get("kubernetes")
    if given is None:
        return bool(facts["external_ca"])
    return given.get("key") is None and not facts["ca_key"]


def bootstrap_tokens(read: Input) -> list[Values]:
    """The declared bootstrap tokens with their defaults; empty where none is declared. Raises InvalidInput.

    A token whose C(token) is not given is one that is to be made at random.
    """
    name = read.name(targets.BOOTSTRAP_TOKENS)
    faults = [fault for fault in read.faults if fault.path.startswith(name)]
    if faults:
        raise InvalidInput(faults)
    return [_completed_token(token) for token in read.get(targets.BOOTSTRAP_TOKENS) or []]


def _completed_token(token: Values) -> Values:
    completed = dict({"usages": list(USAGES)}, **token)
    if not completed.get("expires"):
        completed.setdefault("ttl", LIFETIME)
    if "authentication" in completed["usages"]:
        completed.setdefault("groups", [DEFAULT_GROUP])
    return completed


__all__ = ("bootstrap_tokens", "certificates_dir", "resolve", "watched_directories", "watched_sockets")
