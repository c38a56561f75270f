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
  endpoint:
    description: Host and port of the control plane. Set by the module's own action on the controller; give it no value.
    type: str
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

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import usable_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.tokens_in_cluster import token_secrets
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    API_SPEC,
    CONFIG_SPEC,
    Outcome,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

WITHHELD = "<value withheld>"


def body(module: AnsibleModule) -> Outcome:
    """Looks up the token and the CA."""
    ca = files.read_file(module.params["ca"])
    client = admin_client(module.params["api"], module.check_mode)
    preferred = module.params["preferred_token_ids"]
    token, ca_hash = None, WITHHELD
    if client is not None:
        token = usable_token(token_secrets(client), datetime.datetime.now(datetime.timezone.utc), preferred)
        if token is None:
            raise KubewrightError(
                "the cluster has no bootstrap token that can join nodes: run the bootstrap_token phase."
            )
    if ca is not None:
        ca_hash = _x509.ca_certificate_hash(_x509.load_certificate(ca.content))
    elif not module.check_mode:
        raise KubewrightError("{} is not there: run the certs phase first.".format(module.params["ca"]))
    if token is None or module.params["withhold_token"]:
        token = WITHHELD
    endpoint = module.params["endpoint"]
    command = f"kubeadm join {endpoint} --token {token} --discovery-token-ca-cert-hash {ca_hash}"
    return {"changed": False, "join_command": command}


def main() -> None:
    """Runs the module."""
    # Not the whole tokens: what comes in as a secret is blotted out of the result, which is the point of this module.
    identifiers = {"type": "list", "elements": "str", "default": [], "no_log": False}
    specification = dict(
        CONFIG_SPEC,
        api=API_SPEC,
        ca={"type": "path"},
        endpoint={"type": "str"},
        preferred_token_ids=identifiers,
        withhold_token={"type": "bool", "default": False},
    )
    run_module(
        "show_join", specification, body, cryptography_error=CRYPTOGRAPHY_ERROR, from_action=("api", "ca", "endpoint")
    )


if __name__ == "__main__":
    main()
