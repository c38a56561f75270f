#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: shared_certs
short_description: Writes what all control planes of a cluster have in common
version_added: 0.1.0
description:
  - Writes the CAs with their keys, and the key of service accounts, on a control plane that joins.
  - Without O(files) it says which of them the host lacks, so that they are only fetched where they are needed.
  - Files that are there stay. Where one is another than that of the cluster, it fails and nothing is written.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is written, and RV(written) is what would be.
  diff_mode:
    support: none
    details: There is nothing to show but secrets.
requirements:
  - cryptography (python3-cryptography)
options:
  digests:
    description: What M(kubewright.control_plane.join_info) has returned as C(shared_certs).
    type: dict
    required: true
  files:
    description: What M(kubewright.control_plane.shared_certs_info) has returned. In check mode it may be empty.
    type: dict
  folder:
    description: The folder of the certificates.
    type: path
    default: /etc/kubernetes/pki
  replaced:
    description: Those of them that are renewed, so that one which the host has and that differs is replaced. Of others it is an error.
    type: list
    elements: str
    default: []
  or_digests:
    description: Others that are as good as O(digests), each whole. Where the host has those of one of them, nothing is absent.
    type: list
    elements: dict
    default: []
  mode:
    description: The mode of certificates and of the public key. C(kubeadm join) of 1.22 and later gives them V(0644), before V(0600).
    type: str
    choices: ["0600", "0644"]
    default: "0600"
  lock_timeout:
    description: For how many seconds another run that changes the host is waited for.
    type: float
    default: 120.0
"""

EXAMPLES = r"""
- name: Write what all control planes have in common
  kubewright.control_plane.shared_certs:
    digests: "{{ info.cluster.shared_certs }}"
    files: "{{ shared.files }}"
"""

RETURN = r"""
absent:
  description: The files that the host lacks, or lacked, by their paths below the folder.
  returned: success
  type: list
  elements: str
  sample: [ca.crt, ca.key]
written:
  description: The files that have been written, by their paths below the folder.
  returned: success
  type: list
  elements: str
  sample: [ca.crt, ca.key]
paths:
  description: The whole paths of them.
  returned: always
  type: list
  elements: str
  sample: [/etc/kubernetes/pki/ca.crt, /etc/kubernetes/pki/ca.key]
planned:
  description: What changes, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: /etc/kubernetes/pki/ca.key
      action: create
      reason: the control planes of the cluster have it in common
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import absent, write
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR


def body(module: AnsibleModule) -> ModuleResult:
    """Compares, and writes."""
    params, host = module.params, Host(run_command)
    lacking = [
        absent(host, params["folder"], wanted, params["replaced"])
        for wanted in (params["digests"], *params["or_digests"])
    ]
    missing = [] if [] in lacking else lacking[0]
    given = params["files"]
    written = [name for name in missing if given is not None and (module.check_mode or name in given)]
    if written and not module.check_mode:
        with lock.locked(host.path(lock.HOST), "join", lock.Waiting(params["lock_timeout"])):
            write(host, params["folder"], params["files"], written, int(params["mode"], 8))
    return {"changed": bool(missing), "absent": missing, "written": written}


def main() -> None:
    """Runs the module."""
    options = {
        "digests": {"type": "dict", "required": True},
        "files": {"type": "dict", "no_log": True},
        "folder": {"type": "path", "default": "/etc/kubernetes/pki"},
        "replaced": {"type": "list", "elements": "str", "default": []},
        "or_digests": {"type": "list", "elements": "dict", "default": []},
        "mode": {"type": "str", "choices": ["0600", "0644"], "default": "0600"},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
    run_module("join", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
