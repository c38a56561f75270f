#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: join_token
short_description: Makes a bootstrap token for one node, and removes it
version_added: 0.1.0
description:
  - Makes a token with which a node can ask for its certificate, for half an hour. It is run on a control plane.
  - Where a node of that name is Ready and has another O(address), it makes none, as C(kubeadm join) does not let a node take the place of
    another one.
  - Where the token is removed, the node is waited for until it is registered.
  - The result holds a secret and is hidden from Ansible's output, also with C(-vvv).
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is made.
  diff_mode:
    support: none
    details: There is nothing to show but a secret.
requirements:
  - cryptography (python3-cryptography)
options:
  node:
    description: The name of the node.
    type: str
    required: true
  address:
    description: The address of the host. A node of the same name and address is this host's, and is not refused.
    type: str
    default: ''
  state:
    description: Whether a token is made or removed.
    type: str
    choices: [present, absent]
    default: present
  token_id:
    description: The public half of the token that is removed, the result of the task that made it.
    type: str
  registered:
    description: Whether the node is waited for before the token is removed.
    type: bool
    default: true
  timeout:
    description: For how many seconds the API server may be away, and the node may need to be registered.
    type: float
    default: 60.0
"""

EXAMPLES = r"""
- name: Make a token
  kubewright.control_plane.join_token:
    node: worker1
  delegate_to: cp1
  become: true
  register: result

- name: Remove it
  kubewright.control_plane.join_token:
    node: worker1
    state: absent
    token_id: "{{ result.token_id }}"
  delegate_to: cp1
  become: true
"""

RETURN = r"""
token:
  description: The token, hidden from the output.
  returned: where one was made
  type: str
  sample: abcdef.0123456789abcdef
token_id:
  description: Its public half.
  returned: where one was made
  type: str
  sample: abcdef
removed:
  description: That there is no such token any more.
  returned: with O(state=absent), but in check mode
  type: bool
  sample: true
"""

import datetime
import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node_token import (
    grant,
    refuse_taken_name,
    revoke,
    wait_for_node,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import waiting_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def body(module: AnsibleModule) -> ModuleResult:
    """Makes or removes it."""
    params = module.params
    if module.check_mode:
        return {"changed": True}
    client, node = waiting_client(Host(run_command), params["timeout"]), params["node"]
    if params["state"] == "present":
        refuse_taken_name(client, node, params["address"])
        token = grant(client, node, datetime.datetime.now(datetime.timezone.utc))
        return {"changed": True, "token": token, "token_id": token.partition(".")[0]}
    try:
        if params["registered"]:
            wait_for_node(client, node, params["timeout"], time.sleep, time.monotonic)
    finally:
        changed = revoke(client, params["token_id"] or "")
    return {"changed": changed, "removed": True}


def main() -> None:
    """Runs the module."""
    options = {
        "node": {"type": "str", "required": True},
        "address": {"type": "str", "default": ""},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        # Not the whole token.
        "token_id": {"type": "str", "no_log": False},
        "registered": {"type": "bool", "default": True},
        "timeout": {"type": "float", "default": 60.0},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
