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
  - A checkpoint of the CPU or memory manager (C(cpu_manager_state), C(memory_manager_state)) that is of another policy than the
    configuration is removed before, because the kubelet does not start with it.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
  - kubewright.control_plane.phase.carried
"""

EXAMPLES = r"""
- name: Configure and start the kubelet
  kubewright.control_plane.kubelet_start:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
planned:
  description:
    - What changes, or would in check mode, each with C(artefact), C(action) (C(create), C(change), C(remove) or C(restart)), C(reason),
      and C(fields) with what differs where that was looked at (C(name), C(before) and C(after), without secrets).
    - Of a restart also C(away_seconds), for how many seconds the API server was away when it was done last, where that was measured.
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: kubelet
      action: restart
      reason: its files change
carried_by:
  description: The phase in whose execution this one was carried out, where it was.
  returned: with O(carried)
  type: str
seconds:
  description: How long that took.
  returned: with O(carried)
  type: float
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
