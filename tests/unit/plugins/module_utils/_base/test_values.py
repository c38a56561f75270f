# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging of nested values."""

from __future__ import annotations

import copy
import json
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import meaning, merged, same_value


def test_mappings_merge_and_everything_else_is_replaced() -> None:
    """Breaks when a user's list is mixed with the default's, or a nested default is lost."""
    base = {"a": {"x": 1, "y": 2}, "list": [1, 2], "kept": True}
    assert merged(base, {"a": {"y": 3}, "list": [9], "new": None}) == {
        "a": {"x": 1, "y": 3},
        "list": [9],
        "kept": True,
        "new": None,
    }


def test_the_inputs_stay_as_they_are() -> None:
    """Breaks when the shared defaults of the release table change for the next host."""
    base, over = {"a": {"x": [1]}}, {"b": {"y": [2]}}
    result = merged(base, over)
    result["a"]["x"].append(5)
    result["b"]["y"].append(5)
    assert (base, over) == ({"a": {"x": [1]}}, {"b": {"y": [2]}})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, False, False),
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": True}]}, True),
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1], [1, 2], False),
        ([1, 2], [2, 1], False),
        ({}, [], False),
        ({}, None, False),
    ],
)
def test_same_value(one: t.Any, other: t.Any, same: bool) -> None:
    """Breaks drift detection: Python takes true for 1, Kubernetes does not."""
    assert same_value(one, other) is same
    assert same_value(one=other, other=one) is same


@pytest.mark.parametrize(
    ("path", "one", "other", "same"),
    [
        ("a.yaml", "a: 1\nb: x\n", "# edited\nb: 'x'\na: 1\n", True),
        ("a.yml", "a: [1]\n", "a:\n- 1\n", True),
        ("a.yaml", "command:\n- a\n- b\n", "command:\n- b\n- a\n", False),
        ("a.yaml", "a: 1\n", "a: '1'\n", False),
        ("a.yaml", "hostNetwork: true\n", "hostNetwork: 1\n", False),
        ("a.yaml", "a: 1\n", "a: &x 1\n", False),
        ("a.yaml", "a: 1\n", "a: true\n", False),
        ("a.yaml", "a: 2\n", "a: 2.0\n", True),
        ("kubeadm-flags.env", "A=1\n", "A=1 \n", False),
        ("kubeadm-flags.env", "A: 1\n", "A:  1\n", False),
    ],
)
def test_meaning(path: str, one: str, other: str, same: bool) -> None:
    """Breaks drift detection: a restart for a comment, or a real difference that nobody sees."""
    assert (meaning(path, one) == meaning(path, other)) is same


POD = """kind: Pod
spec:
  containers:
  - name: a
    command: [x, "y"]
    volumeMounts:
    - {mountPath: /a, name: a}
    - {mountPath: /b, name: b}
  volumes:
  - {name: a}
  - {name: b}
"""


def _meaning(pod: dict[str, t.Any]) -> str:
    return meaning("/x.yaml", json.dumps(pod))


def test_the_order_of_volumes_has_no_meaning() -> None:
    """Breaks a node that kubeadm has made, or upgraded: manifests were rewritten, and pods restarted, for order alone."""
    pod = yaml.safe_load(POD)
    other = copy.deepcopy(pod)
    other["spec"]["volumes"].reverse()
    other["spec"]["containers"][0]["volumeMounts"].reverse()
    assert _meaning(other) == _meaning(pod)
    other["spec"]["containers"][0]["command"].reverse()
    assert _meaning(other) != _meaning(pod)
    other = copy.deepcopy(pod)
    other["spec"]["volumes"][0]["name"] = "c"
    assert _meaning(other) != _meaning(pod)


@pytest.mark.parametrize(
    "spec", [None, [], {"volumes": 1}, {"volumes": [1]}, {"containers": [1, {"volumeMounts": [{}]}]}]
)
def test_pods_of_any_shape(spec: t.Any) -> None:
    """Breaks with a traceback where somebody has damaged a manifest."""
    assert _meaning({"kind": "Pod", "spec": spec}).startswith("yaml:")
