# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telling kubeadm's documents apart."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.documents import read_documents

CLUSTER = {"apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "ClusterConfiguration", "clusterName": "a"}
TEXT = """
apiVersion: kubeadm.k8s.io/v1beta3
kind: InitConfiguration
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterConfiguration
clusterName: a
---
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: 5
"""


def _no_file(path: str) -> str:
    raise KubewrightError(f"{path}: No such file or directory")


def _faults(given: t.Any) -> list[str]:
    return [str(fault) for fault in read_documents("v", given, _no_file).faults]


@pytest.mark.parametrize(
    "given",
    [TEXT, ["a.yaml"], "a.yaml", [TEXT]],
)
def test_every_way_to_give_documents(given: t.Any) -> None:
    """Breaks a file, its text, or a list of them."""
    found = read_documents("v", given, lambda _path: TEXT)
    assert (found.faults, found.warnings) == ([], [])
    assert [(item.kind, item.api) for item in found.documents] == [
        ("InitConfiguration", "v1beta3"),
        ("ClusterConfiguration", "v1beta2"),
        ("KubeletConfiguration", "v1beta1"),
    ]
    assert found.documents[1].body == {"clusterName": "a"}
    assert (
        found.documents[1].path == "v: ClusterConfiguration" or found.documents[1].path == "v[0]: ClusterConfiguration"
    )


def test_documents_as_values() -> None:
    """Breaks an inventory that holds the documents themselves."""
    assert [item.kind for item in read_documents("v", [CLUSTER], _no_file).documents] == ["ClusterConfiguration"]
    assert [item.kind for item in read_documents("v", CLUSTER, _no_file).documents] == ["ClusterConfiguration"]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("a.yaml", "v: found a file that cannot be read (a.yaml: No such file or directory)"),
        ("a: [", "v: found YAML that cannot be taken (in line"),
        ("a: 1\na: 2\n", "the key a stands twice in its mapping"),
        ("? [1]\n: 2\n", "a key that is no text"),
        ("1: 2\n", "a key that is no text: quote it"),
        ("&x [*x]\n", "an anchor whose value holds itself"),
        ("a: &x [*x]\n", "found unconstructable recursive node"),
        ("a: !!binary aGk=\n", "a tag that Kubernetes does not know"),
        ("a: !ruby x\n", "a tag that Kubernetes does not know"),
        ("[" * 5000, "v: found YAML that cannot be taken"),
        (["a: 1\n", "- 1\n"], "v[1]: found a document that is no mapping"),
        (["a: 1\n---\nb: 1\n"], "v[0], document 2: found a document without apiVersion and kind"),
        ({"apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "JoinConfiguration"}, "v: found no document that init reads"),
        ("a: 1\n", "v: found a document without apiVersion and kind"),
        ("- 1\n- a: b\n", "v: found a document that is no mapping"),
        ("---\n---\n", "v: found no document"),
        (5, "v: found a value of another type (int)"),
        ("", "v: found a value of another type (str)"),
        ([CLUSTER, 5], "v[1]: found a value of another type (int)"),
        ([], "v: found no document"),
        ([CLUSTER, CLUSTER], "v: ClusterConfiguration: found a second document of this kind"),
        ([CLUSTER, dict(CLUSTER, apiVersion="kubeadm.k8s.io/v1beta4")], "found a second document of this kind"),
        (dict(CLUSTER, apiVersion="kubeadm.k8s.io/v1alpha2"), "in the too old API version v1alpha2"),
        (
            dict(CLUSTER, apiVersion="kubeadm.k8s.io/v1alpha2"),
            "'kubeadm config migrate' of kubeadm 1.12, which makes v1alpha3",
        ),
        (dict(CLUSTER, apiVersion="kubeadm.k8s.io/v1alpha1"), "of kubeadm 1.11, which makes v1alpha2 of it, and then"),
        (dict(CLUSTER, apiVersion="kubeadm.k8s.io/v1beta5"), "in the unknown API version v1beta5"),
        (dict(CLUSTER, apiVersion="kubeadm.k8s.io/v1beta22"), "Did you mean v1beta2?"),
        (dict(CLUSTER, kind="ClusterConfig"), "Did you mean ClusterConfiguration?"),
        (
            {"apiVersion": "kubelet.config.k8s.io/v1", "kind": "KubeletConfiguration"},
            "v: KubeletConfiguration: found kubelet.config.k8s.io/v1;",
        ),
        ({"apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "KubeletConfiguration"}, "KubeletConfiguration"),
    ],
)
def test_what_is_wrong_is_named(given: t.Any, text: str) -> None:
    """Breaks the message for documents that cannot be used."""
    faults = _faults(given)
    assert any(text in fault for fault in faults), faults


@pytest.mark.parametrize(
    "text",
    [
        "token: abcdef.0123456789abcdef: x\n",
        "abcdef.0123456789abcdef: 1\nabcdef.0123456789abcdef: 2\n",
        '{"apiVersion":"kubeadm.k8s.io/v1beta2","kind":"x","bootstrapTokens":[{"token":"abcdef.0123456789abcdef"}]}',
        '[{"token":"abcdef.0123456789abcdef"',
    ],
)
def test_the_text_of_a_broken_document_is_not_shown(text: str) -> None:
    """Breaks when a token in a text that is no document is printed, also where the text could be taken for a path."""
    faults = _faults(text)
    assert faults
    assert "0123456789abcdef" not in "".join(faults)


@pytest.mark.parametrize(
    "document",
    [
        {"apiVersion": "kubeadm.k8s.io/v1beta3", "kind": "JoinConfiguration"},
        {"apiVersion": "kubeadm.k8s.io/v1beta2", "kind": "ClusterStatus"},
        {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "UpgradeConfiguration"},
        {"apiVersion": "example.com/v1", "kind": "Other"},
    ],
)
def test_documents_of_others_are_left_alone(document: dict[str, str]) -> None:
    """Breaks files that serve several of kubeadm's commands."""
    found = read_documents("v", [CLUSTER, document], _no_file)
    assert (len(found.documents), found.faults) == (1, [])
    assert len(found.warnings) == 1
    assert document["kind"] in found.warnings[0]


def test_dates_are_texts() -> None:
    """Breaks a token's end, which YAML would make a date of."""
    text = "apiVersion: kubeadm.k8s.io/v1beta2\nkind: InitConfiguration\nbootstrapTokens: [{expires: 2030-01-01T00:00:00Z}]\n"
    body = read_documents("v", text, _no_file).documents[0].body
    assert body["bootstrapTokens"][0]["expires"] == "2030-01-01T00:00:00Z"


def test_the_file_of_a_fault_is_named() -> None:
    """Breaks the way to the wrong one of several files."""
    faults = read_documents("v", ["a.yaml", "b.yaml"], lambda path: TEXT if path == "a.yaml" else "a: 1\n").faults
    assert [fault.path for fault in faults] == ["v[1] (b.yaml)"]


def test_merge_keys_and_anchors() -> None:
    """Breaks files that say a thing once: kubeadm's reader takes YAML's merge keys."""
    text = (
        "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n"
        "apiServer: &all\n  extraArgs: {profiling: 'false'}\ncontrollerManager:\n  <<: *all\n  extraVolumes: []\n"
    )
    body = read_documents("v", text, _no_file).documents[0].body
    assert body["controllerManager"] == {"extraArgs": {"profiling": "false"}, "extraVolumes": []}


def test_numbers_that_are_not_written_plainly_are_texts() -> None:
    """Breaks values like 0644 and 12:30, of which YAML 1.1 makes other numbers in silence."""
    text = "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\na: [0644, 12:30, 1_000, 0x10, 15, -3, 0]\n"
    assert read_documents("v", text, _no_file).documents[0].body["a"] == ["0644", "12:30", "1_000", "0x10", 15, -3, 0]


def test_json() -> None:
    """Breaks a document as JSON without any space."""
    text = '{"apiVersion":"kubeadm.k8s.io/v1beta2","kind":"ClusterConfiguration","clusterName":"a"}'
    assert read_documents("v", text, _no_file).documents[0].body == {"clusterName": "a"}
