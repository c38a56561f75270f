#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: credentials_apply
short_description: Carries out changes of certificates that were planned on the controller
version_added: 0.1.0
description:
  - M(kubewright.control_plane.pki_generate) and M(kubewright.control_plane.kubeconfig_write) plan on the controller and let this one
    carry out the changes, in their order. It is not for playbooks.
  - Private keys are made on the host and never leave it.
  - Where a file is no longer as it was read, it changes nothing and returns which file that is.
  - With O(files) it carries out what M(kubewright.control_plane.host_apply) would for the phases that follow.
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and then does nothing. What would change is known before.
  diff_mode:
    support: none
    description: The modules that plan return what changes.
  platform:
    support: full
    platforms: linux
    description: The platforms that it runs on.
requirements:
  - python >= 3.8
  - cryptography (python3-cryptography)
author:
  - The kubewright contributors (@kubewright)
options:
  phase:
    description: The phase that the changes are of, for messages.
    type: str
    required: true
  changes:
    description: The changes, each with its C(kind) and what belongs to it.
    type: list
    elements: dict
    required: true
  expected:
    description: The SHA-256 of files as they were read, by path; null for one that was absent.
    type: dict
    required: true
  files:
    description:
      - What the phases that follow change of files and the kubelet, each with its C(phase), its C(changes) as
        O(kubewright.control_plane.host_apply#module:changes), and C(after), the number of O(changes) that have to be carried out before.
    type: list
    elements: dict
    default: []
  private_keys:
    description: The private keys of CAs of the user's own, in PEM form, by the files that they are written to.
    type: dict
    default: {}
  profile:
    description: The shape of certificates, as the minor of the control plane has it.
    type: dict
    required: true
  lock_timeout:
    description: For how many seconds another run that changes the host is waited for.
    type: float
    default: 120.0
"""

EXAMPLES = r"""
- name: Take the rights of others to a key away
  kubewright.control_plane.credentials_apply:
    phase: certs
    changes:
      - kind: tighten_file
        path: /etc/kubernetes/pki/ca.key
        mode: 384
    expected: {}
    profile:
      algorithm: RSA-2048
      leaf_seconds: 31536000
      ca_seconds: 315360000
      ca_backdate_seconds: 300
      not_before: ca
      leaf_basic_constraints: true
      ca_dns_san: true
      key_identifiers: true
"""

RETURN = r"""
stale:
  description: The files that are no longer as they were read. Then nothing was changed.
  returned: success
  type: list
  elements: str
  sample: []
requests:
  description: Certificate signing requests for somebody else, by name.
  returned: success
  type: dict
  sample: {}
carried:
  description:
    - What came of O(files), by phase, as M(kubewright.control_plane.host_apply) returns it, with C(seconds), or with C(failed) and C(msg).
      Phases after one that could not be carried out are not in it.
  returned: success
  type: dict
  sample: {}
signed:
  description: Certificates for requests of the controller, by name, each with the one of its CA.
  returned: success
  type: dict
  sample: {}
"""

import contextlib
import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.carry import Carrier
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR, Profile


def body(module: AnsibleModule) -> ModuleResult:
    """Applies."""
    changes = [] if module.check_mode else module.params["changes"]
    now = datetime.datetime.now(datetime.timezone.utc)
    profile = Profile(**module.params["profile"])
    params, host = module.params, Host(run_command)
    carrier = Carrier(host, [] if module.check_mode else params["files"])
    waiting = lock.Waiting(params["lock_timeout"])
    with lock.locked(host.path(lock.HOST), params["phase"], waiting) if changes else contextlib.nullcontext():
        applied = apply(host, changes, params["expected"], profile, now, params["private_keys"], carrier.reached)
    return dict(applied._asdict(), changed=bool(changes) and not applied.stale, carried=carrier.results)


def main() -> None:
    """Runs the module."""
    options = {
        "phase": {"type": "str", "required": True},
        "changes": {"type": "list", "elements": "dict", "required": True},
        "expected": {"type": "dict", "required": True},
        "files": {"type": "list", "elements": "dict", "default": []},
        "private_keys": {"type": "dict", "default": {}, "no_log": True},
        "profile": {"type": "dict", "required": True},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
    run_module("credentials_apply", options, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
