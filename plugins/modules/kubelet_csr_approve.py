#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubelet_csr_approve
short_description: Approves a kubelet's request for its serving certificate
version_added: 0.1.0
description:
  - A kubelet with C(serverTLSBootstrap) asks the cluster for the certificate by which it serves, and no part of Kubernetes approves that,
    because nobody there knows what addresses a host has. This module does, on a control plane, by the names and addresses that the host
    itself has given (M(kubewright.control_plane.node_info)).
  - Approved is what the node's own kubelet asks for (user C(system:node:NAME), group C(system:nodes)), for serving alone, under the name
    of the node and addresses of its host. Anything else is left undecided, with a warning. What a host says of itself is not believed
    where it would be another one, as with the addresses of Services and of other nodes.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is approved, and no request is waited for.
  diff_mode:
    support: none
    details: C(planned) says what is approved.
requirements:
  - cryptography (python3-cryptography)
options:
  node:
    description: The name of the node.
    type: str
    required: true
  addresses:
    description: The addresses of its host.
    type: list
    elements: str
    required: true
  wait:
    description: Whether a request is waited for, as where the kubelet has no certificate yet.
    type: bool
    default: false
  timeout:
    description: For how many seconds the API server may be away, and a request is waited for.
    type: float
    default: 60.0
"""

EXAMPLES = r"""
- name: Approve the request of a kubelet
  kubewright.control_plane.kubelet_csr_approve:
    node: worker1
    addresses: [192.0.2.11]
  delegate_to: cp1
  become: true
"""

RETURN = r"""
approved:
  description: The requests that were approved, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [csr-x7k2p]
planned:
  description: The same, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: CertificateSigningRequest csr-x7k2p
      action: change
      reason: it fits the node
"""

import datetime
import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.own_client import waiting_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.serving_requests import (
    Node,
    approve,
    look,
    own_alone,
    wait,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import api_server
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def body(module: AnsibleModule) -> ModuleResult:
    """Looks, and approves."""
    params = module.params
    host = Host(run_command)
    client = waiting_client(host, params["timeout"])
    subnets = api_server(host).flag("service-cluster-ip-range").split(",")
    node = Node(params["node"], own_alone(client, subnets, params["node"], params["addresses"]))
    waits = params["wait"] and not module.check_mode
    found = wait(client, node, params["timeout"], time.sleep, time.monotonic) if waits else look(client, node)
    for name, why in found.foreign.items():
        module.warn(f"The request {name}: {why}. It is not approved.")
    if not module.check_mode:
        approve(client, found, datetime.datetime.now(datetime.timezone.utc))
    return {"changed": bool(found.fit), "approved": sorted(found.fit)}


def main() -> None:
    """Runs the module."""
    options = {
        "node": {"type": "str", "required": True},
        "addresses": {"type": "list", "elements": "str", "required": True},
        "wait": {"type": "bool", "default": False},
        "timeout": {"type": "float", "default": 60.0},
    }
    run_module("kubelet_serving", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
