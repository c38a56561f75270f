#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: shared_certs_info
short_description: Reads what all control planes of a cluster have in common
version_added: 0.1.0
description:
  - Reads the CAs with their keys, and the key of service accounts, on a control plane, for one that joins.
  - The result holds secrets and is hidden from Ansible's output, also with C(-vvv). It is not written anywhere on the way.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is read.
  diff_mode:
    support: none
    details: There is nothing to show but secrets.
requirements:
  - cryptography (python3-cryptography)
options:
  folder:
    description: The folder of the certificates.
    type: path
    default: /etc/kubernetes/pki
  etcd:
    description: Whether etcd runs on the control planes.
    type: bool
    default: true
  names:
    description: The files to read, by their paths below the folder, in place of those that control planes have in common.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Read what all control planes have in common
  kubewright.control_plane.shared_certs_info:
  delegate_to: cp1
  become: true
  register: shared
"""

RETURN = r"""
files:
  description: The texts of the files by their paths below the folder, hidden from the output.
  returned: success
  type: dict
  sample: {}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import read, read_files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def body(module: AnsibleModule) -> ModuleResult:
    """Reads."""
    params, host = module.params, Host(run_command)
    if module.check_mode:
        return {"changed": False, "files": {}}
    if params["names"] is not None:
        return {"changed": False, "files": read_files(host, params["folder"], params["names"])}
    return {"changed": False, "files": read(host, params["folder"], params["etcd"])}


def main() -> None:
    """Runs the module."""
    options = {
        "folder": {"type": "path", "default": "/etc/kubernetes/pki"},
        "etcd": {"type": "bool", "default": True},
        "names": {"type": "list", "elements": "str"},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
