#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_apply
short_description: Carries out changes that were planned on the controller
version_added: 0.1.0
description:
  - The modules of the phases plan on the controller, and this one carries the changes out in their order. It is not for playbooks.
  - Where a file is no longer as it was read, it changes nothing and returns which one that is.
extends_documentation_fragment:
  - kubewright.control_plane.host
  - kubewright.control_plane.host.apply
"""

EXAMPLES = r"""
- name: Start the kubelet
  kubewright.control_plane.host_apply:
    phase: kubelet_start
    changes:
      - kind: start_kubelet
        reason: it does not run
"""

RETURN = r"""
stale:
  description: The files that are no longer as they were read. Then nothing was changed.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import KINDS, apply_phase
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module

CHANGES_SPEC = {
    "type": "list",
    "elements": "dict",
    "required": True,
    "options": {
        "kind": {"type": "str", "required": True, "choices": list(KINDS)},
        "reason": {"type": "str", "required": True},
        "path": {"type": "path"},
        "content": {"type": "str"},
        "mode": {"type": "int"},
        "directory_mode": {"type": "int"},
        "expected": {"type": "str"},
        "watched": {"type": "bool", "default": False},
        "shown": {"type": "list", "elements": "str"},
    },
    "required_if": [
        ("kind", "write_file", ("path", "content", "mode", "directory_mode")),
        ("kind", "tighten_file", ("path", "mode")),
    ],
}


def body(module: AnsibleModule) -> ModuleResult:
    """Applies."""
    params, host = module.params, Host(run_command)
    if module.check_mode:
        return apply_phase(host, params["changes"], check=True)
    with lock.locked(host.path(lock.HOST), params["phase"], lock.Waiting(params["lock_timeout"])):
        return apply_phase(host, params["changes"], check=False)


def main() -> None:
    """Runs the module."""
    options = {
        "phase": {"type": "str", "required": True},
        "changes": CHANGES_SPEC,
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
    run_module("host_apply", options, body)


if __name__ == "__main__":
    main()
