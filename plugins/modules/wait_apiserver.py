#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wait_apiserver
short_description: Waits until the control plane of a host is healthy and shows its certificates
version_added: 0.1.0
description:
  - Waits for what kubeadm of the same minor waits for. That is the API server with the kubelet watched beside it, or both one after the
    other, or all components.
  - Then it waits until the API server and a local etcd show the certificates that lie on the host, which the API server of most minors
    reads again within a minute. Files that their flags name are what counts, and what cannot be asked is left out.
  - A kubelet that has not reached the API server since it was started does not replace the pod of a changed manifest. Where something is
    not healthy after 60 seconds, and a manifest is newer than its pod and than the kubelet's process, it restarts the kubelet, once, upon
    which the new pods start. With a shorter timeout it does not.
  - When the time is up, or the kubelet does not come up, it fails with the state of each component and the last lines of its log.
extends_documentation_fragment:
  - kubewright.control_plane.phase
attributes:
  diff_mode:
    support: none
    details: No file is changed.
  check_mode:
    details: Does not wait in check mode, because what it waits for may not have been started.
requirements:
  - cryptography (python3-cryptography)
options:
  timeout:
    description:
      - For how many seconds to wait.
      - The default is what the configuration says (C(kubewright_wait_timeout)).
      - For a certificate to be served it waits for 90 seconds at least.
    type: int
  changed_manifests:
    description:
      - Static pod manifests that have just been changed. It waits until the kubelet has restarted these components with them, so that the
        answer of a process that is about to be stopped is not taken for that of the new one.
    type: list
    elements: path
    default: []
"""

EXAMPLES = r"""
- name: Wait for the control plane
  kubewright.control_plane.wait_apiserver:
    config: "{{ result.resolved }}"
"""

RETURN = r"""
replaced:
  description: The components whose older pods the kubelet was restarted for, as it did not replace them.
  returned: always
  type: list
  elements: str
  sample: [kube-apiserver]
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 11.2
served:
  description:
    - The certificates that servers of this host show, by C(kube-apiserver), C(etcd) (its clients' port) and C(etcd-peer). Empty in check
      mode.
  returned: success
  type: dict
  sample:
    kube-apiserver:
      address: 127.0.0.1:6443
      path: /etc/kubernetes/pki/apiserver.crt
      serial_number: 4F3A9C01D2E5B677
      not_after: "2027-01-31T12:00:00Z"
      sha256: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
"""

import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._config_module import config_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import static_pod_processes
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import CRYPTOGRAPHY_ERROR
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.diagnosis import diagnose, pod_logs
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import served_certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.served import (
    RELOAD_PATIENCE,
    ask,
    certificates_of,
    describe,
    servers,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.superseded import relief, told
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import (
    endpoints,
    kubelet_timeout,
    wait_until_healthy,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._static_pod.pod import manifest_times


class NotReady(KubewrightError):
    """The wait was in vain. details: what was done all the same."""

    def __init__(self, cause: KubewrightError, replaced: list[str]) -> None:
        """replaced: the components for which the kubelet was restarted."""
        super().__init__(str(cause))
        self.details = {"changed": bool(replaced), "replaced": replaced}


def served(module: AnsibleModule, config: Config, patience: float) -> dict[str, dict[str, t.Any]]:
    """What the servers show. Raises KubewrightError where it is not what is on the host, when the patience is over."""
    arguments = {
        component: found[0].arguments
        for component, found in ((name, static_pod_processes(name)) for name in ("kube-apiserver", "etcd"))
        if found
    }
    by_name = {server.name: server for server in servers(config, arguments)}
    wanted = {server: certificates_of(server.paths) for server in by_name.values()}
    shown = ask(wanted, served_certificate, patience, time.sleep, time.monotonic)
    described = {
        name: describe(by_name[name], certificate) for name, certificate in {**shown.right, **shown.wrong}.items()
    }
    wrong = [
        "{name} at {address} shows the certificate {serial_number} that ends {not_after}, not that of {path}".format(
            name=name, **described[name]
        )
        for name in shown.wrong
    ]
    if wrong:
        raise KubewrightError(
            "{} (after {:.0f} s). Restart it: move its manifest out of {} for 20 s.\n{}".format(
                "; ".join(wrong),
                patience,
                MANIFESTS_DIR,
                diagnose([name.split("-peer")[0] for name in shown.wrong], runner(module), pod_logs(config)),
            )
        )
    return described


def body(module: AnsibleModule) -> Outcome:
    """Polls until healthy, or explains why not."""
    config = config_of(module)
    if module.check_mode:
        return {"changed": False, "replaced": [], "seconds": 0.0, "served": {}}
    timeout = module.params["timeout"]
    kubelet_wait = kubelet_timeout(config)
    if timeout is None:
        timeout = config.timeout("controlPlaneComponentHealthCheck")
    else:
        kubelet_wait = min(kubelet_wait, timeout)
    restarting = manifest_times(module.params["changed_manifests"])
    begin = time.monotonic()
    wanted = endpoints(config, list(restarting))
    probe = HealthProbe(config, restarting)
    replaced: list[str] = []

    def tell(components: list[str]) -> None:
        replaced.extend(components)
        module.warn(told(components))

    try:
        outcome = wait_until_healthy(
            wanted, probe, timeout, kubelet_wait, time.sleep, time.monotonic, relief(config, runner(module), tell)
        )
        if not outcome.healthy:
            states = "; ".join("{}: {}".format(*pair) for pair in outcome.unhealthy.items())
            words = diagnose(sorted(outcome.unhealthy), runner(module), pod_logs(config))
            raise KubewrightError(f"not healthy after {outcome.seconds:.0f} s: {states}.\n{words}")
        shown = served(module, config, max(timeout - outcome.seconds, RELOAD_PATIENCE))
    except KubewrightError as error:
        raise NotReady(error, replaced) from None
    seconds = round(time.monotonic() - begin, 1)
    return {"changed": bool(replaced), "replaced": replaced, "seconds": seconds, "served": shown}


def main() -> None:
    """Runs the module."""
    manifests = {"type": "list", "elements": "path", "default": []}
    run_module(
        "wait_control_plane",
        dict(CONFIG_SPEC, timeout={"type": "int"}, changed_manifests=manifests),
        body,
        cryptography_error=CRYPTOGRAPHY_ERROR,
    )


if __name__ == "__main__":
    main()
