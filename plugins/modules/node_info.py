#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_info
short_description: Says which node a host is
version_added: 0.1.0
description:
  - Says by the certificate of the kubelet which node of which cluster a host is, what its addresses are, whether its kubelet asks for a
    serving certificate, and what of a control plane it has. No API server is asked.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: Looks as in a run.
  diff_mode:
    support: none
    details: Nothing is changed.
requirements:
  - cryptography (python3-cryptography)
options: {}
"""

EXAMPLES = r"""
- name: Ask which node the host is
  kubewright.control_plane.node_info:
  register: result
"""

RETURN = r"""
node:
  description:
    - The name of the node, by the certificate of the kubelet; where it has none, by the host's member of etcd, and else the name of the
      host.
  returned: success
  type: str
  sample: worker1
is_node:
  description: Whether the host is a node, or has begun to join.
  returned: success
  type: bool
ca:
  description: The CA of its cluster (PEM); empty where the host has none.
  returned: success
  type: str
addresses:
  description: All addresses of the host.
  returned: success
  type: list
  elements: str
  sample: [127.0.0.1, 192.0.2.11]
asks_for_serving:
  description: Whether the kubelet asks the cluster for its serving certificate (C(serverTLSBootstrap)), by its configuration.
  returned: success
  type: bool
has_serving:
  description: Whether it has one of them that has not expired.
  returned: success
  type: bool
state:
  description: What of a control plane is on the host, as with M(kubewright.control_plane.join_info).
  returned: success
  type: str
  sample: blank
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import own_name
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.addresses import own_addresses
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_identity import (
    BOOTSTRAP_PATH,
    PATH,
    node_of,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_serving import (
    asks_for_serving,
    has_serving,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import (
    BLANK,
    control_plane_state,
)


def body(module: AnsibleModule) -> ModuleResult:
    """Looks."""
    host, now = Host(run_command), datetime.datetime.now(datetime.timezone.utc)
    node, ca = node_of(host, now)
    hostname, state = InspectedHost(run_command).hostname().lower(), control_plane_state(host)
    return {
        "changed": False,
        "node": node or own_name(host) or hostname,
        "is_node": bool(node) or state != BLANK or any(map(host.exists, (PATH, BOOTSTRAP_PATH))),
        "ca": ca,
        "addresses": own_addresses(),
        "asks_for_serving": asks_for_serving(host),
        "has_serving": has_serving(host, now),
        "state": state,
    }


def main() -> None:
    """Runs the module."""
    run_module("node", {}, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
