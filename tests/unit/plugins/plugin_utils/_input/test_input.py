# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables and documents laid into one shape."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.document_fields import (
    API_VERSIONS,
    CLUSTER,
    FIELDS,
    INIT,
    fields,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input, read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES

DOCUMENTS = "kubewright_kubeadm_config"


def _document(api: str, kind: str, **body: t.Any) -> dict[str, t.Any]:
    return {"apiVersion": f"kubeadm.k8s.io/{api}", "kind": kind, **body}


def _read(*documents: dict[str, t.Any], **variables: t.Any) -> Input:
    given = {"kubewright_" + name: value for name, value in variables.items()}
    return read_input({**given, DOCUMENTS: list(documents)})


def test_variables_win_over_documents() -> None:
    """Breaks a playbook that changes one value of a shared file."""
    document = _document("v1beta2", CLUSTER, clusterName="file", imageRepository="r.example")
    read = _read(document, cluster_name="variable")
    assert read.get(targets.CLUSTER_NAME) == "variable"
    assert read.get(targets.IMAGE_REPOSITORY) == "r.example"
    assert read.name(targets.CLUSTER_NAME) == "kubewright_cluster_name"
    assert read.name(targets.IMAGE_REPOSITORY) == "kubewright_kubeadm_config: ClusterConfiguration.imageRepository"
    assert read.name(targets.POD_SUBNET) == "kubewright_pod_subnet"


def test_component_configurations_and_gates_are_merged() -> None:
    """Breaks when a variable with one field throws the other fields of a document away."""
    kubelet = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": 5, "port": 1}
    read = _read(
        _document("v1beta2", CLUSTER, featureGates={"A": True}),
        kubelet,
        kubelet_configuration={"maxPods": 7},
        feature_gates={"B": False},
    )
    assert read.get(targets.KUBELET_CONFIGURATION) == {"maxPods": 7, "port": 1}
    assert read.get(targets.FEATURE_GATES) == {"A": True, "B": False}


def test_a_wrong_variable_is_not_replaced_by_a_document() -> None:
    """Breaks when a run goes on with another value than the one that was asked for."""
    read = _read(_document("v1beta2", CLUSTER, clusterName="file"), cluster_name=[])
    assert read.get(targets.CLUSTER_NAME) is None
    assert [fault.path for fault in read.faults] == ["kubewright_cluster_name"]
    assert read.has_fault(targets.CLUSTER_NAME)


@pytest.mark.parametrize("api", API_VERSIONS)
def test_what_kubeadm_prints_as_empty_is_not_set(api: str) -> None:
    """Breaks documents that kubeadm has printed: an empty text, zero port or null stands for nothing."""
    endpoint = "apiEndpoint" if api == "v1alpha3" else "localAPIEndpoint"
    read = _read(
        _document(api, INIT, **{endpoint: {"advertiseAddress": "", "bindPort": 0}}),
        _document(api, CLUSTER, controlPlaneEndpoint="", networking={"podSubnet": "", "dnsDomain": None}, etcd={}),
    )
    assert (read.values, read.faults) == ({}, [])


def test_null_taints_are_not_set_and_empty_ones_are() -> None:
    """K1.2: breaks nodes without taints, or gives every node none."""
    for taints, expected in ((None, None), ([], [])):
        read = _read(_document("v1beta2", INIT, nodeRegistration={"taints": taints}))
        assert read.get(targets.TAINTS) == expected


@pytest.mark.parametrize(
    ("document", "path", "hint"),
    [
        (_document("v1beta2", CLUSTER, clusterNam="a"), "ClusterConfiguration.clusterNam", "Did you mean clusterName?"),
        (
            _document("v1beta2", CLUSTER, networking={"podSubnett": "a"}),
            "ClusterConfiguration.networking.podSubnett",
            "Did you mean podSubnet?",
        ),
        (_document("v1beta2", INIT, networking={}), "InitConfiguration.networking", ""),
        (
            _document("v1beta2", INIT, clusterName="a"),
            "InitConfiguration.clusterName",
            "It belongs to ClusterConfiguration.",
        ),
        (_document("v1beta2", INIT, dryRun=True), "InitConfiguration.dryRun", "It is a field of v1beta4."),
        (
            _document("v1beta2", INIT, skipPhases=[]),
            "InitConfiguration.skipPhases",
            "It is a field of v1beta3 to v1beta4.",
        ),
        (_document("v1beta4", CLUSTER, apiServerCertSANs=[]), "ClusterConfiguration.apiServerCertSANs", "v1alpha3"),
        (_document("v1beta2", CLUSTER, networking=[1]), "ClusterConfiguration.networking", ""),
        (_document("v1beta2", CLUSTER, clusterName={"a": 1}), "ClusterConfiguration.clusterName", ""),
    ],
)
def test_fields_that_are_not_there(document: dict[str, t.Any], path: str, hint: str) -> None:
    """Breaks the message for a misspelt or misplaced field, which kubeadm ignores in silence."""
    faults = _read(document).faults
    assert [fault.path for fault in faults] == [f"kubewright_kubeadm_config: {path}"]
    assert hint in faults[0].cure


@pytest.mark.parametrize("api", ["v1alpha3", "v1beta1", "v1beta2", "v1beta3"])
def test_arguments_are_a_dictionary_until_v1beta3(api: str) -> None:
    """D2.3: breaks the flags of files of each version, or takes a form that kubeadm refuses."""
    where = "schedulerExtraArgs" if api == "v1alpha3" else "scheduler"
    good = {"b": "2", "a": "1"} if api == "v1alpha3" else {"extraArgs": {"b": "2", "a": "1"}}
    listed = [{"name": "a", "value": "1"}]
    read = _read(_document(api, CLUSTER, **{where: good}))
    assert read.get(("ClusterConfiguration", "scheduler", "extraArgs")) == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": "2"},
    ]
    bad = listed if api == "v1alpha3" else {"extraArgs": listed}
    assert "a dictionary of flags" in _read(_document(api, CLUSTER, **{where: bad})).faults[0].wanted


def test_arguments_are_a_list_since_v1beta4() -> None:
    """D2.3: breaks repeated flags, or takes a form that kubeadm refuses."""
    listed = [{"name": "b", "value": "2"}, {"name": "a", "value": "1"}, {"name": "a", "value": "3"}]
    read = _read(_document("v1beta4", CLUSTER, scheduler={"extraArgs": listed}))
    assert read.get(("ClusterConfiguration", "scheduler", "extraArgs")) == listed
    wrong = _read(_document("v1beta4", CLUSTER, scheduler={"extraArgs": {"a": "1"}}))
    assert "a list of name and value" in wrong.faults[0].wanted


def test_v1alpha3() -> None:
    """K1: breaks the oldest files: whole image names, gates that became settings, writable volumes."""
    read = _read(
        _document(
            "v1alpha3",
            CLUSTER,
            etcd={"local": {"image": "r.example/k8s/etcd:3.2.24", "dataDir": "/srv/etcd"}},
            featureGates={"Auditing": True, "CoreDNS": False},
            auditPolicy={"path": "/etc/audit.yaml", "logDir": "/srv/audit", "logMaxAge": 0},
            apiServerExtraVolumes=[{"name": "a", "hostPath": "/a", "mountPath": "/b", "writable": True}],
            unifiedControlPlaneImage="r.example/all:1",
        )
    )
    assert read.faults == []
    assert read.get(targets.ETCD_IMAGE_REPOSITORY) == "r.example/k8s"
    assert read.get(targets.ETCD_IMAGE_TAG) == "3.2.24"
    assert (read.get(targets.AUDIT_ENABLED), read.get(targets.DNS_TYPE)) == (True, "kube-dns")
    assert (read.get(targets.AUDIT_POLICY_PATH), read.get(targets.AUDIT_LOG_MAX_AGE)) == ("/etc/audit.yaml", 0)
    volume = read.get(("ClusterConfiguration", "apiServer", "extraVolumes"))[0]
    assert volume == {"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": False}


def test_gates_of_1_12_as_a_variable() -> None:
    """K1.5: breaks the two gates that stand for settings here."""
    read = read_input({"kubewright_feature_gates": {"Auditing": True, "CoreDNS": False}})
    assert (read.get(targets.AUDIT_ENABLED), read.get(targets.DNS_TYPE)) == (True, "kube-dns")
    mine = read_input({"kubewright_feature_gates": {"CoreDNS": False}, "kubewright_dns_type": "CoreDNS"})
    assert mine.get(targets.DNS_TYPE) == "CoreDNS"


@pytest.mark.parametrize(
    ("old", "new"),
    [("v1beta1", "v1beta2"), ("v1beta2", "v1beta3"), ("v1beta3", "v1beta4"), ("v1alpha3", "v1beta1")],
)
def test_a_setting_lies_in_one_place_whatever_the_version(old: str, new: str) -> None:
    """Breaks conversion between versions: a field that both have lands in two places."""
    for kind in (INIT, CLUSTER):
        before, after = fields(kind, old), fields(kind, new)
        for path in set(before) & set(after):
            assert before[path].target == after[path].target, path


def test_every_field_of_a_document_has_a_variable() -> None:
    """Breaks users of variables, when a setting can only be made in a document."""
    variables = {variable.target for variable in VARIABLES.values()}
    # What only other commands look at, what Ansible itself decides, and what is spread over other settings.
    others = {
        targets.DRY_RUN,
        targets.CERTIFICATE_KEY,
        *(("InitConfiguration", "timeouts", name) for name in ("etcdAPICall", "tlsBootstrap", "discovery")),
        ("InitConfiguration", "timeouts", "upgradeManifests"),
    }
    reachable = {field.target for field in FIELDS if field.target is not None}
    assert reachable - variables == others


def test_no_two_fields_of_a_version_have_one_path() -> None:
    """Breaks when one row of the table hides another."""
    for kind in (INIT, CLUSTER):
        for api in API_VERSIONS:
            rows = [field for field in FIELDS if field.kind == kind and api in field.versions()]
            assert len({field.path for field in rows}) == len(rows)


def test_secrets_of_documents_are_not_shown() -> None:
    """Breaks when a token or the key of the certificates is printed with a fault."""
    read = _read(
        _document(
            "v1beta4",
            INIT,
            bootstrapTokens=[{"token": "abcdef.0123456789abcde!"}],
            certificateKey="e6a2eb8581237ab7!",
        )
    )
    text = "".join(str(fault) for fault in read.faults)
    assert len(read.faults) == 2
    assert "0123456789abcde" not in text
    assert "e6a2eb8581237ab7" not in text


def test_an_empty_variable_is_not_given() -> None:
    """Breaks inventories that leave a variable empty: default('') is how many switch one off."""
    assert read_input({"kubewright_pod_subnet": "", "kubewright_kubeadm_config": ""}) == read_input({})


def test_a_gate_of_a_variable_wins_over_a_document() -> None:
    """K1.5: breaks a playbook that changes the gates which stand for settings here."""
    document = _document("v1alpha3", CLUSTER, featureGates={"CoreDNS": False, "Auditing": True})
    read = _read(document, feature_gates={"CoreDNS": True, "Auditing": False})
    assert (read.get(targets.AUDIT_ENABLED), read.get(targets.DNS_TYPE)) == (False, "CoreDNS")
    assert read.name(targets.DNS_TYPE) == "kubewright_feature_gates.CoreDNS"


def test_a_field_is_called_by_where_it_was_given() -> None:
    """Breaks the way to the wrong one of two places."""
    document = _document("v1beta2", CLUSTER, featureGates={"A": True, "B": True})
    read = _read(document, feature_gates={"B": False})
    assert (
        read.field_name(targets.FEATURE_GATES, "A") == "kubewright_kubeadm_config: ClusterConfiguration.featureGates.A"
    )
    assert read.field_name(targets.FEATURE_GATES, "B") == "kubewright_feature_gates.B"


def test_http_endpoints_belong_to_v1beta4() -> None:
    """D2.3: breaks when a field that a version has not is taken in it."""
    external = {"external": {"endpoints": ["http://a:2379"], "httpEndpoints": ["http://a:2381"]}}
    assert "unknown key" in _read(_document("v1beta3", CLUSTER, etcd=external)).faults[0].found
    assert _read(_document("v1beta4", CLUSTER, etcd=external)).faults == []
