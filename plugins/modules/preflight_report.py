#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight_report
short_description: Shows the outcomes of preflight_check for many hosts in one table
version_added: 0.1.0
description:
  - Puts together what M(kubewright.control_plane.cluster_config) and M(kubewright.control_plane.preflight_check) returned for each
    host, compares the hosts of each cluster with each other, prints a table of
    what fails with its cures, and fails if a host is not ready.
  - A host that could not be reached or whose input is wrong is a row of the table.
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
      - The folder on the controller into which C(preflight.json), C(preflight.xml) (JUnit) and C(preflight.html) are written. It is made
        where it is absent.
    type: path
  registered:
    description:
      - Under which names the results are registered on each host, by what they are. They are C(config), the result of
        M(kubewright.control_plane.cluster_config), and C(preflight), that of
        M(kubewright.control_plane.preflight_check). With C(join_config), that of M(kubewright.control_plane.control_plane_config), and
        C(join_preflight), those of a host that joins its cluster count in their place. C(leader) is that of
        M(kubewright.control_plane.cluster_leader). Where it has failed, the host is invalid for its reason.
    type: dict
    required: true
notes:
  - All of it is done on the controller, by the module's own action; C(playbooks/preflight.yml) shows its use.
"""

EXAMPLES = r"""
- name: Show what was found
  kubewright.control_plane.preflight_report:
    hosts: "{{ ansible_play_hosts_all }}"
    registered: {config: my_config, preflight: my_preflight}
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
  sample: [/home/user/report/preflight.json, /home/user/report/preflight.xml, /home/user/report/preflight.html]
"""
