# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Keeps the files of a healthy control plane before they are changed, so that they can be put back."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    MANIFESTS_DIR,
    static_pod,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import (
    KeptFile,
    LastHealthy,
    load,
    save,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe


def owner(path: str) -> str:
    """The component whose health says whether a file is good: what all of the control plane reads is the API server's."""
    return static_pod(path) or ("kubelet" if os.path.dirname(path) == KUBELET_DIR else "kube-apiserver")


def is_of_etcd(path: str) -> bool:
    """Whether a file is one that etcd reads, beside its manifest: its certificates, by the folder that kubeadm gives them."""
    return os.path.basename(os.path.dirname(path)) == "etcd"


def changed_components(paths: t.Iterable[str]) -> list[str]:
    """The components that a change of such files concerns, in the order in which they are restarted."""
    owners = {owner(path) for path in paths}
    return [component for component in COMPONENTS if component in owners]


# In seconds. A busy host, or a leader of etcd's that changes, is no reason to have no way back.
_PATIENCE, _PAUSE = 5.0, 0.5


def healthy_components(control_plane: ControlPlane, host: WatchedHost, since: t.Mapping[str, float]) -> list[str]:
    """Those that are healthy now. since: when components have had to be restarted; see C(HealthProbe)."""
    probe = HealthProbe(host, control_plane.ca, since)
    return [endpoint.name for endpoint in control_plane.waited_for(COMPONENTS) if probe(endpoint).healthy]


def _settled(control_plane: ControlPlane, host: WatchedHost, wanted: t.Collection[str]) -> list[str]:
    """The components that are healthy now, where some of the wanted ones are not, after some seconds."""
    end = host.monotonic() + _PATIENCE
    while True:
        healthy = healthy_components(control_plane, host, {})
        if set(wanted) <= set(healthy) or host.monotonic() >= end:
            return healthy
        host.sleep(_PAUSE)


def changed_since(host: WatchedHost, paths: t.Iterable[str]) -> dict[str, float]:
    """When components have had to be restarted, by the files that are their own; see C(HealthProbe).

    A time that is still to come says nothing: the clock was set back.
    """
    own = [path for path in paths if os.path.dirname(path) in (MANIFESTS_DIR, KUBELET_DIR)]
    found: dict[str, float] = {}
    for path in own:
        times = host.times(path)
        if times is not None and times[0] <= host.clock():
            found[owner(path)] = max(times[0], found.get(owner(path), 0.0))
    return found


def cluster(control_plane: ControlPlane, host: WatchedHost) -> str:
    """A mark of the cluster that a host is of."""
    return digest(host.content(control_plane.ca) or b"")


def _is_over(control_plane: ControlPlane, host: WatchedHost, kept: LastHealthy) -> bool:
    """Whether what has taken the place of the kept files has become healthy since, without anybody waiting for it.

    Every process has to be younger than every file, as nobody looks here at who reads which.
    """
    times = [host.times(path) for path in kept.files]
    written = max([kept.since, *(moments[0] for moments in times if moments is not None)])
    healthy = healthy_components(control_plane, host, dict.fromkeys(COMPONENTS, written))
    return set(kept.healthy) <= set(healthy)


def _file(host: WatchedHost, path: str) -> KeptFile:
    state, times = host.file(path), host.times(path)
    if state is None or times is None:
        return KeptFile(None, 0, 0.0)
    return KeptFile(state.content, state.mode, times[0])


class Kept(t.NamedTuple):
    """files: the paths that were kept now. without: the components of which nothing is, as they are not healthy."""

    files: list[str]
    without: list[str]


def keep(control_plane: ControlPlane, host: WatchedHost, paths: t.Sequence[str]) -> Kept:
    """Keeps what is going to be changed. Raises KubewrightError.

    Nothing is kept of a component that is not healthy: there is nothing to go back to. A file that is kept already stays as it was
    when all was well.
    """
    owners = changed_components(paths)
    try:
        kept = load(host)
    except KubewrightError:
        # The change goes on; what was kept is lost already.
        kept = None
    mark = cluster(control_plane, host)
    holds = kept is not None and kept.holds(host.clock(), mark, control_plane.ca)
    if kept is None or not holds or _is_over(control_plane, host, kept):
        kept = LastHealthy(tuple(_settled(control_plane, host, owners)), {}, host.clock(), mark)
    now = [path for path in paths if path not in kept.files and owner(path) in kept.healthy]
    if now:
        save(host, kept._replace(files={**kept.files, **{path: _file(host, path) for path in now}}))
    return Kept(now, [component for component in owners if component not in kept.healthy])


__all__ = (
    "Kept",
    "changed_components",
    "changed_since",
    "cluster",
    "healthy_components",
    "is_of_etcd",
    "keep",
    "owner",
)
