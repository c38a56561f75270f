#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: component_restart
short_description: Restarts what runs with older files than there are
version_added: 0.1.0
description:
  - Restarts those components of a control plane, and only those, which were started before a file was changed that their minor reads only
    when it starts. What is read again without a restart is left to do so.
  - The flags of the processes say which files these are, so that files of your own count as well. They are certificates, keys, kubeconfigs,
    the audit policy, the configuration of admission (with the files that it names for its plugins), authentication, authorization,
    encryption, tracing and egress, token and policy files, and the configuration of the scheduler and of etcd. To them belong the CAs that
    the host trusts, where the component has them from the host (C(/etc/ssl/certs)), and of the kubelet its configuration and the files
    from which its service takes flags.
  - A file has changed when its content has a later time than the process's start, or when it is mounted by itself and another file has
    taken its place since. One that is put in place with an older time, below a folder that is mounted, is not seen.
  - One component is restarted after the other, the kubelet and etcd first, and each is healthy again before the next one goes down.
    A static pod is restarted by ending its process, upon which the kubelet starts it again.
  - It measures for how long the API server is away, and keeps that in C(/var/lib/kubewright/last-restarts.json) for the next plan.
  - Where etcd would have to be restarted while another member of its cluster is away, it fails, and nothing is restarted.
  - The kubelet lets ten seconds and more pass before it starts a component that was started already within the last ten minutes.
  - Where it waits for the component of a changed manifest, it restarts a kubelet that does not replace the pod, as
    M(kubewright.control_plane.wait_apiserver) does.
  - Where a component does not come up again, and a change of this run or an earlier one has been kept
    (M(kubewright.control_plane.host_keep)), it puts back what was there before, as M(kubewright.control_plane.wait_apiserver) does.
  - It looks at what runs and what lies on the host, not at what a run has done. A run that was cut off is mended by running it again.
extends_documentation_fragment:
  - kubewright.control_plane.phase
  - kubewright.control_plane.phase.read
requirements:
  - cryptography (python3-cryptography)
options:
  control_plane:
    description: What the control plane of the host is. Set by the module's own action on the controller; give it no value.
    type: dict
  changed_manifests:
    description:
      - Static pod manifests that have just been changed. The kubelet restarts these components, so that this module does not. It waits for
        them before it restarts others.
    type: list
    elements: path
    default: []
  kubelet_started:
    description: Whether the kubelet has just been started, or would have been in check mode, for another reason.
    type: bool
    default: false
  reasons:
    description:
      - What M(kubewright.control_plane.pki_generate) and M(kubewright.control_plane.kubeconfig_write) returned as C(reasons). In check mode
        these files are not written yet, and are taken as if they had been.
    type: dict
    default: {}
  lock_timeout:
    description:
      - For how many seconds another run that changes the host is waited for, where files are put back. Set by the module's own action on
        the controller; give it no value.
    type: float
    default: 120.0
  files:
    description:
      - What M(kubewright.control_plane.host_files) returned as C(contents), of files that components read. In check mode they are taken as
        if they had been written.
    type: list
    elements: path
    default: []
  virtual_address:
    description:
      - Whether kube-vip sees to a virtual address on the host, which is restarted with a newer C(admin.conf). Set by the module's own
        action from O(config); give it no value.
    type: bool
    default: false
  planned:
    description:
      - Files that are taken as if they had just been written. Set by the module's own action from O(reasons) and O(files); give it no
        value.
    type: list
    elements: path
    default: []
"""

EXAMPLES = r"""
- name: Restart what runs with older files
  kubewright.control_plane.component_restart:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
planned:
  description:
    - What changes, or would in check mode, each with C(artefact), C(action) (C(create), C(change), C(remove) or C(restart)), C(reason),
      and C(fields) with what differs where that was looked at (C(name), C(before) and C(after), without secrets).
    - Of a restart also C(away_seconds), for how many seconds the API server was away when it was done last, where that was measured.
  returned: success
  type: list
  elements: dict
  sample:
    - artefact: kube-scheduler
      action: restart
      reason: it runs since 2026-01-31T12:00:00Z with older /etc/kubernetes/scheduler.conf
restarted:
  description: The components that were restarted, or would be in check mode, and why each was, in their order.
  returned: success
  type: dict
  sample:
    kube-scheduler: it runs since 2026-01-31T12:00:00Z with older /etc/kubernetes/scheduler.conf
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.quorum import refuse_to_stop
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import run_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    READ_SPEC,
    ModuleResult,
    run_module,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import virtual_address
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.away import Away
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.components import restart_components
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import control_plane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.manifest_times import manifest_times
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.outdated import outdated
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.put_back import put_back


def body(module: AnsibleModule) -> ModuleResult:
    """Looks, compares, restarts."""
    params = module.params
    described, host = control_plane(params["control_plane"]), WatchedHost(run_command)
    # The kubelet restarts these by itself.
    restarting = manifest_times(host, params["changed_manifests"])
    processes, reasons = outdated(described, host, restarting, params["kubelet_started"], params["planned"])
    virtual = virtual_address.outdated(host, params["planned"]) if params["virtual_address"] else []
    if virtual and not module.check_mode:
        virtual_address.restart(host, virtual)
    if reasons and not module.check_mode:
        if "etcd" in reasons:
            refuse_to_stop(host)
        old = {component: processes[component] for component in reasons}
        try:
            with Away(described, host, {**restarting, **dict.fromkeys(old, host.clock())}) as away:
                restart_components(described, host, old, restarting, module.warn)
            away.keep(module.warn)
        except KubewrightError as error:
            raise put_back(described, host, error, module.warn, params["lock_timeout"]) from None
    if virtual:
        processes[virtual_address.NAME] = virtual[0]
        reasons = {**reasons, virtual_address.NAME: f"it runs with an older {ADMIN_CONF}"}
    diff = [
        {
            "before_header": component,
            "after_header": component,
            "before": f"process {processes[component].pid}\n",
            "after": f"restarted: {reason}\n",
        }
        for component, reason in reasons.items()
    ]
    return {"changed": bool(reasons), "restarted": reasons, "diff": diff}


def main() -> None:
    """Runs the module."""
    spec = dict(
        READ_SPEC,
        control_plane={"type": "dict"},
        changed_manifests={"type": "list", "elements": "path", "default": []},
        kubelet_started={"type": "bool", "default": False},
        reasons={"type": "dict", "default": {}},
        files={"type": "list", "elements": "path", "default": []},
        lock_timeout={"type": "float", "default": lock.SECONDS},
        planned={"type": "list", "elements": "path", "default": []},
        virtual_address={"type": "bool", "default": False},
    )
    run_module("wait_control_plane", spec, body, cryptography_error=CRYPTOGRAPHY_ERROR, from_action=("control_plane",))


if __name__ == "__main__":
    main()
