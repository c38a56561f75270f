# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""of_cluster."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.filter.of_cluster import FilterModule


def test_of_cluster() -> None:
    """Breaks a fleet: a node is taken out of another cluster than its own."""
    hosts = {"h1": {}, "h2": {"kubewright_cluster": "b"}, "h3": {}}
    find = FilterModule().filters()["of_cluster"]
    assert find(list(hosts), hosts, "h3") == ["h1", "h3"]
    assert find(list(hosts), hosts, "h2") == ["h2"]
