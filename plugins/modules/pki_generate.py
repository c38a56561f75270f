#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pki_generate
short_description: Makes the certificates and keys of a control plane
version_added: 0.1.0
description:
  - Makes the CAs, the leaf certificates and the service account key pair that kubeadm of the same minor would make, on the host; private
    keys never leave it. With O(kubeconfigs) it makes the kubeconfig files in the same go.
  - Each certificate is read and compared by meaning. A leaf is issued anew only when it is missing or unreadable, its key does not belong
    to it, it is not signed by the present CA, a declared name, usage, organization or key type differs, or its end is near.
  - A CA or a service account key that is there is used and never replaced. Where its files do not fit together, the module fails and
    names the choices.
  - CAs of your own are taken from C(kubewright_ca_files), files on the controller.
  - Where the key of a CA is not on the host, the controller signs (C(kubewright_ca_key_location)) or somebody else does
    (C(kubewright_csr_dir)). Only requests and certificates travel.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.credentials
options:
  kubeconfigs:
    description: Whether to make the kubeconfig files as well, as M(kubewright.control_plane.kubeconfig_write) does.
    type: bool
    default: false
  carry:
    description:
      - The phases that follow at once, whose changes are carried out in the same execution where the host has to make credentials anyway
        and signs them itself. etcd and the kubelet are started as soon as they have theirs, while the others are made. With O(kubeconfigs)
        and O(read) only.
      - Pass what is returned as RV(carried) to the tasks of these phases.
    type: list
    elements: str
    choices: [audit, etcd, control_plane, kubelet_start]
    default: []
requirements:
  - cryptography (python3-cryptography)
"""

EXAMPLES = r"""
- name: Make the certificates
  kubewright.control_plane.pki_generate:
    config: "{{ result.resolved }}"

- name: Make the certificates and kubeconfigs, and renew them all
  kubewright.control_plane.pki_generate:
    config: "{{ result.resolved }}"
    kubeconfigs: true
    renew: all
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
    - artefact: /etc/kubernetes/pki/apiserver
      action: change
      reason: all are renewed
reasons:
  description:
    - Why each file was made or removed, by its path below the certificates folder without extension; kubeconfigs, and keys that wait for
      their certificates, by their paths.
  returned: success
  type: dict
  sample:
    apiserver: SAN 192.0.2.20 missing
carried:
  description: What came of each phase of O(carry) that was carried out, with a mark of what it is the result of and its C(seconds).
  returned: with O(carry)
  type: dict
requests:
  description: What somebody else has to sign; see C(kubewright_csr_dir).
  returned: success
  type: list
  elements: dict
  sample:
    - name: apiserver
      ca: ca
      reason: missing
"""
