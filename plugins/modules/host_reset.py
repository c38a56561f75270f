#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_reset
short_description: Takes Kubernetes off a host
version_added: 0.1.0
description:
  - Does on a host what C(kubeadm reset) does, after its node was taken out of the cluster (M(kubewright.control_plane.node_remove)). It
    stops the kubelet, ends all pods, unmounts what is below C(/var/lib/kubelet), and removes what is there, the certificates, kubeconfig
    files and manifests, the data of etcd, and this collection's own files.
  - What C(kubeadm reset) leaves to people goes where O(also) says so.
  - The kubelet is not uninstalled, images stay, and so do files of your own in C(/etc/kubernetes).
  - A run that was cut off is finished by running it again.
extends_documentation_fragment:
  - kubewright.control_plane.host
attributes:
  check_mode:
    details: In check mode it says what it would remove.
  diff_mode:
    support: none
    details: C(planned) says what is removed.
requirements:
  - umount; for O(also) also ip, the commands of the packet filters, ipvsadm and ipset, where there is something to remove with them
options:
  also:
    description:
      - What else is removed.
      - V(cni) is what lies in C(/etc/cni/net.d), whoever has put it there.
      - V(interfaces) are those of network plugins, as C(cni0) and C(flannel.1), and what plugins keep in C(/var/lib/cni).
      - V(rules) are the chains, and the rules that lead into them, of kube-proxy, the kubelet and network plugins in iptables, and
        kube-proxy's tables in nftables. Other rules stay, but chains of CNI plugins (C(CNI-)) go whoever has called these, as Podman 3
        or nerdctl on the same host.
      - V(ipvs) are all virtual servers of IPVS, whoever has made them, with kube-proxy's interface and sets.
      - V(logs) are the logs of pods and of auditing.
    type: list
    elements: str
    choices: [cni, interfaces, rules, ipvs, logs]
    default: []
  only_look:
    description: Whether it only says what would keep it from a reset, and is as if there were nothing to remove.
    type: bool
    default: false
  lock_timeout:
    description: For how many seconds another run that changes the host is waited for.
    type: float
    default: 120.0
"""

EXAMPLES = r"""
- name: Take Kubernetes off the host, with what its network plugin has left
  kubewright.control_plane.host_reset:
    also: [cni, interfaces, rules]
"""

RETURN = r"""
planned:
  description: What goes, or would in check mode, each with C(artefact), C(action), C(reason) and C(fields).
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: /etc/kubernetes/admin.conf
      action: remove
      reason: the host is reset
removed:
  description: The same, as triples of artefact, action and reason.
  returned: success
  type: list
  elements: list
  sample: [[/etc/kubernetes/admin.conf, remove, the host is reset]]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import ModuleResult, run_module
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset.reset import CONSENTS, look, reset


def body(module: AnsibleModule) -> ModuleResult:
    """Looks, and removes."""
    host, also = Host(run_command), module.params["also"]
    with lock.locked(host.path(lock.HOST), "reset", lock.Waiting(module.params["lock_timeout"])):
        rows = look(host, run_command, also).rows()
        if module.params["only_look"]:
            return {"changed": False, "removed": []}
        if rows and not module.check_mode:
            for text in reset(host, run_command, also):
                module.warn(text)
    return {"changed": bool(rows), "removed": [list(row) for row in rows]}


def main() -> None:
    """Runs the module."""
    options = {
        "also": {"type": "list", "elements": "str", "choices": list(CONSENTS), "default": []},
        "only_look": {"type": "bool", "default": False},
        "lock_timeout": {"type": "float", "default": lock.SECONDS},
    }
    run_module("reset", options, body)


if __name__ == "__main__":
    main()
