# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From variables and facts to the resolved configuration."""

from __future__ import annotations

import copy
import typing as t

import pytest
from resolving import faults_of, resolved, variables_of

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve import resolve as resolve_

Facts = t.Callable[..., dict[str, t.Any]]
DOCKER, CONTAINERD, CRIO = "/var/run/docker.sock", "/run/containerd/containerd.sock", "/var/run/crio/crio.sock"
TOKEN = "abcdef.0123456789abcdef"


def test_defaults(node_facts: Facts) -> None:
    """K1.2, K1.3: breaks a run without any variable: everything comes from the host and the minor."""
    result = resolve_.resolve(read_input({}), node_facts(kubelet_version="v1.31.2"))
    cluster, init = result["ClusterConfiguration"], result["InitConfiguration"]
    assert cluster["kubernetesVersion"] == "v1.31.2"
    assert cluster["networking"] == {"dnsDomain": "cluster.local", "serviceSubnet": "10.96.0.0/12"}
    assert cluster["certificatesDir"] == "/etc/kubernetes/pki"
    assert cluster["etcd"] == {"local": {"dataDir": "/var/lib/etcd"}}
    assert (cluster["clusterName"], cluster["imageRepository"]) == ("kubernetes", "registry.k8s.io")
    assert init["localAPIEndpoint"] == {"advertiseAddress": "192.0.2.10", "bindPort": 6443}
    assert init["nodeRegistration"] == {
        "name": "cp1",
        "criSocket": "unix:///var/run/containerd/containerd.sock",
        "imagePullPolicy": "IfNotPresent",
        "imagePullSerial": True,
        "taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}],
    }
    assert init["timeouts"]["controlPlaneComponentHealthCheck"] == "4m0s"
    assert (result["audit"], result["dnsType"], result["skipTokenPrint"]) == (None, "CoreDNS", False)
    assert result["certRenewBeforeSeconds"] == 30 * 86400


def test_the_input_stays_as_it_is(node_facts: Facts) -> None:
    """Breaks other hosts, when the variables of a group change while one is resolved."""
    given = variables_of(
        kubernetes_version="1.31.0",
        audit=True,
        apiserver_extra_args=[{"name": "v", "value": "2"}],
        apiserver_extra_volumes=[{"name": "a", "hostPath": "/a", "mountPath": "/a"}],
    )
    before = copy.deepcopy(given)
    resolve_.resolve(read_input(given), node_facts())
    assert given == before


def test_no_token_is_in_the_result(node_facts: Facts) -> None:
    """Breaks when a token travels with the configuration into every phase's log."""
    assert "0123456789abcdef" not in str(resolved(node_facts(), bootstrap_tokens=[{"token": TOKEN}]))


def test_all_faults_come_at_once(node_facts: Facts) -> None:
    """Breaks when a user has to run once per mistake."""
    faults = faults_of(
        node_facts(),
        "1.31.0",
        pod_subnt="10.244.0.0/16",
        bind_port=0,
        dns_type="kube-dns",
        feature_gates={"IPv6DualStack": True},
        service_subnet="10.0.0.0",
        taints=[{"key": "a", "effect": "Never"}],
        apiserver_extra_args=[{"name": "v", "value": "1"}, {"name": "--w", "value": "1"}],
    )
    assert set(faults) == {
        "pod_subnt",
        "bind_port",
        "dns_type",
        "feature_gates.IPv6DualStack",
        "service_subnet",
        "taints[0].effect",
        "apiserver_extra_args[1].name",
    }
    assert "Did you mean kubewright_pod_subnet?" in faults["pod_subnt"].cure


def test_null_counts_as_not_given(node_facts: Facts) -> None:
    """Breaks inventories that switch a variable off with null."""
    assert resolved(node_facts(), pod_subnet=None, etcd_external=None) == resolved(node_facts())


@pytest.mark.parametrize("version", ["1.11.10", "1.38.0"])
def test_versions_that_are_not_supported(node_facts: Facts, version: str) -> None:
    """Breaks when an unknown minor passes, or the message does not say which are known."""
    assert "v1.12.0 to v1.37.x" in faults_of(node_facts(), version)["kubernetes_version"].wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("latest", "a label that cannot be resolved without asking the internet; known here are stable, stable-1 and"),
        ("ci/latest", "a label that cannot be resolved"),
        ("stable-1.11", "a label that cannot be resolved"),
        ("1.31", "neither a version like v1.20.2 nor a label like stable-1.20"),
        ("newest", "neither a version"),
    ],
)
def test_labels_that_cannot_be_resolved(node_facts: Facts, text: str, found: str) -> None:
    """Breaks when a label is looked up on the internet, or the message does not say what to do without it."""
    fault = faults_of(node_facts(), text)["kubernetes_version"]
    assert found in fault.found
    assert "kubewright_version_labels" in fault.cure


def test_labels_are_resolved_from_maps(node_facts: Facts) -> None:
    """Breaks when a label is not resolved offline, or the user's map does not win over the collection's."""
    assert resolved(node_facts(), "stable-1.20")["ClusterConfiguration"]["kubernetesVersion"] == "v1.20.15"
    mine = {"stable-1.20": "1.20.2", "golden": "v1.30.4"}
    for label, version in mine.items():
        found = resolved(node_facts(), label, version_labels=mine)["ClusterConfiguration"]["kubernetesVersion"]
        assert found.lstrip("v") == version.lstrip("v")


def test_no_version_anywhere(node_facts: Facts) -> None:
    """Breaks the message on a host without a kubelet."""
    faults = faults_of(node_facts(kubelet_version=None), None)
    assert "install the kubelet" in faults["kubernetes_version"].cure


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"pod_subnet": "10.96.0.0/16"}, {"pod_subnet"}),
        ({"pod_subnet": "10.0.0.0/8"}, {"pod_subnet"}),
        ({"service_subnet": "192.0.0.0/8"}, {"service_subnet"}),
        ({"pod_subnet": "10.244.0.0/16,fd00::/48", "service_subnet": "10.96.0.0/12,fd00:0:0:1::/108"}, {"pod_subnet"}),
    ],
)
def test_subnets_that_overlap(node_facts: Facts, variables: dict[str, str], names: set[str]) -> None:
    """Breaks routing in the cluster, silently, when subnets share addresses."""
    assert set(faults_of(node_facts(), **variables)) == names


def test_subnets_apart(node_facts: Facts) -> None:
    """Breaks dual stack, when the two families of one field count as an overlap."""
    resolved(node_facts(), pod_subnet="10.244.0.0/16,fd00:1::/64", service_subnet="10.96.0.0/12,fd00:2::/108")


@pytest.mark.parametrize(
    ("version", "sockets", "expected"),
    [
        ("1.12.0", [CONTAINERD], "/var/run/dockershim.sock"),
        ("1.14.0", [], "/var/run/dockershim.sock"),
        ("1.14.0", [DOCKER, CONTAINERD], "/var/run/dockershim.sock"),
        ("1.23.0", [CONTAINERD], CONTAINERD),
        ("1.23.0", [CRIO], CRIO),
        ("1.24.0", [DOCKER, CONTAINERD], "unix:///var/run/containerd/containerd.sock"),
        ("1.24.0", [DOCKER], "unix:///var/run/containerd/containerd.sock"),
        ("1.31.0", [CRIO], "unix://" + CRIO),
    ],
)
def test_the_socket_is_found(node_facts: Facts, version: str, sockets: list[str], expected: str) -> None:
    """D9.3: breaks the kubelet's way to the runtime of the host."""
    registration = resolved(node_facts(sockets=sockets), version)["InitConfiguration"]["nodeRegistration"]
    assert registration["criSocket"] == expected


def test_several_sockets_are_the_users_choice(node_facts: Facts) -> None:
    """D9.3: breaks when one of several runtimes is taken by chance."""
    assert "one of them" in faults_of(node_facts(sockets=[CONTAINERD, CRIO]))["cri_socket"].wanted
    result = resolved(node_facts(sockets=[CONTAINERD, CRIO]), cri_socket=CRIO)
    assert result["InitConfiguration"]["nodeRegistration"]["criSocket"] == "unix://" + CRIO


@pytest.mark.parametrize(("version", "fine"), [("1.12.0", True), ("1.20.0", True), ("1.21.0", False)])
def test_kube_dns_ends_with_1_20(node_facts: Facts, version: str, fine: bool) -> None:
    """D12.1: breaks when kube-dns is promised where no kubeadm knows it."""
    if fine:
        assert resolved(node_facts(), version, dns_type="kube-dns")["dnsType"] == "kube-dns"
    else:
        assert set(faults_of(node_facts(), version, dns_type="kube-dns")) == {"dns_type"}


def test_feature_gates(node_facts: Facts) -> None:
    """D2.4: breaks when a gate of another minor passes; the nearest name is offered."""
    gate = {"WaitForAllControlPlaneComponent": True}
    assert (
        "WaitForAllControlPlaneComponents"
        in faults_of(node_facts(), feature_gates=gate)["feature_gates." + next(iter(gate))].cure
    )
    resolved(node_facts(), feature_gates={"WaitForAllControlPlaneComponents": True})


HTTPS = ["https://192.0.2.5:2379"]


@pytest.mark.parametrize(
    ("external", "more", "paths"),
    [
        ({"endpoints": HTTPS, "certFile": "/c", "caFile": "/a"}, {}, {"etcd_external"}),
        ({"endpoints": HTTPS, "certFile": "/c", "keyFile": "/k"}, {}, {"etcd_external.caFile"}),
        ({"endpoints": ["http://192.0.2.5:2379"], "caFile": "/a"}, {}, {"etcd_external.endpoints[0]"}),
        (
            {"endpoints": HTTPS},
            {"etcd_data_dir": "/srv", "etcd_extra_args": {"a": "1"}},
            {"etcd_data_dir", "etcd_extra_args"},
        ),
        ({"endpoints": ["192.0.2.5:2379"]}, {}, {"etcd_external.endpoints[0]"}),
    ],
)
def test_external_etcd(node_facts: Facts, external: dict[str, t.Any], more: dict[str, t.Any], paths: set[str]) -> None:
    """K1.8: breaks when a combination passes that cannot work."""
    assert set(faults_of(node_facts(), etcd_external=external, **more)) == paths


@pytest.mark.parametrize(
    ("version", "name", "value"),
    [
        ("1.30.0", "scheduler_extra_envs", [{"name": "A", "value": "1"}]),
        ("1.30.0", "scheduler_extra_args", [{"name": "v", "value": "1"}, {"name": "v", "value": "2"}]),
        ("1.30.0", "kubelet_extra_args", [{"name": "v", "value": "1"}, {"name": "v", "value": "2"}]),
        ("1.30.0", "etcd_extra_args", [{"name": "v", "value": "1"}, {"name": "v", "value": "2"}]),
    ],
)
def test_what_came_with_1_31(node_facts: Facts, version: str, name: str, value: t.Any) -> None:
    """D2.3: breaks when an older minor silently loses a repeated flag or a variable."""
    assert set(faults_of(node_facts(), version, **{name: value})) == {name}
    resolved(node_facts(), "1.31.0", **{name: value})


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"default_address": None}, "advertise_address"),
        ({"hostname": "my_host"}, "node_name"),
        ({"cryptography_error": "No module named cryptography"}, "host"),
    ],
)
def test_facts_that_do_not_do(node_facts: Facts, facts: dict[str, t.Any], path: str) -> None:
    """Breaks the message on a host that cannot be used as it is."""
    assert set(faults_of(node_facts(**facts))) == {path}


def test_variables_mend_what_facts_lack(node_facts: Facts) -> None:
    """Breaks hosts without a default route or with an odd name, for which the user gives both."""
    facts = node_facts(default_address=None, hostname="my_host")
    init = resolved(facts, advertise_address="192.0.2.7", node_name="Node-A")["InitConfiguration"]
    assert init["localAPIEndpoint"]["advertiseAddress"] == "192.0.2.7"
    assert init["nodeRegistration"]["name"] == "node-a"


@pytest.mark.parametrize(
    ("endpoint", "version", "stored"),
    [
        ("cp.example", "1.12.0", "cp.example:6443"),
        ("2001:db8::5", "1.12.0", "[2001:db8::5]:6443"),
        ("cp.example:1", "1.12.0", "cp.example:1"),
        ("cp.example", "1.37.0", "cp.example:6443"),
    ],
)
def test_the_endpoint_gets_the_bind_port(node_facts: Facts, endpoint: str, version: str, stored: str) -> None:
    """K1.3: breaks the stored configuration, which has the port."""
    assert (
        resolved(node_facts(), version, control_plane_endpoint=endpoint)["ClusterConfiguration"]["controlPlaneEndpoint"]
        == stored
    )


def test_no_taints(node_facts: Facts) -> None:
    """K1.2: breaks single hosts, where an empty list means no taint and not the default."""
    assert resolved(node_facts(), taints=[])["InitConfiguration"]["nodeRegistration"]["taints"] == []


def test_renewal_is_at_most_a_third_of_the_validity(node_facts: Facts) -> None:
    """Breaks short-lived certificates, which would be renewed at every run."""
    assert resolved(node_facts(), certificate_validity_period="72h")["certRenewBeforeSeconds"] == 24 * 3600


def test_the_certificates_folder_is_known_before_anything_else() -> None:
    """Breaks the search for an external CA in a folder of the user's."""
    read = read_input(variables_of(certificates_dir="/srv/pki", bind_port="x"))
    assert resolve_.certificates_dir(read) == "/srv/pki"
    assert resolve_.certificates_dir(read_input({})) == "/etc/kubernetes/pki"


def test_bootstrap_tokens_get_defaults() -> None:
    """K1.2: breaks a token for which only its value is given."""
    assert resolve_.bootstrap_tokens(read_input(variables_of(bootstrap_tokens=[{"token": TOKEN}]))) == [
        {
            "token": TOKEN,
            "ttl": "24h0m0s",
            "usages": ["signing", "authentication"],
            "groups": ["system:bootstrappers:kubeadm:default-node-token"],
        }
    ]
    assert resolve_.bootstrap_tokens(read_input({})) == []


def test_a_token_with_an_end_gets_no_time_to_live() -> None:
    """Breaks a token whose end is given: kubeadm adds a time to live and then refuses the two together."""
    token = {"token": TOKEN, "expires": "2030-01-01T00:00:00Z"}
    assert "ttl" not in resolve_.bootstrap_tokens(read_input(variables_of(bootstrap_tokens=[token])))[0]


@pytest.mark.parametrize(
    ("token", "path"),
    [
        ({"token": "abcdef.x"}, "token"),
        ({"token": TOKEN, "ttl": "1h", "expires": "2030-01-01T00:00:00Z"}, ""),
        ({"token": TOKEN, "usages": ["signing"], "groups": ["system:bootstrappers:x"]}, "groups"),
        ({"usages": ["signing"]}, "token"),
        ({"groups": ["system:bootstrappers:x"]}, "token"),
    ],
)
def test_tokens_that_kubeadm_refuses(token: dict[str, t.Any], path: str) -> None:
    """K1.8: breaks when a contradiction passes: two ends, or groups of a token that cannot log in."""
    with pytest.raises(InvalidInput) as caught:
        resolve_.bootstrap_tokens(read_input(variables_of(bootstrap_tokens=[token])))
    expected = "kubewright_bootstrap_tokens[0]" + ("." + path if path else "")
    assert [fault.path for fault in caught.value.faults] == [expected]
    assert TOKEN not in str(caught.value)


def test_a_wrong_version_hides_nothing_else(node_facts: Facts) -> None:
    """Breaks when faults that have nothing to do with the version come only after it is mended."""
    faults = faults_of(
        node_facts(hostname="a_b"),
        "latest",
        patches_directory="gone",
        audit=True,
        audit_policy={"rules": []},
        certificate_validity_period="0s",
    )
    assert set(faults) == {
        *("kubernetes_version", "node_name", "patches_directory", "audit_policy.rules", "certificate_validity_period"),
    }


def test_faults_of_a_component_name_the_place_of_the_field(node_facts: Facts) -> None:
    """Breaks the way to the wrong one of two places, a document and a variable."""
    document = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": -1, "port": 1}
    variables = {"kubewright_kubeadm_config": [document], "kubewright_kubernetes_version": "v1.20.2"}
    in_document = "kubewright_kubeadm_config: KubeletConfiguration.maxPods"
    for mine, path in (
        ({"oomScoreAdj": 5}, in_document),
        ({"maxPods": "x"}, "kubewright_kubelet_configuration.maxPods"),
    ):
        read = read_input({**variables, "kubewright_kubelet_configuration": mine})
        with pytest.raises(InvalidInput) as caught:
            resolve_.resolve(read, node_facts())
        assert [fault.path for fault in caught.value.faults] == [path]


def test_certificates_that_outlive_their_ca_are_warned_of(node_facts: Facts) -> None:
    """Breaks when nobody is told of certificates that end before they say."""
    read = read_input(variables_of(kubernetes_version="1.31.0", certificate_validity_period="100000h"))
    resolve_.resolve(read, node_facts())
    assert any("longer than their CA" in text for text in read.warnings)


@pytest.mark.parametrize(("version", "fine"), [("1.14.0", False), ("1.15.0", True)])
def test_wildcards_in_certificates(node_facts: Facts, version: str, fine: bool) -> None:
    """K1.8, D8.1: breaks certificates that the minor's kubeadm refuses."""
    variables = {"apiserver_cert_sans": ["a.example.com", "*.apps.example.com"]}
    if fine:
        resolved(node_facts(), version, **variables)
    else:
        assert set(faults_of(node_facts(), version, **variables)) == {"apiserver_cert_sans[1]"}


@pytest.mark.parametrize(
    ("variables", "keys", "stored"),
    [
        ({}, "RSA-2048", "RSA-2048"),
        ({"encryption_algorithm": "RSA-4096"}, "RSA-4096", "RSA-4096"),
        ({"feature_gates": {"PublicKeysECDSA": True}}, "ECDSA-P256", "RSA-2048"),
        ({"feature_gates": {"PublicKeysECDSA": True}, "encryption_algorithm": "RSA-4096"}, "ECDSA-P256", "RSA-4096"),
        ({"feature_gates": {"PublicKeysECDSA": False}, "encryption_algorithm": "ECDSA-P256"}, "RSA-2048", "ECDSA-P256"),
    ],
)
def test_the_gate_of_keys_decides(node_facts: Facts, variables: dict[str, t.Any], keys: str, stored: str) -> None:
    """D2.2: breaks keys or the stored configuration where both the gate and the algorithm are set."""
    read = read_input(variables_of(kubernetes_version="1.31.0", **variables))
    config = Config(resolve_.resolve(read, node_facts()))
    assert (config.key_algorithm, config.cluster["encryptionAlgorithm"]) == (keys, stored)
    assert any("PublicKeysECDSA decides" in text for text in read.warnings) is (keys != stored and len(variables) == 2)


@pytest.mark.parametrize(
    ("on_host", "given", "external"),
    [
        ({}, None, False),
        ({"external_ca": True}, None, True),
        ({}, {"cert": "ca.crt", "key": "ca.key"}, False),
        ({}, {"cert": "ca.crt"}, True),
        ({"external_ca": True}, {"cert": "ca.crt", "key": "ca.key"}, False),
        ({"ca_key": True}, {"cert": "ca.crt"}, False),
    ],
)
def test_who_signs(node_facts: Facts, on_host: dict[str, t.Any], given: dict[str, str] | None, external: bool) -> None:
    """Breaks the controller manager, which is told to sign with a key that is not there, or not to with one that is."""
    variables = {} if given is None else {"ca_files": {"kubernetes": given}}
    assert resolved(node_facts(**on_host), **variables)["node"]["external_ca"] is external


@pytest.mark.parametrize(
    ("variables", "facts", "external", "on_host", "requests"),
    [
        ({}, {"ca_key": True}, False, True, False),
        ({"csr_dir": "csr"}, {"external_ca": True}, True, True, True),
        ({"ca_key_location": "controller", "ca_dir": "cas"}, {}, True, False, True),
        ({"ca_key_location": "controller", "ca_dir": "cas"}, {"external_ca": True}, True, True, True),
        ({"ca_key_location": "host", "csr_dir": "csr"}, {}, False, False, True),
    ],
)
def test_where_the_keys_of_the_cas_are(
    node_facts: Facts,
    variables: dict[str, t.Any],
    facts: dict[str, t.Any],
    external: bool,
    on_host: bool,
    requests: bool,
) -> None:
    """Breaks the controller manager (no key to sign with), CAs made beside those of the host, or the preflight checks."""
    data = resolved(node_facts(**facts), **variables)
    assert (data["node"]["external_ca"], data["node"]["ca_on_host"]) == (external, on_host)
    assert (data["certRequests"], data["caKeyLocation"]) == (requests, variables.get("ca_key_location", "host"))


def test_declared_kubeconfigs(node_facts: Facts) -> None:
    """Breaks kubewright_kubeconfigs: it is checked with all else, and its default validity is that of all leaves."""
    jane = {"name": "jane", "location": "host", "path": "/srv//jane.conf"}
    data = resolved(node_facts(), kubeconfigs=[jane], certificate_validity_period="100h")
    assert data["kubeconfigs"] == [
        {"name": "jane", "groups": [], "validitySeconds": 360000.0, "location": "host", "path": "/srv/jane.conf"}
    ]
    taken = dict(jane, path="/srv/pki/ca.crt")
    assert set(faults_of(node_facts(), kubeconfigs=[taken], certificates_dir="/srv/pki", bind_port=0)) == {
        "kubeconfigs[0].path",
        "bind_port",
    }
