#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: component_restart
short_description: Restarts what runs with older certificates than there are
version_added: 0.1.0
description:
  - Restarts those components of a control plane, and only those, which were started before a certificate, key or kubeconfig was changed
    that their minor reads only when it starts. What is read again without a restart is left to do so.
  - The flags of the processes say which files these are, so that files of your own count as well.
  - One component is restarted after the other, the kubelet and etcd first, and each is healthy again before the next one goes down.
    A static pod is restarted by ending its process, upon which the kubelet starts it again.
  - The kubelet lets ten seconds and more pass before it starts a component that was started already within the last ten minutes.
  - Where it waits for the component of a changed manifest, it restarts a kubelet that does not replace the pod, as
    M(kubewright.control_plane.wait_apiserver) does.
  - It looks at what runs and what lies on the host, not at what a run has done. A run that was cut off is mended by running it again.
extends_documentation_fragment:
  - kubewright.control_plane.phase
requirements:
  - cryptography (python3-cryptography)
options:
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
"""

EXAMPLES = r"""
- name: Restart what runs with the old certificates
  kubewright.control_plane.component_restart:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
restarted:
  description: The components that were restarted, or would be in check mode, and why each was, in their order.
  returned: success
  type: dict
  sample:
    kube-scheduler: it runs since 2026-01-31T12:00:00Z with older /etc/kubernetes/scheduler.conf
"""

import contextlib
import os
import signal
import socket
import time
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._config_module import config_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service as service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import (
    CLOCK_ERROR,
    Process,
    is_running,
    process,
    static_pod_processes,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.diagnosis import diagnose, pod_logs
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.file_facts import file_facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import served_certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import (
    COMPONENTS,
    planned_files,
    restart_reasons,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.restart import (
    Ending,
    NotHealthy,
    Restarter,
    end,
    restart_in_turn,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.served import shows_another
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.superseded import relief, told
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import (
    Endpoint,
    endpoints,
    wait_until_healthy,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Outcome as WaitOutcome
from ansible_collections.kubewright.control_plane.plugins.module_utils._static_pod.pod import (
    CONTROL_PLANE_TIMEOUT,
    manifest_times,
)


def running(module: AnsibleModule, config: Config) -> dict[str, Process]:
    """The process of each component that runs and that nobody else is restarting."""
    found = {}
    left = manifest_times(module.params["changed_manifests"])
    for component in COMPONENTS[1:]:
        is_here = os.path.exists(f"{MANIFESTS_DIR}/{component}.yaml")
        if component in left or not is_here or (component == "etcd" and config.local_etcd is None):
            continue
        processes = static_pod_processes(component)
        if processes:
            found[component] = min(processes, key=lambda item: item.started)
    pid = 0 if module.params["kubelet_started"] else service.main_pid(runner(module))
    kubelet = process(pid) if pid else None
    if kubelet is not None:
        found["kubelet"] = kubelet
    return found


def ending(component: str, endpoint: Endpoint, timeout: float) -> Ending:
    """How to end the processes of a component."""
    processes = static_pod_processes(component)
    parts = urlsplit(endpoint.url)

    def terminate() -> None:
        # Its process id may be another's by the second time.
        for item in filter(is_running, processes):
            with contextlib.suppress(ProcessLookupError):
                os.kill(item.pid, signal.SIGTERM)

    def is_listening() -> bool:
        try:
            with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1.0):
                return True
        except OSError:
            return False

    def is_alive() -> bool:
        return any(map(is_running, processes))

    return Ending(timeout, terminate, is_alive, is_listening, time.sleep, time.monotonic)


def take_up(module: AnsibleModule, config: Config, old: dict[str, Process]) -> None:
    """Restarts the components of which old processes run. Raises KubewrightError where one does not come up again."""
    components = [component for component in COMPONENTS if component in old]
    restarting = manifest_times(module.params["changed_manifests"])
    others = [component for component in COMPONENTS if component in restarting]
    timeout = config.timeout(CONTROL_PLANE_TIMEOUT)
    known = {endpoint.name: endpoint for endpoint in endpoints(config, components + others)}

    def restart(component: str) -> None:
        if component == "kubelet":
            service.start(runner(module))
            return
        if not is_running(old[component]):
            # Gone by itself meanwhile, as those go that lose the API server for too long: the kubelet has it in hand.
            restarting[component] = old[component].started + 2 * CLOCK_ERROR
            return
        restarting[component] = time.time()
        end(ending(component, known[component], timeout))

    def until_healthy(component: str, patience: float) -> WaitOutcome:
        if component not in known:
            return WaitOutcome(True, 0.0, {})
        endpoint = known[component]._replace(required=True)
        probe = HealthProbe(config, restarting)
        replace = relief(config, runner(module), lambda replaced: module.warn(told(replaced)))
        return wait_until_healthy([endpoint], probe, patience, patience, time.sleep, time.monotonic, replace)

    outside = Restarter(timeout, restart, until_healthy)
    try:
        restart_in_turn(components, others, outside, "kubelet" in known)
    except NotHealthy as error:
        raise KubewrightError(f"{error}.\n{diagnose(error.components, runner(module), pod_logs(config))}") from None


def body(module: AnsibleModule) -> Outcome:
    """Looks, compares, restarts."""
    config = config_of(module)
    planned = planned_files(config, module.params["reasons"]) if module.check_mode else ()
    processes = running(module, config)
    found = restart_reasons(config, processes, file_facts(), planned)
    apiserver = processes.get("kube-apiserver")
    if apiserver is not None and "kube-apiserver" not in found:
        path = shows_another(config, {"kube-apiserver": apiserver.arguments}, served_certificate)
        if path is not None:
            found["kube-apiserver"] = f"it shows another certificate than {path}"
    reasons = {component: found[component] for component in COMPONENTS if component in found}
    if reasons and not module.check_mode:
        take_up(module, config, {component: processes[component] for component in reasons})
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
        CONFIG_SPEC,
        changed_manifests={"type": "list", "elements": "path", "default": []},
        kubelet_started={"type": "bool", "default": False},
        reasons={"type": "dict", "default": {}},
    )
    run_module("wait_control_plane", spec, body, cryptography_error=CRYPTOGRAPHY_ERROR)


if __name__ == "__main__":
    main()
