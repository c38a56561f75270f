# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that are right by themselves and wrong beside others, or in a minor."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import resolve

Facts = t.Callable[..., dict[str, t.Any]]


def _faults(facts: Facts, version: str, variables: dict[str, t.Any], documents: t.Any = None) -> dict[str, Fault]:
    given = {"kubewright_" + name: value for name, value in variables.items()}
    if documents is not None:
        given["kubewright_kubeadm_config"] = documents
    try:
        resolve(read_input(dict(given, kubewright_kubernetes_version=version)), facts())
    except InvalidInput as error:
        return {fault.path.removeprefix("kubewright_"): fault for fault in error.faults}
    return {}


@pytest.mark.parametrize(
    ("version", "subnet", "wanted"),
    [
        ("1.19.0", "10.0.0.0/8", None),
        ("1.20.0", "10.0.0.0/8", "a prefix of /12 or longer"),
        ("1.20.0", "10.0.0.0/12", None),
        ("1.31.0", "fd00::/64", "a prefix of /108 or longer"),
        ("1.31.0", "fd00::/108", None),
    ],
)
def test_the_service_subnet_has_at_most_20_bits(
    node_facts: Facts, version: str, subnet: str, wanted: str | None
) -> None:
    """Breaks a cluster whose API server cannot store the range of service addresses. K1.5, D3."""
    variables = {"service_subnet": subnet, "advertise_address": "2001:db8::1" if ":" in subnet else "192.0.2.1"}
    found = _faults(node_facts, version, variables)
    assert {path: fault.wanted for path, fault in found.items()} == ({"service_subnet": wanted} if wanted else {})


@pytest.mark.parametrize(
    ("version", "arguments", "subnet", "fine"),
    [
        ("1.19.0", {}, "10.244.0.0/25", True),
        ("1.20.0", {}, "10.244.0.0/25", False),
        ("1.20.0", {"allocate-node-cidrs": "false"}, "10.244.0.0/25", False),
        ("1.21.0", {"allocate-node-cidrs": "false"}, "10.244.0.0/25", True),
        ("1.31.0", {}, "10.244.0.0/25", False),
        ("1.31.0", {"node-cidr-mask-size": "26"}, "10.244.0.0/25", True),
        ("1.31.0", {"node-cidr-mask-size": "26"}, "10.0.0.0/8", False),
        ("1.31.0", {}, "10.0.0.0/8", True),
        ("1.31.0", {}, "10.244.0.0/24", True),
        ("1.12.0", {}, "10.244.0.0/29", False),
        ("1.12.0", {}, "10.244.0.0/28", True),
        ("1.20.0", {"node-cidr-mask-size": "29"}, "10.244.0.0/29", False),
    ],
)
def test_each_node_gets_a_part_of_the_pod_subnet(
    node_facts: Facts, version: str, arguments: dict[str, str], subnet: str, fine: bool
) -> None:
    """Breaks a cluster whose controller manager refuses to start, or ends after a few nodes. D3."""
    variables = {"pod_subnet": subnet, "controller_manager_extra_args": arguments, "service_subnet": "172.30.0.0/16"}
    assert set(_faults(node_facts, version, variables)) == (set() if fine else {"pod_subnet"})


@pytest.mark.parametrize(
    ("version", "gates", "paths"),
    [
        ("1.15.0", {}, {"pod_subnet", "service_subnet"}),
        ("1.20.0", {}, {"pod_subnet", "service_subnet"}),
        ("1.20.0", {"IPv6DualStack": True}, set()),
        ("1.21.0", {}, set()),
        ("1.21.0", {"IPv6DualStack": False}, {"pod_subnet", "service_subnet"}),
        ("1.31.0", {}, set()),
    ],
)
def test_two_families_want_dual_stack(node_facts: Facts, version: str, gates: dict[str, bool], paths: set[str]) -> None:
    """Breaks a cluster of a minor that takes one subnet. D11."""
    variables = {
        "pod_subnet": "10.244.0.0/16,fd00:2::/56",
        "service_subnet": "10.96.0.0/16,fd00:1::/112",
        "feature_gates": gates,
    }
    found = _faults(node_facts, version, variables)
    assert set(found) == paths
    assert all("IPv6DualStack" in fault.cure for fault in found.values()) is (version != "1.15.0")


@pytest.mark.parametrize(
    ("version", "gate", "on", "wanted"),
    [
        ("1.22.0", "IPv6DualStack", False, None),
        ("1.23.0", "IPv6DualStack", False, "true: kubeadm 1.23 lets nobody switch it off"),
        ("1.23.0", "IPv6DualStack", True, None),
        ("1.24.0", "IPv6DualStack", True, "UnversionedKubeletConfigMap, PublicKeysECDSA, RootlessControlPlane"),
        ("1.22.0", "RootlessControlPlane", True, "false: it is not supported here"),
        ("1.22.0", "RootlessControlPlane", False, None),
        ("1.12.0", "SelfHosting", True, "false: it is not supported here"),
        ("1.31.0", "CoreDNS", True, None),
    ],
)
def test_gates(node_facts: Facts, version: str, gate: str, on: bool, wanted: str | None) -> None:
    """Breaks a gate that the minor does not have, has locked, or that would be ignored. D4."""
    found = _faults(node_facts, version, {"feature_gates": {gate: on}})
    assert set(found) == ({f"feature_gates.{gate}"} if wanted else set())
    if wanted is not None:
        assert set(found[f"feature_gates.{gate}"].wanted.split(", ")) == set(wanted.split(", "))


@pytest.mark.parametrize(
    ("version", "algorithm", "fine"),
    [
        ("1.12.0", "ECDSA-P384", True),
        ("1.30.0", "ECDSA-P384", True),
        ("1.31.0", "ECDSA-P384", False),
        ("1.33.0", "ECDSA-P384", False),
        ("1.34.0", "ECDSA-P384", True),
        ("1.31.0", "ECDSA-P256", True),
    ],
)
def test_algorithms_that_the_stored_configuration_has_no_word_for(
    node_facts: Facts, version: str, algorithm: str, fine: bool
) -> None:
    """Breaks kubeadm on the finished cluster: it refuses to read what it does not know. D1."""
    found = _faults(node_facts, version, {"encryption_algorithm": algorithm})
    assert set(found) == (set() if fine else {"encryption_algorithm"})


@pytest.mark.parametrize(("version", "fine"), [("1.30.0", False), ("1.31.0", True)])
def test_flags_that_repeat(node_facts: Facts, version: str, fine: bool) -> None:
    """Breaks when one of two values is lost where arguments were a dictionary. D2."""
    repeated = [{"name": "tls-cipher-suites", "value": "a"}, {"name": "tls-cipher-suites", "value": "b"}]
    found = _faults(node_facts, version, {"apiserver_extra_args": repeated})
    assert {path: fault.found for path, fault in found.items()} == (
        {} if fine else {"apiserver_extra_args": "the flag tls-cipher-suites more than once"}
    )


@pytest.mark.parametrize(("version", "fine"), [("1.34.0", False), ("1.35.0", True)])
def test_http_endpoints_of_etcd(node_facts: Facts, version: str, fine: bool) -> None:
    """Breaks when a field is dropped in silence. D3."""
    external = {"endpoints": ["http://etcd:2379"], "httpEndpoints": ["http://etcd:2381"]}
    found = _faults(node_facts, version, {"etcd_external": external})
    assert set(found) == (set() if fine else {"etcd_external.httpEndpoints"})


def test_dry_run_is_ansibles(node_facts: Facts) -> None:
    """Breaks when a file that says dryRun changes a host."""
    document = {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "InitConfiguration", "dryRun": True}
    found = _faults(node_facts, "1.31.0", {}, [document])
    assert [fault.cure for fault in found.values()] == ["Take it out, and run ansible-playbook with --check --diff."]
    assert _faults(node_facts, "1.31.0", {}, [dict(document, dryRun=False)]) == {}


@pytest.mark.parametrize(
    ("version", "variables", "range_text"),
    [
        ("1.30.0", {"dns_disabled": True}, "since 1.31"),
        ("1.30.0", {"proxy_disabled": True}, "since 1.31"),
        ("1.22.0", {"use_hyperkube_image": True}, "1.13 to 1.21"),
        ("1.13.0", {"unified_control_plane_image": "r.example/a:1"}, "1.12"),
        ("1.30.0", {"kubelet_wait_timeout": "1m"}, "since 1.31"),
        ("1.12.0", {"dns_image_tag": "1.2.2"}, "since 1.13"),
        ("1.18.0", {"patches_directory": "/srv/patches"}, "since 1.19"),
    ],
)
def test_settings_of_other_minors(
    node_facts: Facts, version: str, variables: dict[str, t.Any], range_text: str
) -> None:
    """Breaks when a setting without a meaning is dropped in silence."""
    found = _faults(node_facts, version, variables)
    assert {path: fault.wanted for path, fault in found.items()} == {next(iter(variables)): range_text}


@pytest.mark.parametrize(
    ("address", "paths", "warned"),
    [("10.96.7.7", {"service_subnet"}, False), ("10.244.0.9", set(), True), ("192.0.2.1", set(), False)],
)
def test_the_hosts_address_in_a_subnet(node_facts: Facts, address: str, paths: set[str], warned: bool) -> None:
    """Breaks a host that cannot be reached once the routes of the cluster are there; or networks that serve pods themselves."""
    variables = {"pod_subnet": "10.244.0.0/16", "advertise_address": address}
    assert set(_faults(node_facts, "1.31.0", variables)) == paths
    read = read_input({"kubewright_" + name: value for name, value in variables.items()})
    if not paths:
        resolve(read, node_facts())
    assert any("holds the advertise address" in text for text in read.warnings) is warned


_FILES = {"kubernetes": {"cert": "a"}, "front_proxy": {"cert": "b"}, "etcd": {"cert": "c"}}
_EXTERNAL = {"endpoints": ["https://192.0.2.20:2379"]}


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, {}),
        ({"ca_files": _FILES}, {}),
        ({"ca_key_location": "host"}, {}),
        ({"ca_key_location": "controller", "ca_dir": "cas"}, {}),
        ({"ca_key_location": "controller", "ca_dir": "cas", "ca_files": {"etcd": {"cert": "c"}}}, {}),
        ({"ca_key_location": "controller", "ca_files": _FILES}, {}),
        (
            {
                "ca_key_location": "controller",
                "ca_files": {name: _FILES[name] for name in ("kubernetes", "front_proxy")},
                "etcd_external": _EXTERNAL,
            },
            {},
        ),
        (
            {"ca_key_location": "controller"},
            {"ca_key_location": "where these CAs are: kubernetes, front_proxy, etcd"},
        ),
        (
            {"ca_key_location": "controller", "ca_files": {"kubernetes": {"cert": "a"}}, "etcd_external": _EXTERNAL},
            {"ca_key_location": "where these CAs are: front_proxy"},
        ),
        ({"ca_dir": "cas"}, {"ca_dir": "cas"}),
        ({"ca_dir": "cas", "ca_key_location": "host"}, {"ca_dir": "cas"}),
        ({"ca_dir": "cas", "ca_key_location": "there"}, {"ca_key_location": "there"}),
        ({"ca_key_location": "controller", "ca_dir": 1.5}, {"ca_dir": "1.5"}),
    ],
)
def test_cas_on_the_controller(node_facts: Facts, variables: dict[str, t.Any], found: dict[str, str]) -> None:
    """Breaks when it shows only after hosts were changed that a CA has no place, or that a place for CAs is not used."""
    faults = _faults(node_facts, "1.31.0", variables)
    assert faults.keys() == found.keys()
    assert all(text in faults[path].found for path, text in found.items())


@pytest.mark.parametrize(
    ("cluster", "fine"),
    [
        ("prod", True),
        ("", True),
        ("5", True),
        ("ca.crt", False),
        ("~root", False),
        ("a..b", True),
        ("..", False),
        (".", False),
        ("a/b", False),
        ("etcd", False),
    ],
)
def test_names_of_clusters_that_are_folders(node_facts: Facts, cluster: t.Any, fine: bool) -> None:
    """Breaks out of the folder of the CAs; where none are kept there, every name is right."""
    variables = {"cluster": cluster, "ca_key_location": "controller", "ca_dir": "cas"}
    assert set(_faults(node_facts, "1.31.0", variables)) == (set() if fine else {"cluster"})
    assert _faults(node_facts, "1.31.0", {"cluster": cluster}) == {}
