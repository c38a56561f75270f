# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of cluster_leader: no host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import hosts_of_cluster
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.leader import leader


class ActionModule(CheckedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "variable": {"type": "str", "required": True},
    }

    def label(self, arguments: Result) -> str:
        """What the playbook does."""
        return "cluster"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Chooses by what the hosts of the same cluster have answered."""
        everything, host = variables["hostvars"], variables["inventory_hostname"]
        hosts = hosts_of_cluster(arguments["hosts"], everything, host)
        chosen = leader({other: everything[other].get(arguments["variable"]) for other in hosts})
        return {"changed": False, "leader": chosen, "leads": chosen == host}
