#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_files
short_description: Writes the files of a phase
version_added: 0.1.0
description:
  - Renders the templates of a phase on the controller, ships them together and writes those that differ in meaning.
  - A file is written atomically, with its final mode from the first byte. Nothing but the final manifest ever lies in
    C(/etc/kubernetes/manifests), not even for a moment.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.files
options:
  phase:
    description: The phase whose files are written.
    type: str
    required: true
    choices: [audit, control_plane, etcd]
"""

EXAMPLES = r"""
- name: Write the static pod manifests of the control plane
  kubewright.control_plane.host_files:
    phase: control_plane
    config: "{{ result.resolved }}"
"""

RETURN = r"""
written:
  description: The files that were written, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [/etc/kubernetes/manifests/kube-apiserver.yaml]
replaced:
  description: Those of them that were there before with another content.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import compared_files as host_files
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    FILES_SPEC,
    Outcome,
    run_module,
)


def body(module: AnsibleModule) -> Outcome:
    """Compares, writes."""
    changes = host_files.compare([host_files.Wanted(**item) for item in module.params["files"]])
    if changes and not module.check_mode:
        host_files.write(changes)
    return {
        "changed": bool(changes),
        "written": [change.wanted.path for change in changes],
        "replaced": [change.wanted.path for change in changes if change.before is not None and not change.only_mode],
        "diff": host_files.diff(changes),
    }


def main() -> None:
    """Runs the module."""
    phase = {"type": "str", "required": True, "choices": ["audit", "control_plane", "etcd"]}
    run_module("host_files", dict(CONFIG_SPEC, phase=phase, files=FILES_SPEC), body)


if __name__ == "__main__":
    main()
