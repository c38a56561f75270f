# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Static pods that the kubelet has not replaced after their manifest was changed.

A kubelet that has not reached the API server since it was started removes no pod, because it cannot know which are
wanted, and since 1.22 it does not start a static pod beside the one that it takes the place of (seen on 1.37.2). So a
manifest that keeps the API server from starting would stay in force after it was mended, until the kubelet is restarted.

One that has seen a static pod end several times lets it wait for up to 5 minutes before it starts it again, also where it only ended for
the API server that was restarted. A kubelet that is restarted begins anew.

And one that was away while a manifest was changed and changed back finds the pod that runs, whose uid is a hash of the manifest
(k8s.io/kubernetes, pkg/kubelet/config/common.go): it leaves it as it is.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import CLOCK_ERROR, Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.manifest_times import manifest_times
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Relief

# The kubelet's word for it (pkg/kubelet/images, 1.12 to 1.37), in the lines of its journal that are looked at.
_WAITS, _LINES = "CrashLoopBackOff", 300
# In seconds. The kubelet lets a static pod end for 30, and looks at the one that waits for it within 15 more.
PATIENCE = 60.0


def superseded(
    host: WatchedHost, manifests: t.Mapping[str, float], kubelet_started: float, node_name: str, logs: str
) -> list[str]:
    """The components whose newest pod is older than their manifest; those that never had a pod are not among them.

    manifests: when each manifest was written, by component; kubelet_started: when the kubelet was, both in seconds since
    the epoch. A kubelet that was started after a manifest was written has read it. logs: the folder of the pods' logs; that
    of a pod is made when the pod is started.
    """
    found = []
    for component, written in manifests.items():
        # A name of a node has no character that a pattern of the shell would take for something else.
        pods = host.below_pattern(logs, f"kube-system_{component}-{node_name}_*")
        # The kubelet may just have removed one.
        made = [(host.times(pod) or (0.0,))[0] for pod in pods]
        if pods and max(kubelet_started, *made) < written - CLOCK_ERROR:
            found.append(component)
    return found


def left_as_they_are(host: WatchedHost, manifests: t.Mapping[str, float], kubelet_started: float) -> list[Process]:
    """The processes that are older than their manifest although the kubelet was started after that was written.

    manifests, kubelet_started: see C(superseded).
    """
    read = [component for component, written in manifests.items() if kubelet_started >= written - CLOCK_ERROR]
    return [
        item
        for component in read
        for item in host.component(component)
        if item.started < manifests[component] - CLOCK_ERROR
    ]


def held_back(host: WatchedHost, components: t.Collection[str], node_name: str) -> list[str]:
    """The components that have no process, and that the kubelet lets wait before it starts them again."""
    away = [component for component in components if not host.component(component)]
    told_of = kubelet_service.journal(host.run, _LINES) if away else []
    # As name_namespace, which no longer name has.
    return [name for name in away if any(_WAITS in row and f"{name}-{node_name}_" in row for row in told_of)]


def relief(
    control_plane: ControlPlane,
    host: WatchedHost,
    tell: t.Callable[[list[str], str], None],
    restarting: t.Collection[str],
) -> Relief:
    """Restarts the kubelet where it has not replaced static pods, or lets them wait, and ends the processes that it leaves as they are.

    tell: is given the components, and what a person is told of it, before the kubelet is restarted. restarting: those whose new process is
    waited for; others go on, whatever the times of their files say.
    """

    def act() -> None:
        kubelet = host.kubelet()
        manifests = manifest_times(host, [f"{MANIFESTS_DIR}/{component}.yaml" for component in COMPONENTS[1:]])
        if kubelet is None:
            return
        found = superseded(host, manifests, kubelet.started, control_plane.node_name, control_plane.pod_logs)
        if found:
            tell(found, told(found))
            host.start_kubelet()
            return
        held = held_back(host, manifests, control_plane.node_name)
        if held:
            tell(held, told_of_waiting(held))
            host.start_kubelet()
            return
        waited_for = {name: written for name, written in manifests.items() if name in restarting}
        for item in left_as_they_are(host, waited_for, kubelet.started):
            host.terminate(item)

    return Relief(PATIENCE, act)


def told(components: t.Sequence[str]) -> str:
    """What a person is told of it."""
    return (
        "wait_control_plane: the kubelet was restarted, because it did not replace the pods of {} with those of their changed "
        "manifests. It does not while it has not reached the API server since it was started.".format(
            ", ".join(components)
        )
    )


def told_of_waiting(components: t.Sequence[str]) -> str:
    """What a person is told where pods have waited."""
    return (
        "wait_control_plane: the kubelet was restarted, because it let {} wait before it starts them again: they have ended several "
        "times.".format(", ".join(components))
    )


__all__ = ("PATIENCE", "held_back", "left_as_they_are", "relief", "superseded", "told", "told_of_waiting")
