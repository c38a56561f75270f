# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Static pods that the kubelet has not replaced after their manifest was changed.

A kubelet that has not reached the API server since it was started removes no pod, because it cannot know which are
wanted, and since 1.22 it does not start a static pod beside the one that it takes the place of (seen on 1.37.2). So a
manifest that keeps the API server from starting would stay in force after it was mended, until the kubelet is restarted.
"""

from __future__ import annotations

import glob
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import POD_LOGS
from ansible_collections.kubewright.control_plane.plugins.module_utils._processes import CLOCK_ERROR

# In seconds. The kubelet lets a static pod end for 30, and only then starts the next one.
PATIENCE = 40.0


def superseded(manifest_times: t.Mapping[str, float], node_name: str, pod_logs: str = POD_LOGS) -> list[str]:
    """The components whose newest pod is older than their manifest; those that never had a pod are not among them.

    manifest_times: when each manifest was written, in seconds since the epoch, by component. The folder of a pod's logs
    is made when the pod is started.
    """
    found = []
    for component, written in manifest_times.items():
        pods = glob.glob(f"{glob.escape(pod_logs)}/kube-system_{component}-{glob.escape(node_name)}_*")
        if pods and max(map(os.path.getmtime, pods)) < written - CLOCK_ERROR:
            found.append(component)
    return found


__all__ = ("PATIENCE", "superseded")
