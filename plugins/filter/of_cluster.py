# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of_cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: of_cluster
short_description: The hosts of a host's own cluster
version_added: 0.1.0
description:
  - Takes hosts and returns those that are of the same cluster as a host, in their order. A host's cluster is its variable
    C(kubewright_cluster); hosts without it form one cluster.
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
    description: The name of the host.
    type: str
    required: true
author:
  - The kubewright contributors (@kubewright)
"""

EXAMPLES = r"""
- name: Show the control planes of this host's cluster
  ansible.builtin.debug:
    msg: "{{ groups['control_plane'] | kubewright.control_plane.of_cluster(hostvars, inventory_hostname) }}"
"""

RETURN = r"""
_value:
  description: The names of the hosts.
  type: list
  elements: str
"""


import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import hosts_of_cluster


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """By name."""
        return {"of_cluster": hosts_of_cluster}
