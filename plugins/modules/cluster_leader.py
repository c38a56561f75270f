#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_leader
short_description: Chooses the control plane that the others of its cluster join
version_added: 0.1.0
description:
  - Takes what M(kubewright.control_plane.join_info) has returned for the control planes, and chooses one for each cluster, which is told by
    C(kubewright_cluster). It is the first whose cluster answers; else the first with a control plane; else, where all have answered, the
    first host.
  - Where no host has a control plane and one has not answered it fails, because that one may have the cluster.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Chooses as in a run.
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  hosts:
    description: The hosts of the control planes, in the order of the inventory.
    type: list
    elements: str
    required: true
  variable:
    description: The variable in which the result of M(kubewright.control_plane.join_info) was registered.
    type: str
    required: true
notes:
  - It runs on the controller.
"""

EXAMPLES = r"""
- name: Look whether there is a cluster
  kubewright.control_plane.join_info:
    required: false
  register: state

- name: Choose the control plane that the others join
  kubewright.control_plane.cluster_leader:
    hosts: "{{ groups['control_plane'] }}"
    variable: state
  register: result
"""

RETURN = r"""
leader:
  description: The host that was chosen.
  returned: success
  type: str
  sample: cp1
leads:
  description: Whether it is this host.
  returned: success
  type: bool
"""
