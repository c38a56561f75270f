#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: diagnosis_report
short_description: Shows what diagnosis_info has found on many hosts
version_added: 0.1.0
description:
  - Puts together what M(kubewright.control_plane.diagnosis_info) returned for each host, prints it with causes and cures, and fails if a
    host is not healthy, or something is wrong by which nothing fails yet.
  - A host that could not be reached is shown as well.
author:
  - The kubewright contributors (@kubewright)
attributes:
  check_mode:
    support: full
    description: Can run in check mode, with the same outcome.
  diff_mode:
    support: none
    description: Shows what changes.
extends_documentation_fragment: []
options:
  hosts:
    description:
      - The hosts, in the order of the table.
    type: list
    elements: str
    required: true
  directory:
    description:
      - The folder on the controller into which C(diagnosis.json) and C(diagnosis.html) are written. It is made where it is absent.
    type: path
  registered:
    description:
      - Under which name the result of M(kubewright.control_plane.diagnosis_info) is registered on each host, as C(diagnosis).
    type: dict
    required: true
notes:
  - All of it is done on the controller, by the module's own action; C(playbooks/diagnose.yml) shows its use.
"""

EXAMPLES = r"""
- name: Show what was found
  kubewright.control_plane.diagnosis_report:
    hosts: "{{ ansible_play_hosts_all }}"
    registered: {diagnosis: my_diagnosis}
    directory: report
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
written:
  description: The files that were written.
  returned: unless a file cannot be written
  type: list
  elements: str
  sample: [/home/user/report/diagnosis.json, /home/user/report/diagnosis.html]
"""
