#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_files
short_description: Writes the files of a phase
version_added: 0.1.0
description:
  - Renders the templates of a phase on the controller, ships them together and writes those that differ in meaning.
  - A file is written atomically, with its final mode from the first byte. Nothing but the final manifest ever lies in
    C(/etc/kubernetes/manifests), not even for a moment.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.carried
options:
  phase:
    description: The phase whose files are written.
    type: str
    required: true
    choices: [audit, control_plane, etcd]
"""

EXAMPLES = r"""
- name: Write the static pod manifests of the control plane
  kubewright.control_plane.host_files:
    phase: control_plane
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
    - artefact: /etc/kubernetes/manifests/kube-apiserver.yaml
      action: change
      reason: it differs
      fields:
        - name: --audit-log-maxage
          before: "30"
          after: "60"
carried_by:
  description: The phase in whose execution this one was carried out, where it was.
  returned: with O(carried)
  type: str
seconds:
  description: How long that took.
  returned: with O(carried)
  type: float
written:
  description: The files that were written, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [/etc/kubernetes/manifests/kube-apiserver.yaml]
contents:
  description: Those of them whose content changed or that were made, and not only their mode or owner.
  returned: success
  type: list
  elements: str
  sample: [/etc/kubernetes/manifests/kube-apiserver.yaml]
replaced:
  description: Those of them that were there before with another content.
  returned: success
  type: list
  elements: str
  sample: []
"""
