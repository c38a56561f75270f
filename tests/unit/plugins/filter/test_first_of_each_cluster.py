# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter first_of_each_cluster."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.filter.first_of_each_cluster import (
    FilterModule,
    is_first_of_its_cluster,
)

A, B = {"kubewright_cluster": "a"}, {"kubewright_cluster": "b"}


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ({}, []),
        ({"h1": {}, "h2": {}}, ["h1"]),
        ({"h2": {}, "h1": {}}, ["h2"]),
        ({"h1": A, "h2": B, "h3": A, "h4": B}, ["h1", "h2"]),
        ({"h1": A, "h2": {}}, ["h1", "h2"]),
        ({"h1": {"kubewright_cluster": 1}, "h2": {"kubewright_cluster": "1"}}, ["h1"]),
    ],
)
def test_first_of_each_cluster(hosts: dict[str, dict[str, t.Any]], expected: list[str]) -> None:
    """Breaks a fleet: two hosts of one cluster initialised, or a cluster left out."""
    assert FilterModule().filters()["first_of_each_cluster"](list(hosts), hosts) == expected
    assert [host for host in hosts if is_first_of_its_cluster(host, list(hosts), hosts)] == expected
