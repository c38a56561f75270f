#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubeconfig_write
short_description: Writes the kubeconfig files of a control plane
version_added: 0.1.0
description:
  - Writes C(admin.conf), C(kubelet.conf), C(controller-manager.conf), C(scheduler.conf) and from 1.29 on C(super-admin.conf) into
    C(/etc/kubernetes), each with its own client certificate, as kubeadm of the same minor would.
  - Each file is compared by meaning (server, CA, subject, key, end) and written anew only for a reason that is returned.
  - A C(kubelet.conf) that points to the certificate which the kubelet rotates itself is left alone, unless that certificate has ended or
    is gone.
  - Writes those of C(kubewright_kubeconfigs) as well, on the host or on the controller. The key of one that is kept on the controller is
    made there, and only its request travels.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.credentials
requirements:
  - cryptography (python3-cryptography)
"""

EXAMPLES = r"""
- name: Write the kubeconfig files
  kubewright.control_plane.kubeconfig_write:
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
    - artefact: /etc/kubernetes/admin.conf
      action: create
      reason: missing
reasons:
  description: Why each file was written or removed, by its path.
  returned: success
  type: dict
  sample:
    /etc/kubernetes/admin.conf: missing
requests:
  description: What somebody else has to sign; see C(kubewright_csr_dir).
  returned: success
  type: list
  elements: dict
  sample:
    - name: admin.conf
      ca: ca
      reason: missing
"""
