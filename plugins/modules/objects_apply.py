#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: objects_apply
short_description: Carries out changes of API objects that were planned on the controller
version_added: 0.1.0
description:
  - The modules of the phases plan on the controller, and this one carries the changes out in their order. It is not for playbooks.
  - Where an object is no longer as it was read, it changes nothing more and returns which one that is.
extends_documentation_fragment:
  - kubewright.control_plane.host
  - kubewright.control_plane.host.objects
"""

EXAMPLES = r"""
- name: Make a ConfigMap
  kubewright.control_plane.objects_apply:
    phase: addons
    changes:
      - reason: it is absent
        policy: replace
        manifest:
          apiVersion: v1
          kind: ConfigMap
          metadata:
            name: example
            namespace: kube-system
    api:
      server: https://192.0.2.10:6443
      timeout: 60
"""

RETURN = r"""
stale:
  description: The object that is no longer as it was read. Nothing was changed from it on.
  returned: success
  type: list
  elements: str
  sample: []
objects:
  description: The objects that were created or updated, with the action.
  returned: success
  type: dict
  sample:
    ConfigMap kube-system/kubeadm-config: created
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.admin import API_SPEC, admin_client
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import apply_phase
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import ITEM_SPEC
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import read_file
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module

CHANGES_SPEC = {
    "type": "list",
    "elements": "dict",
    "required": True,
    "options": {
        "reason": {"type": "str", "required": True},
        "expected": {"type": "str"},
        "unseen": {"type": "bool", "default": False},
        **ITEM_SPEC,
        "policy": {**ITEM_SPEC["policy"], "required": True},
    },
}


def _content(path: str) -> bytes | None:
    state = read_file(path)
    return state.content if state is not None else None


def body(module: AnsibleModule) -> ModuleResult:
    """Applies."""
    params, check = module.params, module.check_mode
    return apply_phase(lambda: admin_client(params["api"], waits=not check), params["changes"], _content, check)


def main() -> None:
    """Runs the module."""
    options = {
        "phase": {"type": "str", "required": True},
        "changes": CHANGES_SPEC,
        "api": {**API_SPEC, "required": True},
    }
    run_module("objects_apply", options, body)


if __name__ == "__main__":
    main()
