#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_leader
short_description: Chooses the host of an external etcd that the others join
version_added: 0.1.0
description:
  - Takes what M(kubewright.control_plane.etcd_info) has returned for the hosts of an etcd, and chooses the first whose member answers; else
    the first with a member; else, where all have answered, the first host.
  - Where no host has a member and one has not answered it fails, because that one may have the data.
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
    description: The results of M(kubewright.control_plane.etcd_info), of a loop over the hosts of the etcd in the order of the inventory.
    type: list
    elements: dict
    required: true
notes:
  - It runs on the controller.
"""

EXAMPLES = r"""
- name: Ask the hosts of etcd for its members
  kubewright.control_plane.etcd_info:
  loop: "{{ groups['etcd'] }}"
  delegate_to: "{{ item }}"
  ignore_errors: true
  ignore_unreachable: true
  register: answers

- name: Choose the host that the others join
  kubewright.control_plane.etcd_leader:
    answers: "{{ answers.results }}"
  register: result
"""

RETURN = r"""
leader:
  description: The host that was chosen.
  returned: success
  type: str
  sample: etcd1
leads:
  description: Whether it is this host.
  returned: success
  type: bool
state:
  description: What of a member is on this host; see M(kubewright.control_plane.etcd_info).
  returned: success
  type: str
  sample: whole
cluster:
  description: What its member says; see M(kubewright.control_plane.etcd_info). Null where none answers.
  returned: success
  type: dict
"""
