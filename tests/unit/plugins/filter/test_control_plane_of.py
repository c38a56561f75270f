# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter control_plane_of."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.kubewright.control_plane.plugins.filter.control_plane_of import FilterModule

A, B = {"kubewright_cluster": "a"}, {"kubewright_cluster": "b"}


@pytest.mark.parametrize(
    ("hosts", "own", "expected"),
    [
        ({"h1": {}, "h2": {}}, {}, "h1"),
        ({"h1": A, "h2": B, "h3": B}, B, "h2"),
    ],
)
def test_control_plane_of(hosts: dict[str, dict[str, t.Any]], own: dict[str, t.Any], expected: str) -> None:
    """Breaks a fleet: a worker joins another cluster than its own."""
    assert FilterModule().filters()["control_plane_of"](list(hosts), {**hosts, "w": own}, "w") == expected


def test_the_one_that_was_chosen() -> None:
    """Breaks a cluster whose first control plane is away: its workers ask that one; or a host is told to join itself."""
    hosts: dict[str, dict[str, t.Any]] = {"h1": {}, "h2": {}, "h3": {}}
    find = FilterModule().filters()["control_plane_of"]
    assert find(list(hosts), hosts, "h1") == "h2"
    hosts["h2"]["__cluster_leader_result"] = {"leader": "h3"}
    assert find(list(hosts), hosts, "h1") == "h3"


@pytest.mark.parametrize(
    ("hosts", "own", "words"),
    [
        ({}, {}, "no other host of its cluster. Put"),
        ({"h1": A}, B, r"no other host of its cluster b \(kubewright_cluster\)"),
        ({"h1": A}, {}, "kubewright_join_from"),
    ],
)
def test_there_is_none(hosts: dict[str, t.Any], own: dict[str, t.Any], words: str) -> None:
    """Breaks with a task that is delegated to a host without a name: what is meant for a control plane is done here."""
    with pytest.raises(AnsibleFilterError, match=words):
        FilterModule().filters()["control_plane_of"](list(hosts), {**hosts, "w": own}, "w")
