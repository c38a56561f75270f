#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certs_report
short_description: Shows the certificates and kubeconfigs of many hosts in one table
version_added: 0.1.0
description:
  - Puts together what M(kubewright.control_plane.cluster_config) and M(kubewright.control_plane.certs_info) returned for each host,
    prints a table of every file, and fails if one is wrong or its end is near.
  - A host that could not be reached or whose input is wrong is listed with the cause.
  - Where C(playbooks/certs.yml) has renewed certificates, it says what was renewed and restarted, and fails where that did not end well.
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
      - The folder on the controller into which C(certificates.json) is written. It is made where it is absent.
    type: path
  registered:
    description:
      - Under which names the results are registered on each host, by what they are. They are C(config), the result of
        M(kubewright.control_plane.cluster_config), and C(certificates), that of
        M(kubewright.control_plane.certs_info); where certificates were renewed before, C(renewal_config), C(renewal_certs),
        C(renewal_restart), C(renewal_wait) and C(renewal_finalize), those of the modules in the order of C(playbooks/certs.yml).
    type: dict
    required: true
notes:
  - All of it is done on the controller, by the module's own action; C(playbooks/certs.yml) shows its use.
"""

EXAMPLES = r"""
- name: Show what was found
  kubewright.control_plane.certs_report:
    hosts: "{{ ansible_play_hosts_all }}"
    registered: {config: my_config, certificates: my_certificates}
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
  sample: [/home/user/report/certificates.json]
"""
