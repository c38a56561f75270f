# SPDX-License-Identifier: GPL-3.0-or-later
"""What the users of a cluster change of CoreDNS and kube-proxy."""

from __future__ import annotations

import json
import typing as t

from finished_node import Node, run_playbook

PATCH: dict[str, t.Any] = {
    "spec": {
        "replicas": 3,
        "template": {
            "metadata": {"annotations": {"example.com/a": "b"}},
            "spec": {"tolerations": [{"key": "example.com/x", "operator": "Exists"}]},
        },
    }
}


def _spec(node: Node, kind: str, name: str) -> str:
    return node.kubectl(f"-n kube-system get {kind} {name} -o jsonpath={{.spec}}")


def test_what_others_have_added_stays(node: Node) -> None:
    """Breaks DNS: the next run took it away, and rolled all pods out anew for nothing."""
    for kind, name in (("deployment", "coredns"), ("daemonset", "kube-proxy")):
        node.kubectl(f"-n kube-system rollout restart {kind} {name}")
    # As kubectl edit writes: the whole list.
    tolerations = json.loads(
        node.kubectl("-n kube-system get deployment coredns -o jsonpath={.spec.template.spec.tolerations}")
    )
    PATCH["spec"]["template"]["spec"]["tolerations"] += tolerations
    node.kubectl(f"-n kube-system patch deployment coredns --type merge -p '{json.dumps(PATCH)}'")
    before = [_spec(node, *which) for which in (("deployment", "coredns"), ("daemonset", "kube-proxy"))]
    assert "restartedAt" in before[0]
    assert "restartedAt" in before[1]
    assert "changed=0" in run_playbook("--diff")
    assert [_spec(node, *which) for which in (("deployment", "coredns"), ("daemonset", "kube-proxy"))] == before


def test_what_is_declared_comes_back(node: Node) -> None:
    """Breaks drift correction beside what others have added."""
    node.kubectl("-n kube-system set image deployment/coredns coredns=example.com/coredns:0")
    assert "example.com/coredns:0" in run_playbook("--diff")
    spec = _spec(node, "deployment", "coredns")
    assert "example.com/coredns:0" not in spec
    assert "example.com/x" in spec
