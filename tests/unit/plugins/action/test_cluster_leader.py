# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""cluster_leader."""

from __future__ import annotations

from acting import act

WELL, BLANK = {"state": "whole", "cluster": {"server": "x"}}, {"state": "blank", "cluster": None}
A, B = {"kubewright_cluster": "a"}, {"kubewright_cluster": "b"}
HOSTVARS = {"h1": {**A, "state": BLANK}, "h2": {**B, "state": BLANK}, "h3": {**A, "state": WELL}, "h4": dict(B)}


def test_each_cluster_has_its_own() -> None:
    """Breaks a fleet: a host joins another cluster than its own."""
    arguments = {"hosts": list(HOSTVARS), "variable": "state"}
    for host, leads in (("h1", False), ("h3", True)):
        action = act("cluster_leader", arguments, {"hostvars": HOSTVARS, "inventory_hostname": host})
        assert action.trips == []
        assert (action.result["leader"], action.result["leads"]) == ("h3", leads)
    result = act("cluster_leader", arguments, {"hostvars": HOSTVARS, "inventory_hostname": "h2"}).result
    assert result["failed"]
    assert result["msg"].startswith("cluster: none of h2 has a control plane, and h4 did not answer")
