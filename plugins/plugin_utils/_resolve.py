# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""From the user's variables and the facts of a host to the resolved configuration, or every fault at once."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._bootstrap_token import DEFAULT_GROUP
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import seconds
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import (
    Fault,
    InvalidInput,
    KubewrightError,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._release import (
    FEATURES,
    FIRST_MINOR,
    LAST_MINOR,
    Release,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._nearest import did_you_mean
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._variables import PREFIX, VARIABLES

Values = dict[str, t.Any]

DOCKER_SOCKET = "/var/run/docker.sock"
CONTAINERD_SOCKET = "/run/containerd/containerd.sock"
SOCKETS = (DOCKER_SOCKET, CONTAINERD_SOCKET, "/var/run/crio/crio.sock", "/var/run/cri-dockerd.sock")
FLEXVOLUME_DIRECTORY = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"
AUDIT_POLICY_PATH = "/etc/kubernetes/audit/audit.yaml"
_AUDIT_LEVELS = ("None", "Metadata", "Request", "RequestResponse")


def watched_directories() -> list[str]:
    """The folders whose presence on a host matters to some minor."""
    found = {path for _since, paths in FEATURES["ca_directories"].since for path in paths}
    return sorted(found | {FLEXVOLUME_DIRECTORY})


class Input(t.NamedTuple):
    """The checked variables. model: what was given, in the shape of the resolved configuration. given: their names."""

    model: Values
    given: frozenset[str]
    faults: list[Fault]


def read_variables(variables: t.Mapping[str, t.Any]) -> Input:
    """Checks the user's variables one by one. variables: all that begin with the prefix; None counts as not given."""
    model: Values = {}
    faults: list[Fault] = []
    given = set()
    for name in sorted(variables):
        if variables[name] is None:
            continue
        variable = VARIABLES.get(name)
        if variable is None:
            cure = "Take it out or correct its name." + did_you_mean(name, list(VARIABLES))
            faults.append(Fault(name, "an unknown variable", "the variables in the documentation of role init", cure))
            continue
        checked, found = variable.check(name, variables[name])
        faults += found
        if not found:
            given.add(name)
            section = model
            for key in variable.target[:-1]:
                section = section.setdefault(key, {})
            section[variable.target[-1]] = checked
    faults += _token_faults(model.get("bootstrapTokens") or [])
    return Input(model, frozenset(given), faults)


def certificates_dir(read: Input) -> str:
    """The folder of the certificates, known before anything else is resolved."""
    return str(read.model.get("ClusterConfiguration", {}).get("certificatesDir", "/etc/kubernetes/pki"))


def _release(read: Input, facts: t.Mapping[str, t.Any], faults: list[Fault]) -> Release | None:
    name = PREFIX + "kubernetes_version"
    text = read.model.get("ClusterConfiguration", {}).get("kubernetesVersion")
    if text is None:
        text = facts["kubelet_version"]
        if text is None:
            if not any(fault.path == name for fault in read.faults):
                faults.append(
                    Fault(
                        name,
                        "nothing, and no kubelet on the host",
                        "a version",
                        "Set it, or install the kubelet, whose version is the default.",
                    )
                )
            return None
    try:
        return Release(text)
    except KubewrightError as error:
        wanted = "v1.%d.0 to v1.%d.x" % (FIRST_MINOR, LAST_MINOR)
        faults.append(Fault(name, f"{text} ({error})", wanted, "Choose a supported version."))
        return None


def _cri_socket(release: Release, facts: t.Mapping[str, t.Any], faults: list[Fault]) -> str:
    default = str(release["default_cri_socket"])
    if not release["cri_socket_detection"]:
        return default
    present = list(facts["sockets"])
    if release["dockershim"] and DOCKER_SOCKET in present:
        # Docker brings its own containerd, whose socket is there too.
        present = [path for path in present if path != CONTAINERD_SOCKET]
    elif not release["dockershim"]:
        present = [path for path in present if path != DOCKER_SOCKET]
    if len(present) > 1:
        faults.append(
            Fault(
                PREFIX + "cri_socket",
                "nothing, and several sockets: {}".format(", ".join(present)),
                "one of them",
                "Set it to the one to use.",
            )
        )
    if not present:
        return default
    if present[0] == DOCKER_SOCKET:
        return "/var/run/dockershim.sock"
    if present[0] == CONTAINERD_SOCKET and not release["dockershim"]:
        return default
    return str(present[0])


def _node_registration(
    registration: Values, release: Release, facts: t.Mapping[str, t.Any], faults: list[Fault]
) -> None:
    if "name" not in registration:
        registration["name"] = facts["hostname"]
        if not network.is_dns_subdomain(facts["hostname"]):
            faults.append(
                Fault(
                    PREFIX + "node_name",
                    "nothing, and the host name {!r}".format(facts["hostname"]),
                    "a DNS name of a-z, 0-9, '-' and '.'",
                    "Set it, or give the host such a name.",
                )
            )
    if "criSocket" not in registration:
        registration["criSocket"] = _cri_socket(release, facts, faults)
    if release["cri_socket_scheme_required"] and registration["criSocket"].startswith("/"):
        registration["criSocket"] = "unix://" + registration["criSocket"]
    if "taints" not in registration:
        registration["taints"] = [{"key": key, "effect": "NoSchedule"} for key in release["node_taints"]]


def _local_api_endpoint(endpoint: Values, facts: t.Mapping[str, t.Any], read: Input, faults: list[Fault]) -> None:
    endpoint.setdefault("bindPort", 6443)
    name = PREFIX + "advertise_address"
    if "advertiseAddress" not in endpoint:
        endpoint["advertiseAddress"] = facts["default_address"]
        if facts["default_address"] is None:
            if not any(fault.path == name for fault in read.faults):
                faults.append(Fault(name, "nothing, and no default route", "an IP address of the host", "Set it."))
            endpoint["advertiseAddress"] = "127.0.0.1"


def _etcd(etcd: Values, read: Input, faults: list[Fault]) -> Values:
    external = etcd.get("external")
    if external is None:
        local = dict(etcd.get("local") or {})
        local.setdefault("dataDir", "/var/lib/etcd")
        return {"local": local}
    both = sorted(name for name in read.given if name.startswith(PREFIX + "etcd_") and name != PREFIX + "etcd_external")
    for name in both:
        faults.append(
            Fault(
                name, "a setting of a local etcd", f"nothing beside {PREFIX}etcd_external", "Take one of the two out."
            )
        )
    path = PREFIX + "etcd_external"
    if bool(external.get("certFile")) != bool(external.get("keyFile")):
        faults.append(Fault(path, "only one of certFile and keyFile", "both or none", "Give both."))
    if external.get("certFile") and not external.get("caFile"):
        faults.append(Fault(path + ".caFile", "nothing", "a path, since certFile is set", "Give it."))
    if any(external.get(key) for key in ("caFile", "certFile", "keyFile")):
        for index, url in enumerate(external["endpoints"]):
            if not url.startswith("https://"):
                faults.append(
                    Fault(
                        "%s.endpoints[%d]" % (path, index),
                        url,
                        "an https URL, since certificates are set",
                        "Use https.",
                    )
                )
    return {"external": external}


def _audit(model: Values, cluster: Values, release: Release, faults: list[Fault]) -> Values | None:
    audit = model.get("audit") or {}
    if not audit.get("enabled"):
        return None
    policy = dict(
        {"apiVersion": "audit.k8s.io/v1", "kind": "Policy"}, **audit.get("policy", {"rules": [{"level": "Metadata"}]})
    )
    path = PREFIX + "audit_policy"
    if policy["kind"] != "Policy" or not str(policy["apiVersion"]).startswith("audit.k8s.io/"):
        faults.append(
            Fault(
                path,
                "{} {}".format(policy["apiVersion"], policy["kind"]),
                "audit.k8s.io/v1 Policy",
                "Give an audit policy.",
            )
        )
    rules = policy.get("rules")
    if not isinstance(rules, list) or not rules:
        faults.append(Fault(path + ".rules", "no rules", "a list of rules", "Give at least one rule."))
    else:
        for index, rule in enumerate(rules):
            level = rule.get("level") if isinstance(rule, dict) else None
            if level not in _AUDIT_LEVELS:
                faults.append(
                    Fault(
                        "%s.rules[%d].level" % (path, index), str(level), ", ".join(_AUDIT_LEVELS), "Give one of them."
                    )
                )
    result = {
        "policy": policy,
        "path": AUDIT_POLICY_PATH,
        "logDir": audit.get("logDir", "/var/log/kubernetes/audit"),
        "logMaxAge": audit.get("logMaxAge", 2),
    }
    if not release["audit_native"]:
        _add_audit_to_apiserver(cluster["apiServer"], result)
    return result


def _add_audit_to_apiserver(section: Values, audit: Values) -> None:
    """Since 1.13 kubeadm knows nothing of auditing: as extra arguments and volumes it survives kubeadm's own upgrade."""
    wanted = {
        "audit-policy-file": audit["path"],
        "audit-log-path": audit["logDir"] + "/audit.log",
        "audit-log-maxage": str(audit["logMaxAge"]),
    }
    arguments = section.setdefault("extraArgs", [])
    given = {item["name"] for item in arguments}
    arguments += [{"name": name, "value": value} for name, value in wanted.items() if name not in given]
    volumes = section.setdefault("extraVolumes", [])
    names = {item["name"] for item in volumes}
    for name, path, kind, read_only in (
        ("audit", audit["path"], "File", True),
        ("audit-log", audit["logDir"], "DirectoryOrCreate", False),
    ):
        if name not in names:
            volumes.append({"name": name, "hostPath": path, "mountPath": path, "pathType": kind, "readOnly": read_only})


def _check_networks(networking: Values, address: str, read: Input) -> list[Fault]:
    faults = []
    named: list[tuple[str, str, network.IPNetwork]] = []
    for name, field in (("service_subnet", "serviceSubnet"), ("pod_subnet", "podSubnet")):
        for text in network.split_subnets(networking.get(field) or ""):
            parsed = network.parse_subnet(text)
            if parsed is not None:
                named.append((PREFIX + name, text, parsed))
    for index, (name, text, parsed) in enumerate(named):
        for other_name, other_text, other in named[:index]:
            if name != other_name and parsed.version == other.version and parsed.overlaps(other):
                faults.append(
                    Fault(
                        name,
                        f"{text}, which overlaps {other_name} ({other_text})",
                        "a subnet apart from all others",
                        "Choose another subnet for one of the two.",
                    )
                )
        advertised = network.parse_ip(address)
        if advertised is not None and advertised.version == parsed.version and advertised in parsed:
            faults.append(
                Fault(
                    name,
                    f"{text}, which holds the advertise address {address}",
                    "a subnet apart from the hosts' network",
                    f"Choose another subnet, or set {PREFIX}advertise_address.",
                )
            )
    return faults


def _check_meaning(model: Values, release: Release, read: Input) -> list[Fault]:
    """Values that are right by themselves and have no meaning in this minor."""
    faults = []
    minor = "1.%d" % release.version.minor
    if model["dnsType"] == "kube-dns" and release["kube_dns_tag"] is None:
        faults.append(
            Fault(PREFIX + "dns_type", "kube-dns", f"CoreDNS in {minor} (kube-dns until 1.20)", "Choose CoreDNS.")
        )
    known = release.feature_gates
    for gate in model["ClusterConfiguration"].get("featureGates") or {}:
        if gate not in known:
            cure = "Take it out." + did_you_mean(gate, known)
            faults.append(
                Fault(
                    f"{PREFIX}feature_gates.{gate}",
                    f"a gate that kubeadm {minor} has not",
                    ", ".join(known) or "none",
                    cure,
                )
            )
    for name in sorted(read.given):
        if name.endswith("_extra_envs") and not release["extra_envs"]:
            faults.append(Fault(name, f"a setting that kubeadm {minor} has not", "since 1.31", "Take it out."))
        if not name.endswith("_extra_args") or release["argument_repeats"]:
            continue
        section = model
        for key in VARIABLES[name].target:
            section = section[key]
        names = [item["name"] for item in t.cast("list[Values]", section)]
        for repeated in sorted({item for item in names if names.count(item) > 1}):
            faults.append(
                Fault(name, f"the flag {repeated} more than once", "each flag once before 1.31", "Join its values.")
            )
    return faults


def _check_host(facts: t.Mapping[str, t.Any]) -> list[Fault]:
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


def resolve(variables: t.Mapping[str, t.Any], facts: t.Mapping[str, t.Any]) -> Values:
    """The resolved configuration of a host. Raises InvalidInput with every fault.

    variables: the user's, all that begin with C(kubewright_). facts: what C(_node_facts.gather) returns.
    The bootstrap tokens are not in the result: they are secrets, see C(bootstrap_tokens).
    """
    read = read_variables(variables)
    faults = list(read.faults) + _check_host(facts)
    model = dict(read.model)
    cluster = dict(model.get("ClusterConfiguration") or {})
    init = dict(model.get("InitConfiguration") or {})
    release = _release(read, facts, faults)
    networking = dict(
        {"dnsDomain": "cluster.local", "serviceSubnet": "10.96.0.0/12"}, **(cluster.get("networking") or {})
    )
    endpoint = dict(init.get("localAPIEndpoint") or {})
    _local_api_endpoint(endpoint, facts, read, faults)
    faults += _check_networks(networking, endpoint["advertiseAddress"], read)
    etcd = _etcd(dict(cluster.get("etcd") or {}), read, faults)
    if release is None:
        raise InvalidInput(faults)
    registration = dict(init.get("nodeRegistration") or {})
    _node_registration(registration, release, facts, faults)
    cluster.update(
        kubernetesVersion=release.version.text,
        networking=networking,
        etcd=etcd,
        apiServer=dict(cluster.get("apiServer") or {}),
    )
    defaults = {
        "certificatesDir": "/etc/kubernetes/pki",
        "clusterName": "kubernetes",
        "imageRepository": release["image_repository"],
        "encryptionAlgorithm": "ECDSA-P256"
        if (cluster.get("featureGates") or {}).get("PublicKeysECDSA")
        else "RSA-2048",
        "certificateValidityPeriod": "8760h0m0s",
        "caCertificateValidityPeriod": "87600h0m0s",
    }
    for key, value in defaults.items():
        cluster.setdefault(key, value)
    control_plane_endpoint = cluster.get("controlPlaneEndpoint")
    if control_plane_endpoint and network.split_endpoint(control_plane_endpoint)[1] is None:
        host = network.split_endpoint(control_plane_endpoint)[0]
        cluster["controlPlaneEndpoint"] = network.host_port(host, endpoint["bindPort"])
    model["dnsType"] = model.get("dnsType", "CoreDNS")
    model["ClusterConfiguration"] = cluster
    timeouts = dict({"controlPlaneComponentHealthCheck": "4m0s"}, **(init.get("timeouts") or {}))
    model["InitConfiguration"] = dict(init, nodeRegistration=registration, localAPIEndpoint=endpoint, timeouts=timeouts)
    faults += _check_meaning(model, release, read)
    audit = _audit(model, cluster, release, faults)
    if faults:
        raise InvalidInput(faults)
    validity = seconds(cluster["certificateValidityPeriod"])
    return {
        "ClusterConfiguration": cluster,
        "InitConfiguration": model["InitConfiguration"],
        "KubeletConfiguration": model.get("KubeletConfiguration") or {},
        "KubeProxyConfiguration": model.get("KubeProxyConfiguration") or {},
        "audit": audit,
        "certRenewBeforeSeconds": min(seconds(model.get("certRenewBefore", "720h0m0s")), validity / 3),
        "dnsType": model["dnsType"],
        "ignorePreflightErrors": model.get("ignorePreflightErrors") or [],
        "node": dict(facts),
        "skipTokenPrint": bool(model.get("skipTokenPrint")),
    }


def bootstrap_tokens(variables: t.Mapping[str, t.Any]) -> list[Values]:
    """The declared bootstrap tokens with their defaults; empty where none is declared. Raises InvalidInput."""
    name = PREFIX + "bootstrap_tokens"
    read = read_variables({name: variables.get(name)})
    if read.faults:
        raise InvalidInput(read.faults)
    return [_completed_token(token) for token in read.model.get("bootstrapTokens") or []]


def _completed_token(token: Values) -> Values:
    completed = dict({"ttl": "24h0m0s", "usages": ["signing", "authentication"]}, **token)
    if "authentication" in completed["usages"]:
        completed.setdefault("groups", [DEFAULT_GROUP])
    return completed


def _token_faults(tokens: t.Sequence[Values]) -> list[Fault]:
    """Contradictions inside a token."""
    faults = []
    for index, token in enumerate(tokens):
        path = f"{PREFIX}bootstrap_tokens[{index}]"
        if token.get("ttl") and token.get("expires"):
            faults.append(Fault(path, "both ttl and expires", "one of the two", "Take one out."))
        if token.get("groups") and "authentication" not in token.get("usages", ["authentication"]):
            cure = "Add authentication to its usages, or take the groups out."
            faults.append(Fault(f"{path}.groups", "groups of a token that cannot log in", "none", cure))
    return faults


__all__ = (
    "SOCKETS",
    "Input",
    "bootstrap_tokens",
    "certificates_dir",
    "read_variables",
    "resolve",
    "watched_directories",
)
