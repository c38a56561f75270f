# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the collection, compared in both directions with what Kubernetes' own Go types and functions say.

upstream/ has a file for each minor that is an ordinary Go module; tests/upstream.sh makes them and proves them current.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import document_fields as documents
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.fields import ComponentField
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.system_verification import (
    SPECIFICATIONS,
    KernelOption,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_documents import (
    checked_document,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_rules import (
    kube_proxy_faults,
    kubelet_faults,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens

MakeConfig = t.Callable[..., t.Any]
Facts = t.Mapping[str, t.Mapping[str, t.Any]]
FOLDER = pathlib.Path(__file__).parent / "upstream"
MINORS = sorted(path.name.partition("-")[0] for path in FOLDER.glob("*-types.json"))

EVERY = pytest.mark.parametrize("minor", MINORS)
_COMPONENTS = ("KubeletConfiguration", "KubeProxyConfiguration")
COMPONENTS = pytest.mark.parametrize("component", _COMPONENTS)


@functools.cache
def _facts(minor: str) -> Facts:
    facts: dict[str, t.Any] = {}
    for path in sorted(FOLDER.glob(f"{minor}-*.json")):
        facts.update(json.loads(path.read_text(encoding="utf-8")))
    return facts


def _release(minor: str) -> Release:
    """The patch release that the facts are of."""
    return Release(_facts(minor)["modules"]["k8s.io/kubernetes"])


def _fields(component: str, minor: str) -> dict[str, ComponentField]:
    release = _release(minor)
    return release.kubelet_fields if component == "KubeletConfiguration" else release.kube_proxy_fields


def test_every_minor_that_is_a_go_module_is_compared() -> None:
    """Breaks when the facts of a minor are not there, so that nothing is compared."""
    modules = pathlib.Path(__file__).parents[2] / "environment/modules"
    assert sorted(path.name.partition("-")[2] for path in modules.glob("kubernetes-*")) == MINORS
    assert len(MINORS) > 3


# Fields.

_SCALARS = {"Duration": "duration", "Quantity": "quantity", "QuantityValue": "quantity", "Time": "string"}
_SCALARS.update({"TimeOrMetaDuration": "int|duration", "struct": "object", "bool": "bool", "string": "string"})


def _scalar(kind: str) -> str:
    if kind.startswith(("int", "uint")):
        return "int" if kind == "int32" else kind
    return "number" if kind.startswith("float") else _SCALARS[kind]


def _kind(go: str) -> str:
    """A Go type in the words of the tables."""
    if go.startswith("*"):
        return _kind(go[1:]) + "?"
    if go.startswith("[]"):
        return "list:" + _scalar(go[2:])
    match = re.match(r"map\[string\](.*)", go)
    if match is None:
        return _scalar(go)
    return "map:" + (_kind(match.group(1)) if match.group(1).startswith("[]") else _scalar(match.group(1)))


def _without_words(kind: str) -> str:
    return re.sub(r"^enum:[^?]*", "string", kind)


@EVERY
@COMPONENTS
def test_fields_of_a_component(component: str, minor: str) -> None:
    """Breaks when a field is refused that the minor has, taken that it has not, or written in another form."""
    found = {path: (_without_words(row.kind), row.written) for path, row in _fields(component, minor).items()}
    upstream = {
        path: (_kind(description.split(" ")[0]), description.endswith(" written"))
        for path, description in _facts(minor)[f"{component} fields"].items()
    }
    assert found == upstream


# Words and numbers.

# The minors of which there are facts of the kubelet's and kube-proxy's own validations.
RULES = [minor for minor in MINORS if f"{_COMPONENTS[0]} words" in _facts(minor)]
OF_RULES = pytest.mark.parametrize("minor", RULES)
# What takes some words only, but not in the validation: another part of the component looks at it when it starts.
WORDS_ELSEWHERE = {
    "authorization.mode",
    "cgroupDriver",
    "configMapAndSecretChangeDetectionStrategy",
    "cpuManagerPolicy",
    "memoryManagerPolicy",
    "tlsMinVersion",
}
BORDERS = (-(2**31), -1001, -1000, -2, -1, 0, 1, 2, 31, 32, 99, 100, 101, 1000, 1001, 65535, 65536, 1000000, 1000001)
BORDERS += (2**31 - 1,)


def test_there_are_rules_to_compare() -> None:
    """Breaks when no words and numbers are compared at all."""
    assert RULES


def _is_taken(component: str, minor: str, path: str, value: t.Any) -> bool:
    release = _release(minor)
    for name in reversed(path.split(".")):
        value = {name: value}
    document, faults = checked_document(_fields(component, minor), "x", value)
    if component == "KubeletConfiguration":
        qos, files = release.kubelet_allocatable_none_without_qos, release.kubelet_least_log_files
        return not faults and not kubelet_faults("x", document, qos, files)
    return not faults and not kube_proxy_faults("x", document, release.kube_proxy_modes)


@OF_RULES
@COMPONENTS
def test_words_of_a_component(component: str, minor: str) -> None:
    """Breaks when a word is refused that the minor takes, or taken that it refuses."""
    ours = {
        path: set(row.plain_kind[5:].split("|")) - {""}
        for path, row in _fields(component, minor).items()
        if row.kind.startswith("enum:")
    }
    upstream = {path: set(words) for path, words in _facts(minor)[f"{component} words"].items()}
    assert ours.keys() - upstream.keys() - WORDS_ELSEWHERE == set()
    for path, words in upstream.items():
        candidates = words | ours.get(path, set()) | {"kubewright"}
        assert {word for word in candidates if _is_taken(component, minor, path, word)} == words, path


@OF_RULES
@COMPONENTS
def test_numbers_of_a_component(component: str, minor: str) -> None:
    """Breaks when a number is refused that the minor takes, or taken that it refuses."""
    upstream = _facts(minor)[f"{component} numbers"]
    for path, row in _fields(component, minor).items():
        if row.plain_kind in ("int", "int64", "uint32", "number") and "[]" not in path:
            found = [number for number in BORDERS if _is_taken(component, minor, path, number)]
            # A type without a sign refuses what is below zero before any validation.
            unsigned = _facts(minor)[f"{component} fields"][path].startswith("uint")
            assert found == upstream.get(path, [number for number in BORDERS if number >= 0 or not unsigned]), path


# kubeadm's documents.

# Known to the kubeadm of 1.37, which refuses it without the flag --allow-experimental-api; init has no such flag.
EXPERIMENTAL = {"v1"}
DOCUMENTS = [
    (minor, api, kind)
    for minor in MINORS
    for api in sorted(set(_facts(minor)["kubeadm API versions"]) - EXPERIMENTAL)
    for kind in (documents.INIT, documents.CLUSTER)
]


@EVERY
def test_api_versions(minor: str) -> None:
    """Breaks when a document is refused that the minor's kubeadm reads, or one is stored in another version."""
    upstream = _facts(minor)["kubeadm API versions"]
    assert set(upstream) - EXPERIMENTAL <= set(documents.API_VERSIONS)
    assert [api for api, place in upstream.items() if place == 1] == [_release(minor).config_api]


def _known_keys(check: t.Callable[[str, t.Any], t.Any]) -> list[str]:
    """The keys that a dictionary, or each of a list of them, may have; empty for values of other kinds."""
    stray = {"kubewright-stray": 1}
    for value in (stray, [stray]):
        for fault in check("x", value)[1]:
            if fault.path.endswith(".kubewright-stray") and fault.found == "an unknown key":
                return t.cast("list[str]", fault.wanted.split(", "))
    return []


def _leaves(kind: str, api: str) -> set[str]:
    """The paths that a document of ours has, down to the keys of records."""
    found = set()
    for path, field in documents.fields(kind, api).items():
        inner = _known_keys(field.check)
        found |= {f"{path}.{key}" for key in inner} if inner else {path}
    return found


@pytest.mark.parametrize(("minor", "api", "kind"), DOCUMENTS)
def test_fields_of_a_kubeadm_document(minor: str, api: str, kind: str) -> None:
    """Breaks when a field of a document is refused that the minor's kubeadm has, or taken that it has not."""
    upstream = set()
    for path, description in _facts(minor)[f"kubeadm {api} {kind} fields"].items():
        if path.endswith(".valueFrom"):
            # A mapping here: the API server checks what is in it.
            upstream.add(path.replace("[]", ""))
        elif "struct" not in description and ".valueFrom." not in path:
            upstream.add(path.replace("[]", ""))
    found = _leaves(kind, api)
    if not _release(minor).etcd_http_endpoints:
        # A field that came later than its API version: the release table says so, and the cross-checks refuse it.
        found.discard("etcd.external.httpEndpoints")
    assert found == upstream


# A value of each Go type, and one that is none.
_SAMPLES: t.Mapping[str, tuple[t.Any, t.Any]] = {
    "bool": (True, "maybe"),
    "Duration": ("1h0m0s", "1 hour"),
    "int32": (6443, "many"),
    "map[string]bool": ({"a": True}, {"a": "maybe"}),
    "[]string": ([], 7),
    "[]struct": ([], 7),
}


@pytest.mark.parametrize(("minor", "api", "kind"), DOCUMENTS)
def test_types_of_a_kubeadm_document(minor: str, api: str, kind: str) -> None:
    """Breaks when a value of the right type is refused, or one of another type is taken and makes nonsense."""
    compared = set()
    for path, description in _facts(minor)[f"kubeadm {api} {kind} fields"].items():
        field, sample = documents.fields(kind, api).get(path), _SAMPLES.get(description.split(" ")[0].lstrip("*"))
        if field is not None and sample is not None:
            compared.add(description.split(" ")[0].lstrip("*"))
            assert field.check("x", sample[0])[1] == [], path
            assert field.check("x", sample[1])[1] != [], path
    assert len(compared) > 2


@EVERY
def test_defaults_of_a_kubeadm_document(make_config: MakeConfig, minor: str) -> None:
    """Breaks when something that nobody sets is not as with the minor's kubeadm."""
    version = _release(minor).version.text
    config = make_config(version.lstrip("v"))
    api = config.release.config_api
    resolved = config.data
    for kind in (documents.INIT, documents.CLUSTER):
        for path, expected in _facts(minor)[f"kubeadm {api} {kind} defaults"].items():
            value: t.Any = resolved[kind]
            for name in path.split("."):
                value = value.get(name) if isinstance(value, dict) else None
            if (kind, path) not in ELSEWHERE:
                assert (value or None) == (expected or None), f"{kind}.{path}"


# What has its default elsewhere.
ELSEWHERE = {
    # The version of the host's kubelet, and with no taints in the document those of the minor.
    (documents.CLUSTER, "kubernetesVersion"),
    (documents.INIT, "nodeRegistration.taints"),
    # See test_defaults_of_a_bootstrap_token.
    (documents.INIT, "bootstrapTokens"),
    # Of kubeadm's other commands, or of no effect here.
    (documents.INIT, "timeouts.etcdAPICall"),
    (documents.INIT, "timeouts.tlsBootstrap"),
    (documents.INIT, "timeouts.discovery"),
    (documents.INIT, "timeouts.upgradeManifests"),
}


@EVERY
def test_defaults_of_a_bootstrap_token(minor: str) -> None:
    """Breaks when a token lives longer, or may do more, than one of the minor's kubeadm."""
    given = {"kubewright_bootstrap_tokens": [{}], "kubewright_kubernetes_version": _release(minor).version.text}
    api = _release(minor).config_api
    [expected] = _facts(minor)[f"kubeadm {api} InitConfiguration defaults"]["bootstrapTokens"]
    assert bootstrap_tokens(read_input(given)) == [{key: value for key, value in expected.items() if key != "token"}]


@EVERY
def test_feature_gates(minor: str) -> None:
    """Breaks when a gate of kubeadm is refused that the minor has, taken that it has not, or is not as it is by default."""
    release = _release(minor)
    found = {
        name: {
            "default": gate.on_since is not None and gate.on_since <= release.version.minor,
            "locked": release.gate_is_locked(name),
        }
        for name, gate in release.feature_gates.items()
    }
    upstream = {
        name: {key: gate[key] for key in ("default", "locked")}
        for name, gate in _facts(minor)["kubeadm feature gates"].items()
    }
    assert found == upstream


# Constants.


def _without_suffix(version: str) -> str:
    return version.partition("-")[0]


@EVERY
def test_constants(minor: str) -> None:
    """Breaks when an image, a port or a limit is not that of the minor's kubeadm."""
    release, constants = _release(minor), _facts(minor)["kubeadm constants"]
    sockets = [
        text[len("unix://") :].replace("/var/run/containerd", "/run/containerd")
        for text in constants["KnownCRISockets"]
    ]
    assert {
        "encryption_algorithms": sorted(release.encryption_algorithms),
        "external_etcd_minimum": release.external_etcd_minimum,
        "patch_targets": sorted(release.patch_targets),
        **{
            name: getattr(release, name)
            for name in (
                "controller_manager_port",
                "coredns_tag",
                "default_cri_socket",
                "detected_cri_sockets",
                "etcd_tag",
                "kubelet_skew_minors",
                "pause_tag",
                "pod_subnet_addresses",
                "preflight_cpus",
                "preflight_memory_mb",
                "scheduler_port",
                "service_subnet_bits",
            )
        },
    } == {
        "controller_manager_port": constants["KubeControllerManagerPort"],
        "coredns_tag": constants["CoreDNSVersion"],
        "default_cri_socket": constants["DefaultCRISocket"],
        "detected_cri_sockets": tuple(sockets),
        "encryption_algorithms": sorted(constants["EncryptionAlgorithms"]),
        "etcd_tag": constants["DefaultEtcdVersion"],
        "external_etcd_minimum": _without_suffix(constants["MinExternalEtcdVersion"]),
        "kubelet_skew_minors": constants["KubeletSkewMinors"],
        "patch_targets": sorted(constants["PatchTargets"]),
        "pause_tag": constants["PauseVersion"],
        "pod_subnet_addresses": constants["MinimumAddressesInPodSubnet"],
        "preflight_cpus": constants["ControlPlaneNumCPU"],
        "preflight_memory_mb": constants["ControlPlaneMem"],
        "scheduler_port": constants["KubeSchedulerPort"],
        "service_subnet_bits": constants["MaximumBitsForServiceSubnet"],
    }


@EVERY
def test_empty_kubeconfig(minor: str) -> None:
    """Breaks when an empty field is written that the minor's client-go leaves out, or the other way round."""
    release, text = _release(minor), _facts(minor)["kubeconfig"]["empty"]
    assert ("\npreferences: {}\n" in text) is release.kubeconfig_preferences
    assert f"\nusers: {release.cluster_info_empty_list}\n" in text


# The check SystemVerification.


def _options(options: t.Sequence[KernelOption]) -> set[tuple[str, ...]]:
    return {option.names for option in options}


def _upstream_options(specification: t.Mapping[str, t.Any], *keys: str) -> set[tuple[str, ...]]:
    return {
        (option["name"], *option.get("aliases", ()))
        for key in keys
        for option in specification.get(f"kernelSpec.{key}") or ()
    }


@EVERY
def test_system_validators(minor: str) -> None:
    """Breaks when a host is refused that the minor's kubeadm takes, or taken that it refuses."""
    facts, release = _facts(minor), _release(minor)
    upstream, name = facts["system validators"], release.system_validators
    ours = SPECIFICATIONS[name]
    assert facts["modules"]["k8s.io/system-validators"] == f"v{name}"
    assert list(ours.kernel_releases) == upstream["kernelSpec.versions"]
    assert not upstream.get("kernelSpec.forbidden")
    for version in (1, 2):
        required = _options([*ours.required_options, *ours.required_options_by_cgroups.get(version, ())])
        assert required == _upstream_options(upstream, "required", "requiredCgroupsV%d" % version)
        optional = _options(ours.optional_options)
        assert optional == _upstream_options(upstream, "optional", "optionalCgroupsV%d" % version)
        key = "cgroups" if version == 1 else "cgroupsV2"
        assert sorted(ours.cgroups[version]) == sorted(upstream[key])
        assert sorted(ours.optional_cgroups[version]) == sorted(upstream[f"{key}Optional"])
    assert list(ours.docker_releases) == upstream["runtimeSpec.version"]
    assert list(ours.graph_drivers) == upstream["runtimeSpec.graphDriver"]
