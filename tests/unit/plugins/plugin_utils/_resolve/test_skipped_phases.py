# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The phases that are left out."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.skipped_phases import skipped_phases


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ([], []),
        (["preflight"], ["preflight", "images"]),
        (["images"], ["images"]),
        (["control-plane", "control_plane"], ["control_plane"]),
        (["addon"], ["addons"]),
        (["addons"], ["addons"]),
        (["addon/coredns", "show-join-command"], ["addon/coredns", "show_join"]),
        (["upload-certs"], []),
        (["audit"], ["audit"]),
    ],
)
def test_both_kinds_of_names(given: list[str], roles: list[str]) -> None:
    """Breaks a phase that was to be left out: kubeadm's names and those of the roles mean the same."""
    assert skipped_phases("skip", given) == (roles, [])


def test_phases_that_do_not_exist() -> None:
    """Breaks when a misspelt phase is run after all. Names of both kinds are proposed."""
    roles, faults = skipped_phases("skip", ["etcd", "control-plan", "addon/core-dns"])
    assert roles == ["etcd"]
    assert [fault.path for fault in faults] == ["skip[1]", "skip[2]"]
    assert "Did you mean control-plane?" in faults[0].cure
    assert "Did you mean addon/coredns?" in faults[1].cure
