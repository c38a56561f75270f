#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_ready
short_description: Fails where a control plane of the host's cluster has failed before
version_added: 0.1.0
description:
  - Keeps a host as it is where a control plane of its cluster has failed in the same run, as a change that does not work on one must not
    reach the next. Other clusters of the inventory go on.
  - A host's cluster is its variable C(kubewright_cluster).
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Looks as in a run.
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  hosts:
    description: The hosts of the control planes.
    type: list
    elements: str
    required: true
  state:
    description:
      - The variable in which the result of M(kubewright.control_plane.join_info) was registered. Control planes without it do not take part
        in the run, and are not waited for.
    type: str
    required: true
  leader:
    description: The variable in which the result of M(kubewright.control_plane.cluster_leader) was registered.
    type: str
    required: true
  ready:
    description: The variable that the control plane which leads has when it is ready.
    type: str
    required: true
  failed:
    description: The variable that a control plane has when it has failed.
    type: str
    required: true
notes:
  - It runs on the controller.
"""

EXAMPLES = r"""
- name: Look whether the control planes of the cluster are well
  kubewright.control_plane.cluster_ready:
    hosts: "{{ groups['control_plane'] }}"
    state: state
    leader: leader_result
    ready: info_result
    failed: join_failed
"""

RETURN = r"""#"""
