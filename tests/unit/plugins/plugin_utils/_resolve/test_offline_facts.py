# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of a host that is not asked."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.offline_facts import offline_facts


@pytest.mark.parametrize(
    ("name", "ansible_host", "address"),
    [
        ("cp1", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.8", None, "192.0.2.8"),
        ("cp1", "cp1.example.com", None),
        ("cp1", None, None),
        ("localhost", "127.0.0.1", None),
        ("cp1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_address_is_that_of_the_inventory(name: str, ansible_host: str | None, address: str | None) -> None:
    """Breaks when a host gets an address that others cannot reach it by."""
    variables = {"inventory_hostname": name, "ansible_host": ansible_host}
    assert offline_facts(variables, {})["default_address"] == address


def test_the_users_word_wins(node_facts: t.Callable[..., dict[str, t.Any]]) -> None:
    """Breaks a rendering for a host that differs from what is assumed. All facts have a value, as from a real host."""
    facts = offline_facts({"inventory_hostname": "CP1"}, {"systemd_resolved": True, "default_address": "192.0.2.9"})
    assert (facts["hostname"], facts["systemd_resolved"], facts["default_address"]) == ("cp1", True, "192.0.2.9")
    assert set(facts) - {"host_was_asked"} == set(node_facts())


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"inventory_hostname": "CP1", "ansible_host": "192.0.2.7"}, "192.0.2.7"),
        ({"inventory_hostname": "192.0.2.8"}, "192.0.2.8"),
        ({"inventory_hostname": "cp1", "ansible_host": "cp1.example"}, None),
        ({"inventory_hostname": "cp1", "ansible_host": "127.0.0.1"}, None),
        ({"inventory_hostname": "cp1", "ansible_host": None}, None),
    ],
)
def test_the_facts_of_a_host_that_is_not_asked(variables: dict[str, t.Any], address: str | None) -> None:
    """Breaks rendering without hosts: the name and address come from the inventory."""
    facts = offline_facts(variables, {"directories": ["/etc/pki"]})
    assert facts["hostname"] == variables["inventory_hostname"].lower()
    assert (facts["default_address"], facts["directories"]) == (address, ["/etc/pki"])
