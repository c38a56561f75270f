# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others have added to the pods of an object."""

from __future__ import annotations

import copy
import typing as t

import hypothesis
import pytest
from hypothesis import strategies
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import object_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.kept import laid_over, owned_fields


def _deployment(**more: t.Any) -> dict[str, t.Any]:
    container = {
        "name": "coredns",
        "image": "coredns:1",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"}],
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}},
    }
    pod = {
        "containers": [container],
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
        "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
    }
    pod.update(more)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "coredns", "namespace": "kube-system"},
        "spec": {"replicas": 2, "template": {"metadata": {"labels": {"k8s-app": "kube-dns"}}, "spec": pod}},
    }


def _changed(change: t.Callable[[dict[str, t.Any]], object]) -> dict[str, t.Any]:
    live = _deployment()
    change(live["spec"])
    return live


def _container(spec: dict[str, t.Any]) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", spec["template"]["spec"]["containers"][0])


ADDITIONS: dict[str, t.Callable[[dict[str, t.Any]], object]] = {
    "an annotation of kubectl rollout restart": lambda spec: spec["template"]["metadata"].update(
        annotations={"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    ),
    "a node selector": lambda spec: spec["template"]["spec"]["nodeSelector"].update({"dns": "true"}),
    "a toleration": lambda spec: spec["template"]["spec"]["tolerations"].append({"key": "x", "operator": "Exists"}),
    "a sidecar": lambda spec: spec["template"]["spec"]["containers"].insert(0, {"name": "a", "image": "a"}),
    "resources": lambda spec: _container(spec).update(resources={"limits": {"cpu": "1"}}),
    "a variable": lambda spec: _container(spec).update(env=[{"name": "A", "value": "1"}]),
    "a volume": lambda spec: spec["template"]["spec"]["volumes"].append({"name": "x", "emptyDir": {}}),
    "a mount": lambda spec: _container(spec)["volumeMounts"].append({"name": "x", "mountPath": "/x"}),
    "a port": lambda spec: _container(spec)["ports"].append({"containerPort": 53, "protocol": "TCP"}),
    "a default": lambda spec: spec["template"]["spec"].update(terminationGracePeriodSeconds=30),
    "the number of pods": lambda spec: spec.update(replicas=5),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_what_others_have_added_stays(name: str) -> None:
    """Breaks DNS: the next run took it away and rolled all pods out anew."""
    server = Server(_changed(ADDITIONS[name]))
    change = apply.apply_object(server, _deployment(), "keep_replicas", False)
    assert (change.action, server.writes) == ("unchanged", [])


DRIFTS: dict[str, t.Callable[[dict[str, t.Any]], object]] = {
    "the image": lambda spec: _container(spec).update(image="coredns:0"),
    "the arguments": lambda spec: _container(spec).update(args=[]),
    "a mount": lambda spec: _container(spec).update(volumeMounts=[]),
    "a selector": lambda spec: spec["template"]["spec"].update(nodeSelector={}),
    "the volume": lambda spec: spec["template"]["spec"].update(
        volumes=[{"name": "config", "secret": {"secretName": "x"}}]
    ),
    "the probe": lambda spec: _container(spec).update(readinessProbe={"exec": {"command": ["true"]}}),
    "a toleration": lambda spec: spec["template"]["spec"].update(tolerations=[]),
    "the container": lambda spec: spec["template"]["spec"].update(containers=[{"name": "other"}]),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_what_is_declared_is_brought_back(name: str) -> None:
    """Breaks drift correction; what takes the place of something else takes it wholly."""
    server = Server(_changed(DRIFTS[name]))
    assert apply.apply_object(server, _deployment(), "keep_replicas", False).action == "updated"
    live = server.objects[object_path(_deployment())]["spec"]["template"]["spec"]
    wanted = _deployment()["spec"]["template"]["spec"]
    for key, value in wanted.items():
        if key == "containers":
            assert [item for item in live[key] if item["name"] == "coredns"] == value
        else:
            assert live[key] == value


def test_the_number_of_pods_where_a_patch_says_it() -> None:
    """Breaks a patch of the replicas."""
    server = Server(_changed(ADDITIONS["the number of pods"]))
    assert apply.apply_object(server, _deployment(), "replace", False).action == "updated"
    assert server.objects[object_path(_deployment())]["spec"]["replicas"] == 2


OWNED = {
    "f:spec": {
        "f:template": {
            "f:metadata": {"f:annotations": {"f:ours": {}}},
            "f:spec": {
                "f:hostNetwork": {},
                "f:containers": {
                    'k:{"name":"coredns"}': {
                        ".": {},
                        "f:env": {".": {}, 'k:{"name":"OURS"}': {".": {}, "f:value": {}}},
                    },
                    'k:{"name":"old"}': {".": {}},
                    "k:no json": {},
                },
            },
        }
    }
}


@pytest.mark.parametrize(("manager", "goes"), [("kubewright", True), ("kubeadm", True), ("kubectl-edit", False)])
def test_what_was_declared_once_goes(manager: str, goes: bool) -> None:
    """Breaks upgrades, or takes away what the server says is somebody else's."""
    live = _deployment(hostNetwork=True)
    live["metadata"]["managedFields"] = [{"manager": manager, "operation": "Update", "fieldsV1": OWNED}]
    template = live["spec"]["template"]
    template["metadata"]["annotations"] = {"ours": "1", "theirs": "1"}
    template["spec"]["containers"].append({"name": "old", "image": "x"})
    template["spec"]["containers"][0]["env"] = [{"name": "OURS", "value": "1"}, {"name": "THEIRS", "value": "1"}]
    found = laid_over("spec", live["spec"], _deployment()["spec"], owned_fields(live).get("f:spec", {}))["template"]
    assert ("hostNetwork" in found["spec"]) is not goes
    assert sorted(found["metadata"]["annotations"]) == (["theirs"] if goes else ["ours", "theirs"])
    assert [item["name"] for item in found["spec"]["containers"]] == (["coredns"] if goes else ["coredns", "old"])
    names = [item["name"] for item in found["spec"]["containers"][0]["env"]]
    assert names == (["THEIRS"] if goes else ["OURS", "THEIRS"])


VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers(0, 3) | strategies.sampled_from(["a", "b"]),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["name", "env", "containers", "tolerations", "value", "x"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@hypothesis.given(live=VALUES, wanted=VALUES)
def test_it_settles(live: t.Any, wanted: t.Any) -> None:
    """Breaks idempotence, or ends in a traceback for an object of any shape; and nothing that was given is changed."""
    before = copy.deepcopy((live, wanted))
    once = laid_over("x", live, wanted, {})
    assert laid_over("x", once, wanted, {}) == once
    assert (live, wanted) == before
