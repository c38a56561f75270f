#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bootstrap_token
short_description: Makes bootstrap tokens, their rules and the discovery information
version_added: 0.1.0
description:
  - Creates the declared bootstrap tokens. Where none is declared, makes sure that the cluster has one that can join nodes and makes a
    random one on the host where it has not.
  - Applies the RBAC rules for bootstrap tokens and the ConfigMap C(cluster-info) in C(kube-public).
  - Tokens are never returned; see M(kubewright.control_plane.join_command).
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.carried
"""

EXAMPLES = r"""
- name: Make sure that nodes can join
  kubewright.control_plane.bootstrap_token:
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
    - artefact: Secret kube-system/bootstrap-token-abcdef
      action: create
      reason: it is absent
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
    ConfigMap kube-public/cluster-info: created
"""
