#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubelet_bootstrap
short_description: Has the kubelet of a node ask for its certificate
version_added: 0.1.0
description:
  - With O(state=present) gives the kubelet a kubeconfig with a bootstrap token (C(/etc/kubernetes/bootstrap-kubelet.conf)), where it has
    none that it can log in to the cluster with, and stops it until its other files are there.
  - With O(state=absent) waits until the kubelet has its certificate, and removes the token from the host.
  - The modules of role P(kubewright.control_plane.join_worker#role) use it between each other.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode it says what it would do.
  diff_mode:
    support: none
    details: There is nothing to show but a secret.
requirements:
  - cryptography (python3-cryptography)
options:
  config:
    description: The configuration of the worker, as M(kubewright.control_plane.worker_config) returns it.
    type: dict
    required: true
  state:
    description: Whether the kubelet is given the token, or has its certificate.
    type: str
    choices: [present, absent]
    default: present
  token:
    description: The bootstrap token. Needed with O(state=present), but for check mode.
    type: str
  server:
    description: The URL of the API server. Set by the module's own action on the controller; give it no value.
    type: str
  ca:
    description: The cluster's CA. Set by the module's own action on the controller; give it no value.
    type: str
  node:
    description: The name of the node. Set by the module's own action on the controller; give it no value.
    type: str
  preferences:
    description: Whether a kubeconfig says that it has no preferences. Set by the module's own action on the controller; give it no value.
    type: bool
    default: false
  timeout:
    description: For how many seconds the certificate is waited for. Set by the module's own action on the controller; give it no value.
    type: float
    default: 300.0
  carry:
    description:
      - The phases that follow, which are carried out in the same execution as soon as the kubelet has its token, where nothing that was
        there has to be kept for them. Pass what is returned as RV(carried) to the tasks of these phases.
    type: list
    elements: str
    choices: [etcd, control_plane, kubelet_start]
    default: []
  carry_read:
    description:
      - What M(kubewright.control_plane.init_read) or M(kubewright.control_plane.host_read) has read of the host for the phases of O(carry)
        and still holds. Without it nothing is carried.
    type: dict
  files:
    description:
      - What the phases of O(carry) change, each with its C(phase) and its C(changes) as
        O(kubewright.control_plane.host_apply#module:changes). Set by the module's own action on the controller; give it no value.
    type: list
    elements: dict
    default: []
  lock_timeout:
    description:
      - For how many seconds another run that changes the host is waited for. Set by the module's own action on the controller; give it
        no value.
    type: float
    default: 120.0
"""

EXAMPLES = r"""
- name: Give the kubelet a token
  kubewright.control_plane.kubelet_bootstrap:
    config: "{{ worker.resolved }}"
    token: "{{ join.token }}"
"""

RETURN = r"""
planned:
  description: What changes, or would in check mode, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: /etc/kubernetes/kubelet.conf
      action: create
      reason: it is absent
carried:
  description:
    - What came of each phase of O(carry) that was carried out, with a mark of what it is the result of and its C(seconds).
  returned: with O(state=present), but in check mode
  type: dict
ended:
  description: Whether the kubelet has its certificate.
  returned: with O(state=absent), but in check mode
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.carry import Carrier
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_bootstrap import (
    TIMEOUT,
    Cluster,
    begin,
    end,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR

PHASES = ["etcd", "control_plane", "kubelet_start"]


def body(module: AnsibleModule) -> ModuleResult:
    """Begins, or waits for the end."""
    params, host = module.params, Host(run_command)
    cluster = Cluster(params["server"], params["ca"])
    if module.check_mode:
        return {"changed": params["state"] == "present"}
    if params["state"] == "present":
        with lock.locked(host.path(lock.HOST), "join", lock.Waiting(params["lock_timeout"])):
            begin(host, cluster, params["token"] or "", preferences=params["preferences"])
            carrier = Carrier(host, [dict(item, after=0) for item in params["files"]])
            carrier.reached(0)
        return {"changed": True, "carried": carrier.results}
    end(host, cluster, params["node"], params["timeout"])
    return {"changed": False, "ended": True}


def main() -> None:
    """Runs the module."""
    options = {
        "config": {"type": "dict", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "token": {"type": "str", "no_log": True},
        "server": {"type": "str"},
        "ca": {"type": "str"},
        "node": {"type": "str"},
        "preferences": {"type": "bool", "default": False},
        "timeout": {"type": "float", "default": TIMEOUT},
        "carry": {"type": "list", "elements": "str", "choices": PHASES, "default": []},
        "carry_read": {"type": "dict"},
        "files": {"type": "list", "elements": "dict", "default": []},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR, from_action=("server", "ca", "node"))


if __name__ == "__main__":
    main()
