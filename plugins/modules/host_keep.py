#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_keep
short_description: Keeps the files of a healthy control plane before they are changed
version_added: 0.1.0
description:
  - The modules of the phases have what they are about to replace kept by this one, so that
    M(kubewright.control_plane.wait_apiserver) can put it back. It is not for playbooks.
  - Nothing is kept of a component that is not healthy. A file that is kept already stays as it was while all was well.
  - Where etcd would have to be restarted while another member of its cluster is away, it fails, and nothing is changed.
  - What is kept lies in C(/etc/kubernetes/.last-healthy.json), which only root may read, until all is healthy with what has taken its
    place.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode nothing is changed, so nothing is kept.
  diff_mode:
    support: none
    details: It changes nothing of what is declared.
requirements:
  - cryptography (python3-cryptography)
options:
  phase:
    description: The phase that changes the files, for messages.
    type: str
    required: true
  paths:
    description: The files that are about to be changed.
    type: list
    elements: path
    required: true
  control_plane:
    description: What the control plane of the host is.
    type: dict
    required: true
  lock_timeout:
    description: For how many seconds another run that changes the host is waited for.
    type: float
    default: 120.0
"""

EXAMPLES = r"""
- name: Keep the manifest of the API server
  kubewright.control_plane.host_keep:
    phase: control_plane
    paths: [/etc/kubernetes/manifests/kube-apiserver.yaml]
    control_plane:
      ca: /etc/kubernetes/pki/ca.crt
      node_name: cp1
      pod_logs: /var/log/pods
      kubelet_client_ca: /etc/kubernetes/pki/ca.crt
      timeout: 240.0
      kubelet_timeout: 240.0
      endpoints:
        - name: kube-apiserver
          url: https://192.0.2.10:6443/livez
          required: true
      components:
        kube-apiserver:
          reloads: {}
      cri_socket: unix:///run/containerd/containerd.sock
"""

RETURN = r"""
kept:
  description: The files that were kept now.
  returned: success
  type: list
  elements: str
  sample: [/etc/kubernetes/manifests/kube-apiserver.yaml]
without:
  description: The components of which nothing was kept, because they are not healthy.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.quorum import refuse_to_stop
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.keep import (
    changed_components,
    is_of_etcd,
    keep,
)


def body(module: AnsibleModule) -> ModuleResult:
    """Keeps."""
    params, host = module.params, WatchedHost(run_command)
    if module.check_mode:
        return {"changed": False, "kept": [], "without": []}
    with lock.locked(host.path(lock.HOST), params["phase"], lock.Waiting(params["lock_timeout"])):
        if "etcd" in changed_components(params["paths"]) or any(map(is_of_etcd, params["paths"])):
            refuse_to_stop(host)
        kept = keep(control_plane(params["control_plane"]), host, params["paths"])
    return {"changed": False, "kept": kept.files, "without": kept.without}


def main() -> None:
    """Runs the module."""
    options = {
        "phase": {"type": "str", "required": True},
        "paths": {"type": "list", "elements": "path", "required": True},
        "control_plane": {"type": "dict", "required": True},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
    run_module("host_keep", options, body)


if __name__ == "__main__":
    main()
