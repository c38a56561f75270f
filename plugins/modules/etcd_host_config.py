#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_host_config
short_description: Resolves the configuration of a host of an external etcd
version_added: 0.1.0
description:
  - Takes the C(kubewright_*) variables, what a member says (M(kubewright.control_plane.etcd_info)) and the facts of the host, and checks
    the whole. C(kubewright_etcd_external) has no say, as it is meant for control planes.
  - Nothing is changed. Every fault is reported at once, with the path of the value and the cure.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Asks the host as in a run, where there is a member. Where there is none, RV(planned) says that the host is going to have one.
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  cluster:
    description: What M(kubewright.control_plane.etcd_info) has returned. Null for the host that begins, and in check mode.
    type: dict
  begins:
    description: Whether the host begins an etcd of one member, where O(cluster) is null.
    type: bool
    default: false
  state:
    description: What of a member is on the host, as M(kubewright.control_plane.etcd_info) has returned it.
    type: str
    choices: [blank, begun, whole]
    default: blank
notes:
  - The variables are checked on the controller, the facts are read on the host in one execution.
"""

EXAMPLES = r"""
- name: Resolve the configuration of the host
  kubewright.control_plane.etcd_host_config:
    cluster: "{{ result.cluster }}"
  register: etcd_host
"""

RETURN = r"""
resolved:
  description: The configuration, which the modules of the phases take. Null in check mode, where there is no member yet.
  returned: success
  type: dict
  sample:
    etcdHost:
      name: etcd1
etcd:
  description:
    - Of the host's member its C(name), the URL of it for the others (C(peer)), whether its data C(is_absent), whether it begins as a
      C(learner), whether it C(has_vote), and the C(cluster) that it joins, which is empty where it begins one.
  returned: success
  type: dict
  sample:
    name: etcd2
    peer: https://192.0.2.22:2380
    is_absent: true
    learner: true
    has_vote: false
planned:
  description: That the host is going to have a member, with C(artefact), C(action), C(reason) and C(fields).
  returned: in check mode, where there is no member yet
  type: list
  elements: dict
  sample:
    - artefact: etcd member of etcd2
      action: create
      reason: it joins when there is a first one, and what it needs is known then
"""
