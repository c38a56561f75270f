# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading objects into the API's types."""

from __future__ import annotations

import copy
import typing as t

import hypothesis
import pytest
from hypothesis import strategies

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.decode import decoded
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import ROOTS, types_of

POD: dict[str, t.Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "etcd", "creationTimestamp": None, "annotations": {"a": "b"}},
    "spec": {
        "containers": [{"name": "etcd", "image": "x", "livenessProbe": {"httpGet": {"port": 2381}}}],
        "hostNetwork": True,
    },
    "status": {},
}
CONTAINER = ("spec", "containers", 0)


def _with(value: t.Any, *path: t.Any) -> dict[str, t.Any]:
    changed = copy.deepcopy(POD)
    place: t.Any = changed
    for key in path[:-1]:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
    place[path[-1]] = value
    return changed


def _faults(value: t.Any, minor: int = 36) -> list[tuple[str, str]]:
    found = decoded(types_of(minor), ROOTS["Pod"], "", value)[1]
    return [(fault.path, fault.wanted) for fault in found]


@pytest.mark.parametrize(
    ("value", "path", "wanted"),
    [
        (_with([{"name": "A", "value": 1}], *CONTAINER, "env"), "spec.containers[0].env[0].value", "a string"),
        (_with([{"name": "A", "value": True}], *CONTAINER, "env"), "spec.containers[0].env[0].value", "a string"),
        (_with({"a": 1}, "metadata", "annotations"), "metadata.annotations.a", "a string"),
        (_with({"x": True}, "metadata", "labels"), "metadata.labels.x", "a string"),
        (_with({"a": 1}, "spec", "nodeSelector"), "spec.nodeSelector.a", "a string"),
        (
            _with("30", "spec", "terminationGracePeriodSeconds"),
            "spec.terminationGracePeriodSeconds",
            "an integer of 64 bits",
        ),
        (
            _with(30.5, "spec", "terminationGracePeriodSeconds"),
            "spec.terminationGracePeriodSeconds",
            "an integer of 64 bits",
        ),
        (_with(99999999999, "spec", "priority"), "spec.priority", "an integer of 32 bits"),
        (_with("--v=2", *CONTAINER, "args"), "spec.containers[0].args", "a list"),
        (
            _with([{"name": "a", "mountPath": "/a", "readOnly": "yes"}], *CONTAINER, "volumeMounts"),
            "spec.containers[0].volumeMounts[0].readOnly",
            "true or false",
        ),
        (_with(1, "spec", "foo"), "spec.foo", "the fields of PodSpec in this minor"),
        (
            _with({}, *CONTAINER, "livenesProbe"),
            "spec.containers[0].livenesProbe",
            "the fields of Container in this minor",
        ),
        (
            _with({"memory": "lots"}, *CONTAINER, "resources", "limits"),
            "spec.containers[0].resources.limits.memory",
            "a quantity like 500m or 2Gi",
        ),
        (
            _with({"memory": "1GB"}, *CONTAINER, "resources", "limits"),
            "spec.containers[0].resources.limits.memory",
            "a quantity like 500m or 2Gi",
        ),
        (_with("true", "spec", "hostNetwork"), "spec.hostNetwork", "true or false"),
        (_with(["kube-apiserver", 1], *CONTAINER, "command"), "spec.containers[0].command[1]", "a string"),
        (
            _with("15s", *CONTAINER, "livenessProbe", "timeoutSeconds"),
            "spec.containers[0].livenessProbe.timeoutSeconds",
            "an integer of 32 bits",
        ),
        (_with(1, *CONTAINER, "imagePullPolicy"), "spec.containers[0].imagePullPolicy", "a string"),
        (_with([], "spec"), "spec", "a mapping"),
        (
            _with("yesterday", "metadata", "creationTimestamp"),
            "metadata.creationTimestamp",
            "a time like 2030-01-31T12:00:00Z (RFC 3339)",
        ),
        (_with([None, 5], "spec", "tolerations"), "spec.tolerations[0]", "a mapping"),
    ],
)
def test_what_no_api_server_would_decode(value: t.Any, path: str, wanted: str) -> None:
    """Breaks the node: the kubelet cannot decode the manifest, and the pod is gone without a word."""
    assert _faults(value)[0] == (path, wanted)


@pytest.mark.parametrize(
    "value",
    [
        POD,
        _with("metrics", *CONTAINER, "livenessProbe", "httpGet", "port"),
        _with(None, "spec", "hostNetwork"),
        _with(30.0, "spec", "terminationGracePeriodSeconds"),
        _with([{"name": "x", "hostPath": {"path": "/x"}}], "spec", "volumes"),
        _with({"preferredDuringSchedulingIgnoredDuringExecution": []}, "spec", "affinity", "nodeAffinity"),
    ],
)
def test_what_is_right(value: t.Any) -> None:
    """Breaks patches that are right."""
    assert _faults(value) == []


def test_fields_of_other_minors() -> None:
    """Breaks when a field of a later minor is written, which the kubelet of this one drops."""
    value = _with({"httpGet": {"port": 1}}, *CONTAINER, "startupProbe")
    assert (_faults(value, 15)[0][0], _faults(value, 16)) == ("spec.containers[0].startupProbe", [])


def test_all_faults_at_once_and_the_nearest_name() -> None:
    """Breaks when a user has to run once per mistake."""
    value = _with({"a": 1, "b": 2}, "metadata", "annotations")
    value["spec"]["hostNetwrk"] = True
    found = decoded(types_of(36), ROOTS["Pod"], "", value)[1]
    assert [fault.path for fault in found] == ["metadata.annotations.a", "metadata.annotations.b", "spec.hostNetwrk"]
    assert "hostNetwork" in found[2].cure


def test_quantities_come_in_their_canonical_form() -> None:
    """Breaks when what is written is not what an API server would hold: a number, or 1000m."""
    given = {"limits": {"cpu": 1, "memory": 1073741824}, "requests": {"cpu": "1000m", "memory": 1.5}}
    checked, faults = decoded(types_of(36), ROOTS["Pod"], "", _with(given, *CONTAINER, "resources"))
    assert faults == []
    assert checked["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1", "memory": "1073741824"},
        "requests": {"cpu": "1", "memory": "1500m"},
    }


JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats(allow_nan=False)
    | strategies.text(),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["spec", "metadata", "containers", "name", "resources", "limits", "cpu", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@hypothesis.given(value=JSON, minor=strategies.integers(12, 37))
def test_anything_is_a_fault_or_right(value: t.Any, minor: int) -> None:
    """Breaks with a traceback; and what is right stays so when it is read again."""
    checked, faults = decoded(types_of(minor), ROOTS["Pod"], "", value)
    if not faults:
        assert decoded(types_of(minor), ROOTS["Pod"], "", checked) == (checked, [])
