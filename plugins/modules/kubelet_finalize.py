#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kubelet_finalize
short_description: Points kubelet.conf to the certificate that the kubelet rotates
version_added: 0.1.0
description:
  - Replaces the embedded client certificate of C(/etc/kubernetes/kubelet.conf) by the path of the one that the kubelet renews itself, and
    restarts the kubelet. Does nothing where that certificate is not there (rotation is off) or in minors before 1.17.
extends_documentation_fragment:
  - kubewright.control_plane.phase
options:
  reference:
    description: What C(kubelet.conf) is to say. Set by the module's own action on the controller; give it no value.
    type: dict
    suboptions:
      certificate:
        description: The certificate that the kubelet rotates, with its key.
        type: path
        required: true
      cluster_name:
        description: The name of the cluster.
        type: str
        required: true
      user:
        description: The name of the user.
        type: str
        required: true
      preferences:
        description: Whether empty preferences are written.
        type: bool
        required: true
"""

EXAMPLES = r"""
- name: Use the rotated client certificate
  kubewright.control_plane.kubelet_finalize:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service as service
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig_text as kubeconfig

PATH = KUBERNETES_DIR + "/kubelet.conf"


def body(module: AnsibleModule) -> Outcome:
    """Compares, writes, restarts."""
    wanted = module.params["reference"]
    state = files.read_file(PATH)
    if state is None:
        # On a blank host in check mode: the kubelet will have its certificate by the time this phase is reached.
        return {"changed": module.check_mode}
    try:
        text = kubeconfig.referring_text(state.content.decode("utf-8", "replace"), **wanted)
    except KubewrightError as error:
        raise KubewrightError(f"{PATH} {error}. Run the kubeconfig phase first.") from None
    rotated = wanted["certificate"]
    if text is None or not os.path.exists(rotated):
        return {"changed": False}
    if not module.check_mode:
        files.write_file(PATH, text.encode("utf-8"), kubeconfig.KUBECONFIG_MODE)
        service.start(runner(module))
    reference = "client certificate: %s\n"
    diff = {
        "before_header": PATH,
        "after_header": PATH,
        "before": reference % "embedded",
        "after": reference % rotated,
    }
    return {"changed": True, "diff": diff}


def main() -> None:
    """Runs the module."""
    reference = {
        "certificate": {"type": "path", "required": True},
        "cluster_name": {"type": "str", "required": True},
        "user": {"type": "str", "required": True},
        "preferences": {"type": "bool", "required": True},
    }
    run_module(
        "kubelet_finalize",
        dict(CONFIG_SPEC, reference={"type": "dict", "options": reference}),
        body,
        from_action=("reference",),
    )


if __name__ == "__main__":
    main()
