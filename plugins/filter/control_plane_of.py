# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter control_plane_of."""

from __future__ import annotations

DOCUMENTATION = r"""
name: control_plane_of
short_description: The control plane that a host joins
version_added: 0.1.0
description:
  - Takes the hosts of the control planes in the order of the inventory and returns the one that was chosen by C(playbooks/cluster.yml)
    for a host's cluster, else the first one of it that is another host. A host's cluster is its variable C(kubewright_cluster); hosts
    without it form one cluster.
  - Where there is none it fails.
positional: hostvars, host
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts.
    type: dict
    required: true
  host:
    description: The name of the host that joins.
    type: str
    required: true
author:
  - The kubewright contributors (@kubewright)
"""

EXAMPLES = r"""
- name: Show which control plane this host joins
  ansible.builtin.debug:
    msg: "{{ groups['control_plane'] | kubewright.control_plane.control_plane_of(hostvars, inventory_hostname) }}"
"""

RETURN = r"""
_value:
  description: The name of the control plane.
  type: str
"""


import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import (
    cluster_of,
    hosts_of_cluster,
)

# Where playbooks/cluster.yml has registered which host leads.
CHOSEN = "__cluster_leader_result"


def control_plane_of(hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]], host: str) -> str:
    """The one that leads, or the first of the others of the same cluster. Raises AnsibleFilterError where there is none."""
    own = cluster_of(hostvars[host])
    of_cluster = hosts_of_cluster(hosts, hostvars, host)
    for other in of_cluster:
        chosen = (hostvars[other].get(CHOSEN) or {}).get("leader")
        if chosen:
            return str(chosen)
    for other in of_cluster:
        if other != host:
            return other
    of = f"its cluster {own} (kubewright_cluster)" if own else "its cluster"
    raise AnsibleFilterError(
        f"{host} joins a cluster, and the group control_plane has no other host of {of}. Put its control planes into that group, or name "
        "one in kubewright_join_from."
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """By name."""
        return {"control_plane_of": control_plane_of}
