# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is known of a control plane before anybody judges it: looked at once, for all."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.health import Health, ask
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.layout import Layout, layout
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.crashes import ended_containers
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import (
    Manifests,
    StaticPod,
    manifests,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import Ended

# How many lines of the kubelet's journal are looked at, and of how many seconds: what fails is tried again within that.
_JOURNAL_LINES, _JOURNAL_SECONDS = 3000, 120.0
# What a host is to be; ETCD is one of an external etcd.
CONTROL_PLANE, WORKER, ETCD = "control_plane", "worker", "etcd"
KINDS = (CONTROL_PLANE, WORKER, ETCD)
_OK, _REFUSED, _NOT_FOUND = 200, (401, 403), 404


class Situation(t.NamedTuple):
    """health, running, ended: by component; of the containers that have ended since the manifest was changed the last one.

    journal: the last lines of the kubelet's, of the process that runs and of the last two minutes. now: seconds since the epoch. kind: what
    the host is to be, one of C(KINDS).
    """

    host: DiagnosedHost
    layout: Layout
    manifests: Manifests
    health: t.Mapping[str, Health]
    running: t.Mapping[str, Process]
    ended: t.Mapping[str, t.Sequence[Ended]]
    journal: t.Sequence[str]
    now: float
    kind: str = CONTROL_PLANE

    @property
    def pods(self) -> t.Mapping[str, StaticPod]:
        """The static pods that can be read."""
        return self.manifests.pods

    def is_well(self, component: str) -> bool:
        """Whether a component says that it is."""
        health = self.health.get(component)
        return health is not None and health.healthy


def _health(pod: StaticPod, processes: t.Sequence[Process]) -> Health:
    if not processes:
        return Health(0, "no process of it runs")
    if not pod.probe:
        # etcd of kubeadm 1.12 to 1.15 is asked by a command inside of its container; a process is all that is seen.
        return Health(200, "it runs")
    if pod.component == "kube-apiserver":
        # The probe is about the process alone; readiness is more, and since 1.16.
        ready = ask(pod.probe.rpartition("/")[0] + "/readyz?verbose")
        if ready.status not in (_NOT_FOUND, *_REFUSED):
            return ready
        alive = ask(pod.probe)
        # Who does not let strangers ask for it answers.
        return alive if alive.status not in _REFUSED else Health(_OK, alive.text)
    return ask(pod.probe)


def watched(where: Layout, pods: t.Mapping[str, StaticPod]) -> ControlPlane:
    """The control plane as those know it who ask the runtime for its containers."""
    components = {name: Component({}, pod.mounts) for name, pod in pods.items()}
    return ControlPlane(
        "", where.node_name, where.pod_logs, "", 0.0, 0.0, [], components, where.cri_socket, where.docker
    )


def _ended(host: DiagnosedHost, where: Layout, pods: t.Mapping[str, StaticPod]) -> dict[str, t.Sequence[Ended]]:
    found: dict[str, list[Ended]] = {}
    for ended in ended_containers(watched(where, pods), 0.0):
        times = host.times(pods[ended.name].path)
        # What ended before the manifest of now says nothing of that.
        if times is None or times[0] > host.clock() or ended.created >= times[0] - 1:
            found.setdefault(ended.name, []).append(ended)
    return dict(found)


def situation(host: DiagnosedHost, kind: str = CONTROL_PLANE) -> Situation:
    """Looks. Nothing is changed and nothing waited for. kind: what the host is to be, one of C(KINDS)."""
    where = layout(host)
    known = manifests(host, where.manifests)
    if kind != CONTROL_PLANE:
        known = known._replace(missing=[name for name in known.missing if kind == ETCD and name == "etcd"])
    running = {name: host.component(name) for name in known.pods}
    health = {name: _health(pod, running[name]) for name, pod in known.pods.items()}
    kubelet = host.kubelet()
    if kubelet is None:
        health["kubelet"] = Health(0, "no process of it runs")
    else:
        # Who has no port for it is not asked.
        health["kubelet"] = ask(where.healthz) if where.number("healthzPort", 1) else Health(_OK, "it runs")
    oldest = {name: min(found, key=lambda item: item.started) for name, found in running.items() if found}
    if kubelet is not None:
        oldest["kubelet"] = kubelet
    now = host.clock()
    # What an earlier kubelet said may have been mended since.
    since = max(now - _JOURNAL_SECONDS, kubelet.started if kubelet is not None else 0.0)
    journal = kubelet_service.journal(host.run, _JOURNAL_LINES, since)
    ended = _ended(host, where, known.pods)
    return Situation(host, where, known, health, oldest, ended, journal, now, kind)


def expected(known: Manifests) -> list[str]:
    """The components that have to be well."""
    return [name for name in COMPONENTS if name == "kubelet" or name in known.pods]


__all__ = ("CONTROL_PLANE", "ETCD", "KINDS", "WORKER", "Situation", "expected", "situation", "watched")
