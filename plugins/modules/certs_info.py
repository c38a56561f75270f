#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certs_info
short_description: Reads the certificates and kubeconfigs of a control plane
version_added: 0.1.0
description:
  - Reads every CA, leaf certificate, service account key and kubeconfig that the host should have, and the kubelet's own serving
    certificate, and says of each whom it is for, when it ends and in which state it is. Nothing is changed.
  - What a run of C(playbooks/init-control-plane.yml) would issue anew has the reason that the run would give.
  - No private key is in the result.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
requirements:
  - cryptography (python3-cryptography)
"""

EXAMPLES = r"""
- name: Read the certificates
  kubewright.control_plane.certs_info:
    config: "{{ result.resolved }}"
  register: certs

- name: Stop where one is not well
  ansible.builtin.assert:
    that: certs.certificates | rejectattr('status', 'eq', 'ok') | length == 0
"""

RETURN = r"""
certificates:
  description:
    - What there is, each CA with its leaves first. What should be there and is not, is listed as well, but for C(super-admin.conf), which
      only the first control plane has, and the kubelet's serving certificate.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file on the host.
      type: str
      sample: /etc/kubernetes/pki/apiserver.crt
    kind:
      description: V(ca), V(leaf), V(service account key), V(kubeconfig) or V(kubelet) (the kubelet's serving certificate).
      type: str
      sample: leaf
    certificate_path:
      description: Where the certificate lies. It is another file than the kubeconfig where that refers to one.
      type: str
      sample: /etc/kubernetes/pki/apiserver.crt
    subject:
      description: The subject.
      type: str
      sample: CN=kube-apiserver
    sans:
      description: The alternative names, DNS names and IP addresses, in their order.
      type: list
      elements: str
      sample: [cp1, kubernetes, 10.96.0.1]
    issuer:
      description: The issuer.
      type: str
      sample: CN=kubernetes
    not_before:
      description: When the validity begins, UTC in ISO 8601.
      type: str
      sample: "2026-01-31T12:00:00Z"
    not_after:
      description: When the validity ends, UTC in ISO 8601.
      type: str
      sample: "2027-01-31T12:00:00Z"
    days_left:
      description: The days until the end; negative after it.
      type: float
      sample: 364.98
    key_algorithm:
      description: The kind of the key.
      type: str
      sample: RSA-2048
    has_key:
      description: Whether the private key is on the host and can be read. V(false) for a CA whose key is kept elsewhere.
      type: bool
    server:
      description: The URL in a kubeconfig.
      type: str
      sample: https://192.0.2.10:6443
    status:
      description:
        - V(ok), V(due) (a leaf that a run would renew, a CA that ends within 180 days), V(expired), V(wrong) (it differs from what is
          declared, or does not fit to its CA or key), V(missing) or V(unreadable).
      type: str
      sample: wrong
    reason:
      description: Why it is not V(ok), else empty.
      type: str
      sample: SAN 192.0.2.20 missing
"""
