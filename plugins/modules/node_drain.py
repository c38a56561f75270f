#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_drain
short_description: Empties a node of its pods for a change, or has it take pods again
version_added: 0.1.0
description:
  - Has no more pods placed on a node, and evicts those that it has, but for those of DaemonSets. Evictions respect disruption budgets. What
    pods keep in volumes of their node (C(emptyDir)) is lost with them. It is run on a control plane.
  - It fails, and evicts nothing, where the node has pods that nobody makes anew elsewhere (without a controller), and where O(at_once)
    other nodes of the cluster are being emptied. Run it for one host after the other (C(serial) is 1).
  - A node that is not Ready is left as it is, as its pods do not end. One that somebody else had cordoned before stays so.
  - Where pods are left after O(drain_timeout), it fails with the reasons, and the node stays cordoned. The next run goes on with it, or has
    it take pods again where there is nothing to change any more.
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
  state:
    description: V(drained) empties it, V(schedulable) has it take pods again where this module has kept them away.
    type: str
    choices: [drained, schedulable]
    default: drained
  reasons:
    description: Why it is emptied, for the plan.
    type: list
    elements: str
    default: []
  planned:
    description: Whether what changes is told. Not where the same run has emptied the node, which is told then.
    type: bool
    default: true
  at_once:
    description: How many nodes of the cluster are emptied at a time.
    type: int
    default: 1
  drain_timeout:
    description: For how many seconds its pods may need to end.
    type: float
    default: 300.0
  timeout:
    description: For how many seconds the API server may be away.
    type: float
    default: 60.0
"""

EXAMPLES = r"""
- name: Empty the node of its pods
  kubewright.control_plane.node_drain:
    name: worker1
    reasons: [its kernel is updated]
  delegate_to: cp1
  become: true

- name: Have pods placed on the node again
  kubewright.control_plane.node_drain:
    name: worker1
    state: schedulable
    planned: false
  delegate_to: cp1
  become: true
"""

RETURN = r"""
evicted:
  description: The pods that were evicted, each with its namespace.
  returned: success
  type: list
  elements: str
  sample: [default/web-1]
planned:
  description: What changes, or would in check mode, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: pods of node worker1
      action: restart
      reason: they are evicted, because its kernel is updated
"""

import datetime
import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.drain import drain, unmanaged_pods
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.emptied_nodes import (
    begin,
    is_emptied,
    keep_pods_away,
    restore,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import find_node, is_ready
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import own_client, waiting_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

# Seconds that an API server may be away in a drain.
_A_MOMENT = 15.0


def body(module: AnsibleModule) -> ModuleResult:
    """Empties it, or has it take pods again."""
    params, host, name = module.params, Host(run_command), module.params["name"]
    client = waiting_client(host, params["timeout"])
    node = find_node(client, name)
    if node is None:
        return {"changed": False, "evicted": []}
    if params["state"] == "schedulable":
        changed = is_emptied(node) if module.check_mode else restore(client, name)
        return {"changed": changed, "evicted": []}
    if not is_ready(node):
        return {"changed": False, "evicted": []}
    alone = unmanaged_pods(client, name)
    if alone:
        raise KubewrightError(
            f"the node {name} has pods that nobody makes anew elsewhere, as they have no controller: {', '.join(alone)}. Nothing is "
            "evicted. Delete them, or give them one (Deployment, StatefulSet, Job), and run again."
        )
    evicted: list[str] = []
    if not module.check_mode:
        begin(client, name, params["at_once"], datetime.datetime.now(datetime.timezone.utc).isoformat())
        keep_pods_away(client, name)
        # One that tries again for long by itself would keep the other pods waiting.
        at_once = own_client(host, _A_MOMENT, waits=False) or client
        evicted = drain(client, at_once, name, params["drain_timeout"], time.sleep, time.monotonic)
    return {"changed": True, "evicted": evicted}


def main() -> None:
    """Runs the module."""
    options = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["drained", "schedulable"], "default": "drained"},
        "reasons": {"type": "list", "elements": "str", "default": []},
        "planned": {"type": "bool", "default": True},
        "at_once": {"type": "int", "default": 1},
        "drain_timeout": {"type": "float", "default": 300.0},
        "timeout": {"type": "float", "default": 60.0},
    }
    run_module("drain", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
