# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which components run with older files than there are, or show another certificate."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.components import running_components
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.file_facts import file_facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.handshake import served_certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import restart_reasons
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.served import shows_another


class Outdated(t.NamedTuple):
    """processes: of the components that run and that nobody else restarts. reasons: why components have to be restarted, in the
    order in which that is done."""

    processes: dict[str, Process]
    reasons: dict[str, str]


def outdated(
    control_plane: ControlPlane,
    host: WatchedHost,
    restarting: t.Collection[str] = (),
    kubelet_started: bool = False,
    planned: t.Collection[str] = (),
) -> Outdated:
    """Looks and compares.

    restarting: the static pods that the kubelet restarts. kubelet_started: whether the kubelet has just been started. planned: files
    that will be changed before, in check mode.
    """
    processes = running_components(control_plane, host, restarting, kubelet_started)
    found = restart_reasons(control_plane, processes, file_facts(host), planned)
    apiserver = processes.get("kube-apiserver")
    if apiserver is not None and "kube-apiserver" not in found:
        path = shows_another(host, control_plane, {"kube-apiserver": apiserver.arguments}, served_certificate)
        if path is not None:
            found["kube-apiserver"] = f"it shows another certificate than {path}"
    return Outdated(processes, {component: found[component] for component in COMPONENTS if component in found})


__all__ = ("Outdated", "outdated")
