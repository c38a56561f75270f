# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strategic merge patches. The expected results are those of the API machinery of 1.20, which kubeadm uses."""

from __future__ import annotations

import copy
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.strategic_merge import MERGE_KEYS, merge

KEYS = MERGE_KEYS["Pod"]
POD = {
    "metadata": {"labels": {"a": "1", "b": "2"}, "finalizers": ["x"]},
    "spec": {
        "hostNetwork": True,
        "containers": [
            {"name": "one", "image": "i:1", "command": ["c", "--a=1"], "env": [{"name": "A", "value": "1"}]},
            {"name": "two", "image": "i:2"},
        ],
        "volumes": [{"name": "v1", "hostPath": {"path": "/1"}}, {"name": "v2", "hostPath": {"path": "/2"}}],
        "tolerations": [{"key": "a"}],
    },
}


def _patched(patch: dict[str, t.Any]) -> dict[str, t.Any]:
    before = copy.deepcopy(POD)
    result = merge(POD, patch, KEYS)
    assert before == POD
    return result


def _names(items: list[dict[str, t.Any]]) -> list[str]:
    return [item["name"] for item in items]


def test_maps_are_merged_and_null_deletes() -> None:
    """Breaks labels, which a patch adds to, and fields that a patch takes away."""
    result = _patched({"metadata": {"labels": {"b": None, "c": "3"}}, "spec": {"hostNetwork": None}})
    assert result["metadata"]["labels"] == {"a": "1", "c": "3"}
    assert "hostNetwork" not in result["spec"]


def test_items_with_a_key_are_merged_and_the_rest_stays() -> None:
    """Breaks a patch for one container of a pod."""
    result = _patched(
        {"spec": {"containers": [{"name": "two", "image": "i:3", "env": [{"name": "B", "value": "2"}]}]}}
    )["spec"]
    assert _names(result["containers"]) == ["one", "two"]
    assert result["containers"][1] == {"name": "two", "image": "i:3", "env": [{"name": "B", "value": "2"}]}
    assert result["containers"][0] == POD["spec"]["containers"][0]


def test_new_items_come_first_and_known_ones_keep_their_place() -> None:
    """Breaks the order of volumes and containers, which kubeadm's own result has."""
    volumes = [{"name": "new", "emptyDir": {}}, {"name": "v2", "hostPath": {"path": "/3"}}]
    result = _patched({"spec": {"volumes": volumes}})["spec"]["volumes"]
    assert _names(result) == ["new", "v1", "v2"]
    assert result[2]["hostPath"]["path"] == "/3"


def test_plain_lists_are_replaced() -> None:
    """Breaks commands and tolerations, which a patch gives as a whole; finalizers are added to."""
    result = _patched(
        {
            "metadata": {"finalizers": ["y", "x"]},
            "spec": {
                "tolerations": [{"key": "b"}],
                "containers": [{"name": "one", "command": ["d"]}],
            },
        }
    )
    assert result["spec"]["tolerations"] == [{"key": "b"}]
    assert result["spec"]["containers"][0]["command"] == ["d"]
    assert result["metadata"]["finalizers"] == ["x", "y"]


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ({"volumes": [{"name": "v1", "$patch": "delete"}]}, ["v2"]),
        ({"volumes": [{"$patch": "replace"}, {"name": "v9"}]}, ["v9"]),
        (
            {"volumes": [{"name": "v3"}], "$setElementOrder/volumes": [{"name": "v2"}, {"name": "v3"}]},
            ["v1", "v2", "v3"],
        ),
        ({"$setElementOrder/volumes": [{"name": "v2"}, {"name": "v1"}]}, ["v2", "v1"]),
    ],
)
def test_directives_on_lists(patch: dict[str, t.Any], names: list[str]) -> None:
    """Breaks patches that delete, replace or order items."""
    assert _names(_patched({"spec": patch})["spec"]["volumes"]) == names


def test_directives_on_maps() -> None:
    """Breaks patches that replace or empty a mapping, or keep only some of its keys."""
    assert _patched({"metadata": {"labels": {"$patch": "replace", "z": "1"}}})["metadata"]["labels"] == {"z": "1"}
    assert _patched({"metadata": {"labels": {"$patch": "delete"}}})["metadata"]["labels"] == {}
    retained = {"$retainKeys": ["b", "c"], "c": "3"}
    assert _patched({"metadata": {"labels": retained}})["metadata"]["labels"] == {"b": "2", "c": "3"}
    deleted = {"$deleteFromPrimitiveList/finalizers": ["x"]}
    assert _patched({"metadata": deleted})["metadata"]["finalizers"] == []


def test_new_values_land_without_directives() -> None:
    """Breaks when a directive or a null of a patch is written into a manifest."""
    result = _patched({"spec": {"securityContext": {"a": None, "b": {"$retainKeys": ["c"], "c": 1}}}})
    assert result["spec"]["securityContext"] == {"b": {"c": 1}}


@pytest.mark.parametrize(
    "patch",
    [
        {"spec": {"containers": [{"image": "i"}]}},
        {"spec": {"containers": ["one"]}},
        {"spec": {"containers": [{"name": "one", "$patch": "merge"}]}},
        {"metadata": {"$patch": "sometimes"}},
        {"metadata": {"$retainKeys": "labels"}},
        {"metadata": {"$deleteFromPrimitiveList/finalizers": "x"}},
    ],
)
def test_patches_that_cannot_be_applied(patch: dict[str, t.Any]) -> None:
    """Breaks the message for a broken patch, or lets it do something else than it says."""
    with pytest.raises(KubewrightError):
        _patched(patch)


@given(
    st.dictionaries(
        st.sampled_from("abc"),
        st.recursive(st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner), max_leaves=5),
    )
)
def test_a_patch_applies_twice_as_once(patch: dict[str, t.Any]) -> None:
    """Breaks a second run, which would change what the first has made."""
    once = merge({"a": {"b": 1}, "c": 2}, patch, {})
    assert merge(once, patch, {}) == once
