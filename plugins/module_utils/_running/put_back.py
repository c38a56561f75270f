# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Puts back the files with which a control plane was healthy, where it does not become healthy with those that took their place."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import (
    LastHealthy,
    forget,
    load,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.components import restart_components
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    COMPONENTS,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.draining import end_stranded
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import HealthProbe
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.keep import (
    changed_since,
    healthy_components,
    owner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.outdated import outdated
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import wait_until_healthy


class PutBack(KubewrightError):
    """A change was taken back. paths: the files that are as they were before."""

    def __init__(self, text: str, paths: t.Sequence[str]) -> None:
        """text: what was wrong with the change, and how the host is now."""
        super().__init__(text)
        self.paths = list(paths)


def _is_manifest(path: str) -> bool:
    return os.path.dirname(path) == MANIFESTS_DIR


def _write_back(host: WatchedHost, kept: LastHealthy) -> list[str]:
    """Writes what differs from what was kept, the manifests last; returns the paths."""
    written = []
    for path, file in sorted(kept.files.items(), key=lambda item: _is_manifest(item[0])):
        state = host.file(path)
        if (state.content if state is not None else None) == file.content:
            continue
        if file.content is None:
            host.remove(path)
        else:
            staging = os.path.dirname(MANIFESTS_DIR) if _is_manifest(path) else None
            host.write(path, file.content, file.mode, staging_directory=staging)
            if _is_manifest(path) or owner(path) == "kubelet":
                # A process that still runs by it was started after it was written; all others read it anew.
                host.set_modified(path, file.modified)
        written.append(path)
    return written


def _restart(control_plane: ControlPlane, host: WatchedHost, kept: LastHealthy, warn: t.Callable[[str], None]) -> None:
    """The kubelet first: one that has not reached the API server since its start does not replace a pod by itself."""
    kubelets = any(owner(path) == "kubelet" for path in kept.files)
    healthy = healthy_components(control_plane, host, {})
    if "etcd" in kept.healthy and "etcd" not in healthy:
        # It would let the kubelet wait for each answer.
        end_stranded(host)
    if kubelets or "kube-apiserver" not in healthy:
        host.start_kubelet()
    if all(_is_manifest(path) or owner(path) == "kubelet" for path in kept.files):
        return
    restarting = changed_since(host, [path for path in kept.files if _is_manifest(path)])
    processes, reasons = outdated(control_plane, host, restarting, True)
    restart_components(control_plane, host, {name: processes[name] for name in reasons}, restarting, warn)


def put_back(
    control_plane: ControlPlane,
    host: WatchedHost,
    cause: KubewrightError,
    warn: t.Callable[[str], None],
    lock_seconds: float = lock.SECONDS,
) -> KubewrightError:
    """Puts back what is kept, waits until all is healthy that was, and returns what to raise in place of the cause.

    cause: why the control plane is not healthy with what was changed. warn: is given what a person has to be told. The cause
    itself is returned where nothing is kept.
    """
    try:
        with lock.locked(host.path(lock.HOST), "wait_control_plane", lock.Waiting(lock_seconds)):
            kept = load(host)
            if kept is None or not kept.files:
                return cause
            written = _write_back(host, kept)
            _restart(control_plane, host, kept, warn)
    except KubewrightError as error:
        return KubewrightError(f"{cause}\nWhat was changed could not be put back: {error}")
    begin = host.monotonic()
    probe = HealthProbe(host, control_plane.ca, changed_since(host, kept.files))
    wanted = [
        item._replace(required=True) for item in control_plane.waited_for(COMPONENTS) if item.name in kept.healthy
    ]
    outcome = wait_until_healthy(
        wanted, probe, control_plane.timeout, control_plane.timeout, host.sleep, host.monotonic
    )
    seconds = host.monotonic() - begin
    if not outcome.healthy:
        states = "; ".join("{}: {}".format(*pair) for pair in outcome.unhealthy.items())
        return PutBack(
            f"{cause}\nThese files were put back, but not all is healthy with them again after {seconds:.0f} s ({states}): "
            f"{', '.join(written)}. What was kept stays in place: run again.",
            written,
        )
    forget(host)
    return PutBack(
        f"{cause}\nThe host is as it was before: put back {', '.join(written)}, with which the control plane is healthy again "
        f"(after {seconds:.0f} s).",
        written,
    )


__all__ = ("PutBack", "put_back")
