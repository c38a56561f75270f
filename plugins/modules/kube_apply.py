#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_apply
short_description: Brings the API objects of a phase to their declared state
version_added: 0.1.0
description:
  - Renders the objects of a phase on the controller, ships them together and creates or updates them through the host's own API server,
    with the credentials of C(/etc/kubernetes/admin.conf). No Kubernetes client is needed on the host.
  - What changes is decided by the server itself, in a dry run of the update, so fields that the server fills in are no difference.
  - Labels and annotations that others have added stay. So does the Corefile of an existing C(coredns) ConfigMap.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.carried
attributes:
  check_mode:
    details: Where there is no API server yet, every object counts as created.
options:
  phase:
    description: The phase whose objects are applied.
    type: str
    required: true
    choices: [upload_config, mark_control_plane, addons]
"""

EXAMPLES = r"""
- name: Apply the addons
  kubewright.control_plane.kube_apply:
    phase: addons
    config: "{{ result.resolved }}"
"""

RETURN = r"""
planned:
  description:
    - What changes, or would in check mode, each with C(artefact), C(action) (C(create), C(change), C(remove) or C(restart)), C(reason),
      and C(fields) with what differs where that was looked at (C(name), C(before) and C(after), without secrets).
    - Of a restart also C(away_seconds), for how many seconds the API server was away when it was done last, where that was measured.
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: ConfigMap kube-system/kubeadm-config
      action: change
      reason: it differs
carried_by:
  description: The phase in whose execution this one was carried out, where it was.
  returned: with O(carried)
  type: str
seconds:
  description: How long that took.
  returned: with O(carried)
  type: float
objects:
  description: The objects that were created or updated, or would be in check mode, with the action.
  returned: success
  type: dict
  sample:
    ConfigMap kube-system/kubeadm-config: created
"""
