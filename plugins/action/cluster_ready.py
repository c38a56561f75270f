# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of cluster_ready: no host is asked."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import (
    CheckedAction,
    Result,
    Specification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import hosts_of_cluster
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.leader import refuse_failed


class ActionModule(CheckedAction):
    """See the module's documentation."""

    argument_spec: t.ClassVar[Specification] = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "state": {"type": "str", "required": True},
        "leader": {"type": "str", "required": True},
        "ready": {"type": "str", "required": True},
        "failed": {"type": "str", "required": True},
    }

    def label(self, arguments: Result) -> str:
        """What the playbook does."""
        return "cluster"

    def act(self, arguments: Result, variables: Result) -> Result:
        """Looks at what the hosts of the same cluster have registered."""
        everything = variables["hostvars"]
        hosts = hosts_of_cluster(arguments["hosts"], everything, variables["inventory_hostname"])
        leaders = {(everything[host].get(arguments["leader"]) or {}).get("leader") for host in hosts}
        part = [host for host in hosts if arguments["state"] in everything[host]]
        is_ready = {host: arguments["ready"] in everything[host] for host in part}
        has_failed = {host: arguments["failed"] in everything[host] for host in part}
        refuse_failed([host for host in part if host in leaders], is_ready, has_failed)
        return {"changed": False}
