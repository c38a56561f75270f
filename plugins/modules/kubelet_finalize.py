#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubelet_finalize
short_description: Points kubelet.conf to the certificate that the kubelet rotates
version_added: 0.1.0
description:
  - Replaces the embedded client certificate of C(/etc/kubernetes/kubelet.conf) by the path of the one that the kubelet renews itself, and
    restarts the kubelet. Does nothing where that certificate is not there (rotation is off) or in minors before 1.17.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.carried
requirements:
  - cryptography (python3-cryptography)
options:
  reasons:
    description:
      - What M(kubewright.control_plane.pki_generate) and M(kubewright.control_plane.kubeconfig_write) returned as C(reasons). In check mode
        a kubelet.conf that is not written yet is taken as if it had been.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Use the rotated client certificate
  kubewright.control_plane.kubelet_finalize:
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
    - artefact: /etc/kubernetes/kubelet.conf
      action: change
      reason: the kubelet rotates its certificate
carried_by:
  description: The phase in whose execution this one was carried out, where it was.
  returned: with O(carried)
  type: str
seconds:
  description: How long that took.
  returned: with O(carried)
  type: float
"""
