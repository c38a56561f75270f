#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight_check
short_description: Checks whether a host is fit for a control plane
version_added: 0.1.0
description:
  - Runs kubeadm's preflight checks under kubeadm's own names, and checks that kubeadm lacks, and returns all outcomes at once, each with
    what was found, what is wanted and the cure.
  - Ports, manifests and data that the control plane of this very host holds are no errors, so a second run passes.
  - The host's clock is compared with the controller's.
  - The check C(Firewall) is a hint. It reads the policies of the chains at the hook input and which ports are named by rules that accept.
    It does not see rules that accept a port from some senders only, rules that drop or reject before the policy does, and filters outside
    of nftables and iptables, like eBPF and the security groups of a cloud.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  ignore:
    description:
      - Names of checks whose failure does not fail the task, in any case; V(all) for all of them.
      - The default is what the configuration says (C(kubewright_ignore_preflight_errors)).
    type: list
    elements: str
  fail:
    description:
      - Whether an error that is not waived fails the task. With V(false) the task returns the outcomes and warns of nothing.
    type: bool
    default: true
  facts:
    description:
      - Whether to return what was gathered as well.
    type: bool
    default: false
  questions:
    description:
      - What to look at, by family of checks. Set by the module's own action on the controller; give it no value.
    type: dict
"""

EXAMPLES = r"""
- name: Check the host
  kubewright.control_plane.preflight_check:
    config: "{{ result.resolved }}"
    ignore:
      - NumCPU
      - Mem
"""

RETURN = r"""
checks:
  description: The outcome of every check; where the task fails, of those alone that have not passed.
  returned: always, unless the configuration cannot be read
  type: list
  elements: dict
  contains:
    name:
      description: kubeadm's name of the check, or one of this collection. Several outcomes may have one name.
      type: str
      sample: Port-6443
    severity:
      description: What a failure means, V(error), V(warning) or V(hint).
      type: str
      sample: error
    passed:
      description: Whether all is well.
      type: bool
    ignored:
      description: Whether a failure is waived.
      type: bool
    found:
      description: What was found.
      type: str
      sample: held by nginx (pid 812, nginx.service)
    wanted:
      description: What is wanted.
      type: str
      sample: free, or held by this control plane's kube-apiserver
    cure:
      description: What to do.
      type: str
      sample: Stop what listens there (systemctl stop nginx.service), or choose another port.
waived:
  description: The errors that were waived, as C(name; found).
  returned: success
  type: list
  elements: str
identity:
  description:
    - What tells this host from others, to be compared between the hosts of a cluster. C(machine_id) and C(product_uuid) are digests.
    - C(clock_offset) has the least and the most seconds by which the host's clock may be ahead of the controller's.
  returned: success, as root
  type: dict
facts:
  description: What was gathered, by family of checks. A family that the configuration does not ask for is not there.
  returned: with O(facts=true)
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    READ_SPEC,
    ModuleResult,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.all import gather


def body(module: AnsibleModule) -> ModuleResult:
    """Gathers the facts in one pass. The action makes the checks of them."""
    facts = gather(InspectedHost(run_command), module.params["questions"])
    return {"changed": False, "facts": facts, "identity": facts.get("identity", {})}


def main() -> None:
    """Runs the module."""
    options = {
        "ignore": {"type": "list", "elements": "str"},
        "fail": {"type": "bool", "default": True},
        "facts": {"type": "bool", "default": False},
        "questions": {"type": "dict"},
    }
    run_module("preflight", dict(READ_SPEC, **options), body, from_action=["questions"])


if __name__ == "__main__":
    main()
