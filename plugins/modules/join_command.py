#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: join_command
short_description: Returns the command that joins a node
version_added: 0.1.0
description:
  - Returns the C(kubeadm join) command with a bootstrap token that is valid in the cluster.
  - The result holds a secret and is hidden from Ansible's output, also with C(-vvv). Print RV(join_command) where you want it seen, or
    pass it on with C(no_log).
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.api
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
requirements:
  - cryptography (python3-cryptography)
options:
  ca:
    description: The CA's certificate on the host. Set by the module's own action on the controller; give it no value.
    type: path
  withhold_token:
    description: Whether the token is left out. Set by the module's own action on the controller; give it no value.
    type: bool
    default: false
  preferred_token_ids:
    description:
      - The public halves of the declared tokens, which are preferred. Set by the module's own action from C(kubewright_bootstrap_tokens);
        give it no value.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Get the join command
  kubewright.control_plane.join_command:
    config: "{{ result.resolved }}"
  register: join

- name: Join the workers
  ansible.builtin.command:
    argv: "{{ hostvars['cp1'].join.join_command | split }}"
    creates: /etc/kubernetes/kubelet.conf
  no_log: true
"""

RETURN = r"""
join_command:
  description:
    - The command, on one line.
    - With C(kubewright_skip_token_print) the token is V(<value withheld>). In check mode before there is a control plane, so is the hash.
  returned: success
  type: str
  sample: kubeadm join 192.0.2.10:6443 --token <value withheld> --discovery-token-ca-cert-hash sha256:...
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import API_SPEC, admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.join import JOIN_SPEC, join_facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    READ_SPEC,
    ModuleResult,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def body(module: AnsibleModule) -> ModuleResult:
    """Looks up the token and the CA. The action makes the command of them."""
    ca = Host(run_command).content(module.params["ca"])
    client = admin_client(module.params["api"], waits=not module.check_mode)
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"changed": False, "join": join_facts(client, ca, now, module.params)}


def main() -> None:
    """Runs the module."""
    specification = dict(READ_SPEC, api=API_SPEC, **JOIN_SPEC)
    run_module("show_join", specification, body, cryptography_error=CRYPTOGRAPHY_ERROR, from_action=("api", "ca"))


if __name__ == "__main__":
    main()
