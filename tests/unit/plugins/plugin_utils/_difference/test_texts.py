# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between two texts."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import told
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.texts import differences

POD = """
kind: Pod
spec:
  containers:
  - command: [kube-apiserver, --audit-log-maxage=30, --v=2, --tls-sni-cert-key=a, --tls-sni-cert-key=b]
    name: kube-apiserver
    env:
    - {name: A, value: "1"}
  volumes:
  - {name: certs, hostPath: {path: /etc/kubernetes/pki}}
"""
MAP = """
kind: ConfigMap
data:
  ClusterConfiguration: |
    kind: ClusterConfiguration
    networking:
      podSubnet: 10.244.0.0/16
    apiServer:
      extraArgs:
      - {name: v, value: "2"}
  Corefile: |
    .:53 {
        cache 30
        loop
    }
"""
FLAGS = 'KUBELET_KUBEADM_ARGS="--node-ip=192.0.2.1 --v=2"\n'


@pytest.mark.parametrize(
    ("before", "old", "new", "said"),
    [
        (POD, "maxage=30", "maxage=60", ["--audit-log-maxage: 30 -> 60"]),
        (POD, "--v=2, ", "", ["- --v: 2"]),
        (POD, "--v=2, ", "--v=2, --profiling=false, ", ["+ --profiling: false"]),
        (POD, "key=b", "key=c", ['--tls-sni-cert-key: ["a", "b"] -> ["a", "c"]']),
        (POD, 'value: "1"', 'value: "2"', ["spec.containers[kube-apiserver].env[A]: 1 -> 2"]),
        (POD, "/etc/kubernetes/pki", "/srv", ["spec.volumes[certs].hostPath.path: /etc/kubernetes/pki -> /srv"]),
        (MAP, "244", "245", ["ClusterConfiguration.networking.podSubnet: 10.244.0.0/16 -> 10.245.0.0/16"]),
        (MAP, 'value: "2"', 'value: "4"', ["ClusterConfiguration.apiServer.extraArgs[v]: 2 -> 4"]),
        (
            MAP,
            "    networking:\n      podSubnet: 10.244.0.0/16\n",
            "",
            ["- ClusterConfiguration.networking.podSubnet: 10.244.0.0/16"],
        ),
        (MAP, "cache 30", "cache 60", ["data.Corefile line 2: cache 30 -> cache 60"]),
        (FLAGS, "192.0.2.1", "192.0.2.7", ["--node-ip: 192.0.2.1 -> 192.0.2.7"]),
        (FLAGS, '"--node-ip=192.0.2.1 --v=2"', "", ["- --node-ip: 192.0.2.1", "- --v: 2"]),
        ("mode: 0644\nowner: uid 0, gid 0\n", "0644", "0600", ["mode: 0644 -> 0600"]),
        (POD, "kind: Pod\n", "kind: Pod # a\n", ["line 2: kind: Pod -> kind: Pod # a"]),
    ],
)
def test_fields(before: str, old: str, new: str, said: list[str]) -> None:
    """Breaks the plan that one shows to a colleague: a field has another name, or more is told than differs."""
    assert old in before
    assert [told(field) for field in differences(before, before.replace(old, new))] == said
    assert differences(before, before) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "a: 1"), ("a: [", "a: 1"), ("- 1", "- 2"), ("a=1", "a: 1")],
)
def test_what_is_no_document_is_compared_by_lines(before: str, after: str) -> None:
    """Breaks with a traceback on what is no YAML, or says nothing of it."""
    (field,) = differences(before, after)
    assert field.name == "line 1"


VALUES = st.recursive(
    st.one_of(st.text("ab:-\n =", max_size=6), st.integers(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.text("abc", min_size=1, max_size=2), VALUES, min_size=1, max_size=3)


@given(DOCUMENTS, DOCUMENTS)
def test_what_is_equal_says_nothing(one: dict[str, object], other: dict[str, object]) -> None:
    """Breaks with a traceback, or tells a difference where there is none, or none where there is one."""
    before, after = yaml.safe_dump(one), yaml.safe_dump(other)
    assert differences(before, before) == []
    found = differences(before, after)
    assert bool(found) is (before != after)
    assert all("\n" not in told(field) for field in found)
