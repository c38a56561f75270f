#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_member
short_description: Adds a member to etcd, or gives it its vote
version_added: 0.1.0
description:
  - Changes the members of an etcd of control planes, one at a time. It is run on a control plane that has a member of it.
  - Nothing is changed while another member is not healthy.
  - A member of the same name and URL whose data is gone is removed before it is added anew.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is changed.
  diff_mode:
    support: none
    details: C(planned) says what is changed.
options:
  name:
    description: The name of the member, which is that of its node.
    type: str
    required: true
  peer:
    description: The URL at which the other members reach it.
    type: str
    required: true
  state:
    description:
      - With V(present) the member is added; it has to be started within some minutes.
      - With V(voting) it is waited for until it has started and is in sync, and then has a vote.
    type: str
    choices: [present, voting]
    default: present
  learner:
    description: Whether it begins without a vote, so that the others need not wait for it.
    type: bool
    default: true
  timeout:
    description: For how many seconds the member is waited for, and etcd may not answer.
    type: float
    default: 120.0
"""

EXAMPLES = r"""
- name: Add the member of a new control plane
  kubewright.control_plane.etcd_member:
    name: cp2
    peer: https://192.0.2.11:2380
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
    - artefact: etcd member cp2
      action: create
      reason: it has none
"""

import functools
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import call
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import (
    Call,
    add,
    members,
    own,
    promote,
    refuse_unhealthy,
    remove,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import server, unhealthy
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def _present(params: t.Mapping[str, t.Any], asking: Call, host: Host) -> bool:
    """Whether it was added: one that has not started was added by a run before."""
    found, _cluster = members(asking)
    member = own(found, params["name"], params["peer"])
    if member is not None and not member.name:
        return False
    asked = server(host)
    refuse_unhealthy(found, lambda item: unhealthy(asked, item), member)
    if member is not None:
        if not unhealthy(asked, member):
            raise KubewrightError(
                f"the member {member.shown} of etcd is well, and the host that joins has no data of it. Is it another host with the same "
                "name and address, or has its folder (kubewright_etcd_data_dir) another name now?"
            )
        remove(asking, member)
    add(asking, params["peer"], params["learner"], params["timeout"], time.sleep, time.monotonic)
    return True


def body(module: AnsibleModule) -> ModuleResult:
    """Changes the members."""
    params, host = module.params, Host(run_command)
    if module.check_mode:
        return {"changed": params["state"] == "present"}
    asking = functools.partial(call, server(host))
    if params["state"] == "present":
        return {"changed": _present(params, asking, host)}
    changed = promote(asking, params["name"], params["peer"], params["timeout"], time.sleep, time.monotonic)
    return {"changed": changed}


def main() -> None:
    """Runs the module."""
    options = {
        "name": {"type": "str", "required": True},
        "peer": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "voting"], "default": "present"},
        "learner": {"type": "bool", "default": True},
        "timeout": {"type": "float", "default": 120.0},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
