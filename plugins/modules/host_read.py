#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_read
short_description: Reads what phases have to know of a host
version_added: 0.1.0
description:
  - Reads all that the phases of a run have to know, in one execution. The modules of the phases plan by it on the controller.
  - What it returns are marks of the files, never what is in them.
extends_documentation_fragment:
  - kubewright.control_plane.phase
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
options:
  phases:
    description: The phases that are to be planned.
    type: list
    elements: str
    choices: [audit, etcd, control_plane, kubelet_start]
    default: [audit, etcd, control_plane, kubelet_start]
  paths:
    description: The files to read. Set by the module's own action on the controller; give it no value.
    type: list
    elements: path
    default: []
  kubelet:
    description: Whether to look at the kubelet. Set by the module's own action on the controller; give it no value.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read the host once
  kubewright.control_plane.host_read:
    config: "{{ result }}"
  register: read

- name: Write the static pod manifest of etcd
  kubewright.control_plane.host_files:
    phase: etcd
    config: "{{ result }}"
    read: "{{ read.facts }}"
"""

RETURN = r"""
facts:
  description: What was read.
  returned: success
  type: dict
  contains:
    files:
      description: Each file by its path; null where it is absent.
      type: dict
      sample:
        /var/lib/kubelet/config.yaml: null
    kubelet:
      description: Whether the kubelet runs (C(active)).
      type: dict
      sample:
        active: false
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.read import read
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import Outcome, run_module, runner


def body(module: AnsibleModule) -> Outcome:
    """Reads."""
    host = Host(runner(module))
    return {"changed": False, "facts": read(host, module.params["paths"], module.params["kubelet"])}


def main() -> None:
    """Runs the module."""
    phases = ["audit", "etcd", "control_plane", "kubelet_start"]
    options = {
        "config": {"type": "dict", "required": True},
        "phases": {"type": "list", "elements": "str", "choices": phases, "default": phases},
        "paths": {"type": "list", "elements": "path", "default": []},
        "kubelet": {"type": "bool", "default": False},
    }
    run_module("host_read", options, body)


if __name__ == "__main__":
    main()
