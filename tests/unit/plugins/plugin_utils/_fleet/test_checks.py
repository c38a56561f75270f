# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of a cluster must not have in common."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.checks import fleet_checks


def _identity(name: str, **changed: t.Any) -> dict[str, t.Any]:
    found = {"hostname": name, "node_name": name, "machine_id": name, "product_uuid": None, "clock_offset": [0.0, 0.4]}
    return {**found, **changed}


def _failed(identities: dict[str, dict[str, t.Any]]) -> dict[str, dict[str, str]]:
    found = fleet_checks(identities)
    return {host: {check.name: check.found for check in checks if not check.passed} for host, checks in found.items()}


def test_hosts_that_differ() -> None:
    """Breaks a healthy cluster; virtual machines without a UUID have none in common."""
    assert _failed({name: _identity(name) for name in "abc"}) == {"a": {}, "b": {}, "c": {}}


@pytest.mark.parametrize(
    ("changed", "name", "label"),
    [
        ({"machine_id": "b"}, "DuplicateMachineID", "machine-id"),
        ({"hostname": "b", "node_name": "b"}, "DuplicateHostname", "hostname"),
        ({"node_name": "b"}, "DuplicateNodeName", "node name"),
    ],
)
def test_hosts_that_have_something_in_common(changed: dict[str, str], name: str, label: str) -> None:
    """Breaks when clones are not told apart, both are not blamed, or one cause is two warnings."""
    found = _failed({"a": _identity("a", **changed), "b": _identity("b"), "c": _identity("c")})
    assert found == {"a": {name: f"the same {label} as b"}, "b": {name: f"the same {label} as a"}, "c": {}}


def test_product_uuid() -> None:
    """Breaks when virtual machines with one UUID are not seen."""
    found = _failed({name: _identity(name, product_uuid="x") for name in "ab"})
    assert found == {
        "a": {"DuplicateProductUUID": "the same product_uuid as b"},
        "b": {"DuplicateProductUUID": "the same product_uuid as a"},
    }


def test_clocks() -> None:
    """Breaks when a host whose clock is off is not named."""
    found = _failed({"a": _identity("a"), "b": _identity("b"), "c": _identity("c", clock_offset=[9.0, 9.5])})
    assert found == {
        "a": {"ClockSkew": "8.6 s behind c"},
        "b": {"ClockSkew": "8.6 s behind c"},
        "c": {"ClockSkew": "8.6 s ahead of a, 8.6 s ahead of b"},
    }


def test_one_host() -> None:
    """Breaks a cluster of one, which has nobody to be compared with."""
    assert fleet_checks({"a": _identity("a")}) == {}
