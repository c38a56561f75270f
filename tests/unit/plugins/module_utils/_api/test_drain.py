# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node is emptied of its pods."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, Unreachable
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.drain import (
    cordon,
    drain,
    node_path,
    unmanaged_pods,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

Object = dict[str, t.Any]


def _pod(name: str, owner: str = "ReplicaSet", phase: str = "Running", **metadata: t.Any) -> Object:
    owners = [{"kind": owner, "controller": True}]
    return {
        "metadata": {"name": name, "namespace": "default", "ownerReferences": owners, **metadata},
        "status": {"phase": phase},
    }


class _Api:
    """Pods of one node. refusing: by name, how often a budget forbids the eviction. lasting: those that do not end."""

    def __init__(self, *pods: Object, is_old: bool = False) -> None:
        self.pods = {pod["metadata"]["name"]: pod for pod in pods}
        self.refusing: dict[str, int] = {}
        self.lasting: set[str] = set()
        self.versions: set[str] = set()
        self.is_old = is_old
        self.node: Object = {"metadata": {"name": "w1", "resourceVersion": "1"}, "spec": {}}

    def request(self, method: str, path: str, body: Object | None = None, query: t.Any = None) -> Object:
        """See Client.request."""
        if path == node_path("w1"):
            if method == "PATCH" and body is not None:
                self.node["spec"].update(body["spec"])
            return self.node
        if path == "/api/v1":
            version = {} if self.is_old else {"group": "policy", "version": "v1"}
            return {"resources": [{"name": "pods/eviction", **version}]}
        if method == "GET":
            assert query == {"fieldSelector": "spec.nodeName=w1"}
            return {"items": list(self.pods.values())}
        assert body is not None
        name = body["metadata"]["name"]
        self.versions.add(body["apiVersion"])
        if self.refusing.get(name, 0) > 0:
            self.refusing[name] -= 1
            raise ApiError(429, "Cannot evict pod as it would violate the pod's disruption budget.")
        if name not in self.lasting:
            del self.pods[name]
        return {}


@pytest.mark.parametrize("is_old", [True, False])
def test_what_goes_and_what_stays(is_old: bool) -> None:
    """Breaks a drain that never ends, because of pods that come back or go with their node; or another one's budget."""
    stay = [
        _pod("proxy", "DaemonSet"),
        _pod("etcd", "Node", annotations={"kubernetes.io/config.mirror": "x"}),
        _pod("done", "Job", "Succeeded"),
    ]
    api, slept = _Api(_pod("web-1"), _pod("web-2"), *stay, is_old=is_old), t.cast("list[float]", [])
    api.refusing["web-2"] = 2
    assert cordon(api, "w1")
    assert api.node["spec"] == {"unschedulable": True}
    assert not cordon(api, "w1")
    assert drain(api, api, "w1", 60.0, slept.append, lambda: sum(slept)) == ["default/web-1", "default/web-2"]
    assert sorted(api.pods) == ["done", "etcd", "proxy"]
    assert len(slept) == 3
    assert api.versions == {"policy/v1beta1" if is_old else "policy/v1"}


@pytest.mark.parametrize(("refusing", "why"), [({"web-1": 99}, "disruption budget"), ({}, "it has not ended")])
def test_what_does_not_end(refusing: dict[str, int], why: str) -> None:
    """Breaks the cause, or the limit in time."""
    api, slept = _Api(_pod("web-1"), _pod("ends", deletionTimestamp="now")), t.cast("list[float]", [])
    api.refusing, api.lasting = refusing, {"web-1"}
    with pytest.raises(
        KubewrightError, match=f"not empty after 5 s: default/web-1: .*{why}.*default/ends: it has not ended"
    ):
        drain(api, api, "w1", 5.0, slept.append, lambda: sum(slept))


def test_an_error_of_the_api() -> None:
    """Breaks the cause: what is refused for good is tried until the time is up."""

    class _Refusing(_Api):
        def request(self, method: str, path: str, body: Object | None = None, query: t.Any = None) -> Object:
            """Refuses evictions."""
            if path.endswith("/eviction"):
                raise ApiError(403, "forbidden")
            return super().request(method, path, body, query)

    api = _Refusing(_pod("web-1"))
    with pytest.raises(ApiError, match="forbidden"):
        drain(api, api, "w1", 5.0, lambda _seconds: None, lambda: 0.0)


@pytest.mark.parametrize(
    "error",
    [
        ApiError(403, "unable to create new content in namespace x because it is being terminated"),
        ApiError(504, "couldn't update PodDisruptionBudget due to conflicts"),
        Unreachable("Connection refused"),
    ],
    ids=["namespace", "conflict", "away"],
)
def test_what_passes(error: Exception) -> None:
    """Breaks a drain for what is over in a moment: a namespace that ends, a budget that is written, an API server that restarts."""

    class Evicting(_Api):
        def request(self, *given: t.Any, **more: t.Any) -> Object:
            if given[0] == "POST" and not slept:
                raise error
            return super().request(*given, **more)

    slept: list[float] = []
    api = Evicting(_pod("web-1"))
    assert drain(api, api, "w1", 60.0, slept.append, lambda: sum(slept)) == ["default/web-1"]


def test_pods_that_nobody_makes_anew() -> None:
    """Breaks somebody's work: it is not told of, or pods are that come back."""
    alone = _pod("by-hand")
    alone["metadata"]["ownerReferences"] = []
    mirror = _pod("etcd", "Node", annotations={"kubernetes.io/config.mirror": "x"})
    assert unmanaged_pods(_Api(_pod("web-1"), alone, mirror, _pod("proxy", "DaemonSet")), "w1") == ["default/by-hand"]
