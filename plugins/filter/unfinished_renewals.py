# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter unfinished_renewals."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unfinished_renewals
short_description: The hosts of a cluster whose renewal did not end well
version_added: 0.1.0
description:
  - Takes the other hosts of the same cluster of which C(playbooks/certs.yml) began to renew the certificates, and which are not known to
    be healthy since. As long as there is one, no other control plane of that cluster is touched.
positional: host, hostvars, registered
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  host:
    description: The host that is next.
    type: str
    required: true
  hostvars:
    description: The variables of all hosts.
    type: dict
    required: true
  registered:
    description:
      - Under which names the results of a renewal are registered on each host, by what they are. They are C(config), C(certs), C(restart),
        C(wait) and C(finalize), in the order of C(playbooks/certs.yml).
    type: dict
    required: true
author:
  - The kubewright contributors (@kubewright)
"""

EXAMPLES = r"""
- name: Show which hosts stand in the way of this one
  ansible.builtin.debug:
    msg: "{{ hosts | kubewright.control_plane.unfinished_renewals(inventory_hostname, hostvars, names) }}"
  vars:
    hosts: "{{ groups['control_plane'] }}"
    names: {config: my_config, certs: my_certs, restart: my_restart, wait: my_wait, finalize: my_finalize}
"""

RETURN = r"""
_value:
  description: The names of the hosts.
  type: list
  elements: str
"""


import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cluster_of, results
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import TASKS, renewal_of


def unfinished_renewals(
    hosts: t.Sequence[str],
    host: str,
    hostvars: t.Mapping[str, t.Mapping[str, t.Any]],
    registered: t.Mapping[str, str],
) -> list[str]:
    """The other hosts of the same cluster that may not be healthy since their renewal began, in the order of the inventory.

    registered: the names of the variables that hold the results, by what they are.
    """
    if set(registered) != set(TASKS):
        raise AnsibleFilterError(f"unfinished_renewals: registered must name the results {', '.join(TASKS)}")
    cluster, found = cluster_of(hostvars[host]), []
    for other in hosts:
        if other == host or cluster_of(hostvars[other]) != cluster:
            continue
        renewal = renewal_of(results(hostvars[other], registered))
        if renewal is not None and renewal.error:
            found.append(other)
    return found


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """By name."""
        return {"unfinished_renewals": unfinished_renewals}
