#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: plan_report
short_description: Shows and writes what role init changes, or would in check mode, on many hosts
version_added: 0.1.0
description:
  - Puts together what the tasks of role P(kubewright.control_plane.init#role) have planned in this run for each host, prints it with what
    differs field by field, and writes it as JSON.
  - A host that could not be reached, or where a task has failed, is said to be so, with what was planned before. So is one of which only
    some phases were planned, because of tags.
  - It is written in check mode, too, as nothing else is changed by it.
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
      - The hosts. Those that role P(kubewright.control_plane.init#role) has planned in plays before of the same run are told, too, all in
        the order of the inventory.
    type: list
    elements: str
    required: true
  path:
    description:
      - The file on the controller for hosts whose configuration could not be resolved. The others are in the file that their own
        C(kubewright_plan_file) names. It is written for its owner alone (0600); its folder is made where it is absent.
      - C(docs/plan.schema.json) of the collection is the schema of what is in it.
    type: path
  show:
    description: Whether to print the plan.
    type: bool
    default: true
  fail:
    description:
      - When to fail, after all was said.
      - V(unplanned) where a host could not be planned to its end, V(changes) also where something changes, V(never) in no case.
    type: str
    choices: [never, unplanned, changes]
    default: unplanned
notes:
  - All of it is done on the controller, by the module's own action; C(playbooks/plan.yml) shows its use.
"""

EXAMPLES = r"""
- name: Show what was planned
  kubewright.control_plane.plan_report:
    hosts: "{{ ansible_play_hosts_all }}"
    path: plan.json
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
shown:
  description: Whether the plan was printed.
  returned: success
  type: bool
written:
  description: The files that were written.
  returned: unless a file cannot be written
  type: list
  elements: str
  sample: [/home/user/plan.json]
"""
