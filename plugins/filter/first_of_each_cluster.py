# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter first_of_each_cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: first_of_each_cluster
short_description: The first host of each cluster
version_added: 0.1.0
description:
  - Takes the hosts of a group in the order of the inventory and keeps the first of each cluster. A host's cluster is its variable
    C(kubewright_cluster); hosts without it form one cluster.
positional: hostvars
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
author:
  - The kubewright contributors (@kubewright)
"""

EXAMPLES = r"""
- name: Show which hosts are initialised
  ansible.builtin.debug:
    msg: "{{ groups['control_plane'] | kubewright.control_plane.first_of_each_cluster(hostvars) }}"
"""

RETURN = r"""
_value:
  description: The names of the first hosts.
  type: list
  elements: str
"""


import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import cluster_of


def first_of_each_cluster(hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]]) -> list[str]:
    """The first host of each cluster, in the order of the inventory."""
    first: dict[str, str] = {}
    for host in hosts:
        first.setdefault(cluster_of(hostvars[host]), host)
    return list(first.values())


def is_first_of_its_cluster(host: str, hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]]) -> bool:
    """Whether a host is among C(first_of_each_cluster). Each look at another host's variables takes its time, so few are looked at."""
    before = hosts[: hosts.index(host)]
    own = cluster_of(hostvars[host]) if before else ""
    return all(cluster_of(hostvars[other]) != own for other in before)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """By name."""
        return {"first_of_each_cluster": first_of_each_cluster}
