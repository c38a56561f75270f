#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubelet_start
short_description: Writes the kubelet's configuration and makes it run
version_added: 0.1.0
description:
  - Renders C(kubeadm-flags.env), C(config.yaml) and, where the minor has it, C(instance-config.yaml) on the controller. Where one of them
    differs, the kubelet is stopped, the files are written and it is started.
  - Where none differs, a kubelet that runs is left alone and one that does not run is started.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.files
"""

EXAMPLES = r"""
- name: Configure and start the kubelet
  kubewright.control_plane.kubelet_start:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
written:
  description: The files that were written, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/kubelet/config.yaml]
started:
  description: Whether the kubelet was started or restarted.
  returned: success
  type: bool
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import compared_files as host_files
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service as service
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    FILES_SPEC,
    Outcome,
    run_module,
    runner,
)


def body(module: AnsibleModule) -> Outcome:
    """Compares, stops, writes, starts."""
    run = runner(module)
    changes = host_files.compare([host_files.Wanted(**item) for item in module.params["files"]])
    active = service.is_active(run)
    restart = any(not change.only_mode for change in changes) or not active
    if not module.check_mode:
        if restart and active:
            service.stop(run)
        host_files.write(changes)
        if restart:
            service.start(run)
    return {
        "changed": bool(changes) or restart,
        "written": [change.wanted.path for change in changes],
        "started": restart,
        "diff": host_files.diff(changes),
    }


def main() -> None:
    """Runs the module."""
    run_module("kubelet_start", dict(CONFIG_SPEC, files=FILES_SPEC), body)


if __name__ == "__main__":
    main()
