#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_annotate
short_description: Gives a node annotations
version_added: 0.1.0
description:
  - Gives a node annotations beside those that it has, as C(kubeadm join) does. It is run on a control plane.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is changed.
  diff_mode:
    support: none
    details: C(planned) says what is changed.
requirements:
  - cryptography (python3-cryptography)
options:
  name:
    description: The name of the node.
    type: str
    required: true
  annotations:
    description: The annotations.
    type: dict
    required: true
  timeout:
    description: For how many seconds the API server may be away.
    type: float
    default: 60.0
"""

EXAMPLES = r"""
- name: Annotate the node as kubeadm does
  kubewright.control_plane.node_annotate:
    name: worker1
    annotations:
      kubeadm.alpha.kubernetes.io/cri-socket: unix:///run/containerd/containerd.sock
  delegate_to: cp1
  become: true
"""

RETURN = r"""
planned:
  description: What changes, or would in check mode, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: Node worker1
      action: change
      reason: its annotations differ
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import annotate
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import waiting_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def body(module: AnsibleModule) -> ModuleResult:
    """Compares, and annotates."""
    params = module.params
    client = waiting_client(Host(run_command), params["timeout"])
    return {"changed": annotate(client, params["name"], params["annotations"], module.check_mode)}


def main() -> None:
    """Runs the module."""
    options = {
        "name": {"type": "str", "required": True},
        "annotations": {"type": "dict", "required": True},
        "timeout": {"type": "float", "default": 60.0},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
