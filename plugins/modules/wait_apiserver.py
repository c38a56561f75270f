#!/usr/bin/python

# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wait_apiserver
short_description: Waits until the control plane of a host is healthy
version_added: 0.1.0
description:
  - Waits for what kubeadm of the same minor waits for. That is the API server with the kubelet watched beside it, or both one after the
    other, or all components.
  - When the time is up, or the kubelet does not come up, it fails with the state of each component and the last lines of its log.
extends_documentation_fragment:
  - kubewright.control_plane.phase
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
  check_mode:
    details: Does not wait in check mode, because what it waits for may not have been started.
options:
  timeout:
    description:
      - For how many seconds to wait.
      - The default is what the configuration says (C(kubewright_wait_timeout)).
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
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 11.2
"""

import os
import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import diagnose
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._module import (
    CONFIG_SPEC,
    Outcome,
    config_of,
    run_module,
    runner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._wait import (
    endpoints,
    kubelet_timeout,
    wait_until_healthy,
)


def manifest_times(paths: list[str]) -> dict[str, float]:
    """When each manifest was written, in seconds since the epoch, by component."""
    return {os.path.basename(path)[: -len(".yaml")]: os.stat(path).st_mtime for path in paths if os.path.exists(path)}


def body(module: AnsibleModule) -> Outcome:
    """Polls until healthy, or explains why not."""
    config = config_of(module)
    if module.check_mode:
        return {"changed": False, "seconds": 0.0}
    timeout = module.params["timeout"]
    kubelet_wait = kubelet_timeout(config)
    if timeout is None:
        timeout = config.timeout("controlPlaneComponentHealthCheck")
    else:
        kubelet_wait = min(kubelet_wait, timeout)
    restarting = manifest_times(module.params["changed_manifests"])
    wanted = endpoints(config, list(restarting))
    probe = HealthProbe(config, restarting)
    outcome = wait_until_healthy(wanted, probe, timeout, kubelet_wait, time.sleep, time.monotonic)
    if not outcome.healthy:
        states = "; ".join("{}: {}".format(*pair) for pair in outcome.unhealthy.items())
        raise KubewrightError(
            f"not healthy after {outcome.seconds:.0f} s: {states}.\n{diagnose(sorted(outcome.unhealthy), runner(module))}"
        )
    return {"changed": False, "seconds": round(outcome.seconds, 1)}


def main() -> None:
    """Runs the module."""
    manifests = {"type": "list", "elements": "path", "default": []}
    run_module("wait_control_plane", dict(CONFIG_SPEC, timeout={"type": "int"}, changed_manifests=manifests), body)


if __name__ == "__main__":
    main()
