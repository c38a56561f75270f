#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pki_generate
short_description: Makes the certificates and keys of a control plane
version_added: 0.1.0
description:
  - Makes the CAs, the leaf certificates and the service account key pair that kubeadm of the same minor would make, on the host; private
    keys never leave it.
  - Each certificate is read and compared by meaning. A leaf is issued anew only when it is missing or unreadable, its key does not belong
    to it, it is not signed by the present CA, a declared name, usage, organization or key type differs, or its end is near.
  - A CA or a service account key that is there is used and never replaced. Where its files do not fit together, the module fails and
    names the choices.
  - CAs of your own are taken from C(kubewright_ca_files), files on the controller.
extends_documentation_fragment:
  - kubewright.control_plane.phase
options:
  authorities:
    description:
      - The CAs of C(kubewright_ca_files). The module's own action fills it in.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The CA's path below the certificates folder, without extension.
        type: str
        required: true
      source:
        description: The variable, for messages.
        type: str
        required: true
      certificate:
        description: The CA's certificate in PEM form; only the first one is written.
        type: str
        required: true
      key:
        description: Its private key in PEM form. Without it somebody else signs.
        type: str
requirements:
  - cryptography (python3-cryptography)
"""

EXAMPLES = r"""
- name: Make the certificates
  kubewright.control_plane.pki_generate:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
reasons:
  description: Why each file was made, by its path below the certificates folder, without extension.
  returned: success
  type: dict
  sample:
    apiserver: SAN 192.0.2.20 missing
"""

import datetime

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils import _pki as pki
from ansible_collections.kubewright.control_plane.plugins.module_utils._given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    config_of,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._x509 import CRYPTOGRAPHY_ERROR

AUTHORITIES_SPEC = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {
        "path": {"type": "str", "required": True},
        "source": {"type": "str", "required": True},
        "certificate": {"type": "str", "required": True},
        "key": {"type": "str", "no_log": True},
    },
}


def _given(item: dict) -> GivenCA:
    key = item["key"]
    return GivenCA(item["source"], item["certificate"].encode(), key.encode() if key is not None else None)


def body(module: AnsibleModule) -> Outcome:
    """Reads, plans, makes."""
    config = config_of(module)
    now = datetime.datetime.now(datetime.timezone.utc)
    given = {item["path"]: _given(item) for item in module.params["authorities"]}
    plan = pki.plan(config, now, config.data["certRenewBeforeSeconds"], given=given)
    reasons = {step.path: step.reason for step in plan.steps}
    reasons.update(
        {path[len(config.certificates_dir) + 1 :]: "mode or owner too loose" for path, _mode in plan.loose_files}
    )
    if reasons and not module.check_mode:
        pki.apply(config, plan, now)
    diff = {"before": "", "after": "".join("{}: {}\n".format(*pair) for pair in reasons.items())}
    return {"changed": bool(reasons), "reasons": reasons, "diff": diff if reasons else {}}


def main() -> None:
    """Runs the module."""
    run_module(
        "certs",
        dict(CONFIG_SPEC, authorities=AUTHORITIES_SPEC),
        body,
        cryptography_error=CRYPTOGRAPHY_ERROR,
    )


if __name__ == "__main__":
    main()
