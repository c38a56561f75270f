# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a patched object still is what it was before."""

from __future__ import annotations

import copy
import string
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.shape import shape_problem

POD: dict[str, t.Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "etcd", "namespace": "kube-system", "annotations": {}},
    "spec": {
        "hostNetwork": True,
        "containers": [
            {"name": "etcd", "image": "x", "livenessProbe": {"httpGet": {"port": 2381}, "failureThreshold": 8}}
        ],
    },
}
DEPLOYMENT = {**POD, "kind": "Deployment", "spec": {"replicas": 2, "template": {"spec": POD["spec"]}}}
KUBELET = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": 110}


def _with(value: t.Any, *path: t.Any, of: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    changed = copy.deepcopy(POD if of is None else of)
    place: t.Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


CONTAINER = ("spec", "containers", 0)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (POD, None, "nothing would be left"),
        (POD, _with("v2", "apiVersion"), "apiVersion would change"),
        (POD, _with("other", "metadata", "name"), "metadata.name would change"),
        (POD, _with(None, "metadata"), "metadata.name would change"),
        (POD, _with([], "spec", "containers"), "the pod would have no containers"),
        (POD, _with(None, "spec"), "the pod would have no containers"),
        (POD, _with([{"image": "y"}], "spec", "containers"), "a container would have no name or no image"),
        (DEPLOYMENT, _with(None, "spec", "template", of=DEPLOYMENT), "the pod would have no containers"),
    ],
)
def test_what_is_it_no_more(before: dict[str, t.Any], after: t.Any, problem: str) -> None:
    """Breaks a run in its midst: kubeadm cannot read the object back, or another one is written."""
    assert shape_problem(before, after) == problem


@pytest.mark.parametrize(
    "after",
    [
        POD,
        # A number or a name (IntOrString).
        _with("metrics", *CONTAINER, "livenessProbe", "httpGet", "port"),
        _with({"a": "b"}, "metadata", "labels"),
        _with(None, "spec", "hostNetwork"),
        _with([{"name": "new", "image": "y"}, *POD["spec"]["containers"]], "spec", "containers"),
    ],
)
def test_what_a_patch_may_do(after: dict[str, t.Any]) -> None:
    """Breaks patches that are right."""
    assert shape_problem(POD, after) is None


KEYS = st.text(string.ascii_letters, max_size=3)
# As in the types of Go, the items of a list are of one type.
VALUES = st.recursive(
    st.booleans() | st.integers() | KEYS | st.lists(st.integers(), max_size=3) | st.lists(KEYS, max_size=3),
    lambda inner: (
        st.dictionaries(KEYS, inner, max_size=3) | st.lists(st.dictionaries(KEYS, inner, max_size=2), max_size=3)
    ),
    max_leaves=8,
)


@given(value=VALUES)
def test_an_object_is_itself(value: t.Any) -> None:
    """Breaks patches of an object with some values: what is left as it is counts as changed, or is a traceback."""
    first = {**KUBELET, "x": value}
    assert shape_problem(first, copy.deepcopy(first)) is None
    assert shape_problem(first, KUBELET) is None
