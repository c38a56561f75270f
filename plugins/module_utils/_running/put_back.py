# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Puts back the files with which a control plane was healthy, where it does not become healthy with those that took their place."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import MANIFESTS_DIR, static_pod
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_settings import start_kubelet
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import (
    PATH,
    KeptFile,
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
    cluster,
    healthy_components,
    owner,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.outdated import outdated
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.progress import Progress
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import (
    WaitResult,
    wait_until_healthy,
)


class PutBack(KubewrightError):
    """A change was taken back. paths: the files that are as they were before."""

    def __init__(self, text: str, paths: t.Sequence[str]) -> None:
        """text: what was wrong with the change, and how the host is now."""
        super().__init__(text)
        self.paths = list(paths)
        self.details = {"changed": True, "put_back": self.paths}


def _write_back(host: WatchedHost, kept: LastHealthy) -> tuple[list[str], list[str]]:
    """Writes what differs from what was kept, the manifests last; returns the paths, and why some could not be written."""
    written, faults = [], []
    for path, file in sorted(kept.files.items(), key=lambda item: static_pod(item[0]) is not None):
        try:
            if host.content(path) == file.content:
                continue
            _write(host, path, file)
            written.append(path)
        except KubewrightError as error:
            # The others are not worse for it.
            faults.append(str(error))
    return written, faults


def _write(host: WatchedHost, path: str, file: KeptFile) -> None:
    if file.content is None:
        host.remove(path)
        return
    staging = os.path.dirname(MANIFESTS_DIR) if static_pod(path) else None
    host.write(path, file.content, file.mode, staging_directory=staging)
    if static_pod(path) or owner(path) == "kubelet":
        # A process that still runs by it was started after it was written; all others read it anew.
        host.set_modified(path, file.modified)


def _restart(control_plane: ControlPlane, host: WatchedHost, kept: LastHealthy, warn: t.Callable[[str], None]) -> None:
    """The kubelet first: one that has not reached the API server since its start does not replace a pod by itself."""
    begin = host.clock()
    healthy = healthy_components(control_plane, host, {})
    if "etcd" in kept.healthy and "etcd" not in healthy:
        # It would let the kubelet wait for each answer.
        end_stranded(host)
    kubelet = any(owner(path) == "kubelet" for path in kept.files) or "kube-apiserver" not in healthy
    if kubelet:
        start_kubelet(host)
    if all(static_pod(path) or owner(path) == "kubelet" for path in kept.files):
        return
    restarting = changed_since(host, [path for path in kept.files if static_pod(path)])
    processes, reasons = outdated(control_plane, host, restarting, kubelet)
    old = {name: processes[name] for name in reasons}
    restart_components(control_plane, host, old, restarting, warn, begin)


def _until_healthy(
    control_plane: ControlPlane, host: WatchedHost, kept: LastHealthy, say: t.Callable[[str], None]
) -> WaitResult:
    probe = HealthProbe(host, control_plane.ca, changed_since(host, kept.files))
    wanted = [
        item._replace(required=True) for item in control_plane.waited_for(COMPONENTS) if item.name in kept.healthy
    ]
    timeout = control_plane.timeout
    return wait_until_healthy(wanted, probe, timeout, timeout, host.sleep, host.monotonic, tell=Progress(say))


def _to_put_back(control_plane: ControlPlane, host: WatchedHost) -> LastHealthy | None:
    """What is kept, where something that was healthy is not any more. What never was is not for the want of these files."""
    kept = load(host)
    if kept is None or not kept.holds(host.clock(), cluster(control_plane, host), control_plane.ca):
        return None
    healthy = healthy_components(control_plane, host, changed_since(host, kept.files))
    return kept if set(kept.healthy) - set(healthy) else None


def put_back(
    control_plane: ControlPlane,
    host: WatchedHost,
    cause: KubewrightError,
    warn: t.Callable[[str], None],
    lock_seconds: float = lock.SECONDS,
    say: t.Callable[[str], None] = lambda _text: None,
) -> KubewrightError:
    """Puts back what is kept, waits until all is healthy that was, and returns what to raise in place of the cause.

    cause: why the control plane is not healthy with what was changed. warn: is given what a person has to be told. say: takes a line
    for each step. The cause itself is returned where there is nothing to put back.
    """
    begin = host.monotonic()
    try:
        with lock.locked(host.path(lock.HOST), "wait_control_plane", lock.Waiting(lock_seconds)):
            kept = _to_put_back(control_plane, host)
            if kept is None:
                return cause
            written, faults = _write_back(host, kept)
            if not written and not faults:
                # The run was cut off before it changed anything.
                forget(host, kept)
                return cause
    except KubewrightError as error:
        return KubewrightError(f"{cause}\nWhat was changed could not be put back: {error}")
    say("{}: put back {}".format(str(cause).partition("\n")[0], ", ".join(written) or "nothing"))
    try:
        _restart(control_plane, host, kept, warn)
    except KubewrightError as error:
        faults.append(str(error))
    outcome = _until_healthy(control_plane, host, kept, say)
    paths, seconds = ", ".join(written), host.monotonic() - begin
    if not outcome.healthy or faults:
        faults += ["{}: {}".format(*pair) for pair in outcome.unhealthy.items()]
        return PutBack(
            f"{cause}\nThese files were put back: {paths or 'none'}. After {seconds:.0f} s not all is as it was: {'; '.join(faults)}. "
            f"What was there before is kept in {PATH}: mend the cause and run again.",
            written,
        )
    try:
        with lock.locked(host.path(lock.HOST), "wait_control_plane", lock.Waiting(lock_seconds)):
            forget(host, kept)
    except KubewrightError as error:
        warn(f"wait_control_plane: {error}")
    return PutBack(
        f"{cause}\nThe host is as it was before: put back {paths}, with which {', '.join(kept.healthy)} are healthy again "
        f"(after {seconds:.0f} s).",
        written,
    )


__all__ = ("PutBack", "put_back")
