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
  - The modules of the phases plan on the controller and let this one carry out the changes, in their order. It is not for playbooks.
  - Where a file is no longer as it was read, it changes nothing and returns which file that is.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and returns what it would change without changing anything.
  diff_mode:
    support: full
    description: Returns in diff mode what has changed, or in check mode what would change; secrets are never in it.
  platform:
    support: full
    platforms: linux
    description: The platforms that it runs on.
requirements:
  - python >= 3.8
author:
  - The kubewright contributors (@kubewright)
options:
  phase:
    description: The phase that the changes are of, for messages.
    type: str
    required: true
  changes:
    description: The changes.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description: What is to be done.
        type: str
        required: true
        choices: [write_file, tighten_file, stop_kubelet, start_kubelet]
      reason:
        description: Why it is to be done.
        type: str
        required: true
      path:
        description: The file.
        type: path
      content:
        description: The file's text.
        type: str
      mode:
        description: The file's permission bits.
        type: int
      directory_mode:
        description: The permission bits of the file's folder, where that is absent.
        type: int
      expected:
        description: The SHA-256 of the file as it was read; none where it was absent.
        type: str
      watched:
        description: Whether something runs what lies in the file's folder, so that no temporary file may be made there.
        type: bool
        default: false
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

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import KINDS, apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import Outcome, run_module, runner

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
    },
    "required_if": [
        ("kind", "write_file", ("path", "content", "mode", "directory_mode")),
        ("kind", "tighten_file", ("path", "mode")),
    ],
}


def body(module: AnsibleModule) -> Outcome:
    """Applies."""
    changes = module.params["changes"]
    applied = apply(Host(runner(module)), changes, module.check_mode)
    return {"changed": bool(changes) and not applied.stale, "stale": applied.stale, "diff": applied.diff}


def main() -> None:
    """Runs the module."""
    run_module("host_apply", {"phase": {"type": "str", "required": True}, "changes": CHANGES_SPEC}, body)


if __name__ == "__main__":
    main()
