#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: remaining_control_plane
short_description: Chooses the control plane that takes a node out of its cluster
version_added: 0.1.0
description:
  - Takes what the other control planes of a host's cluster have answered, and chooses the first whose cluster answers, before the host is
    reset (M(kubewright.control_plane.host_reset)).
  - Where none answers it fails, because the host may be the last control plane, or its node would stay in the cluster.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Chooses as in a run.
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  answers:
    description:
      - What was registered of a loop over the other control planes, each asked by M(kubewright.control_plane.join_info), without
        C(required).
    type: list
    elements: dict
    required: true
  state:
    description: What of a control plane is on the host, as M(kubewright.control_plane.node_info) says.
    type: str
    required: true
  is_node:
    description: Whether the host is a node.
    type: bool
    required: true
  ca:
    description: The CA of the host's cluster (PEM). A control plane of another cluster is not chosen.
    type: str
    default: ''
  force:
    description: Whether it is no failure that none answers.
    type: bool
    default: false
notes:
  - It runs on the controller.
"""

EXAMPLES = r"""
- name: Ask the other control planes
  kubewright.control_plane.join_info:
    required: false
  loop: [cp2, cp3]
  delegate_to: "{{ item }}"
  register: answers

- name: Choose one
  kubewright.control_plane.remaining_control_plane:
    answers: "{{ answers.results }}"
    state: "{{ node.state }}"
    is_node: "{{ node.is_node }}"
    ca: "{{ node.ca }}"
  register: remaining
"""

RETURN = r"""
host:
  description: The host that was chosen; empty where the host is no node of a cluster, and with O(force) where none answers.
  returned: success
  type: str
  sample: cp2
"""
