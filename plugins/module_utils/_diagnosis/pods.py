# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Why a static pod has no process that stays: what its manifest asks for, what the kubelet says, what the container said last."""

from __future__ import annotations

import re
import stat
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.crashes import (
    judge_container,
    was_killed,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import StaticPod, Volume
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import Ended
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.docker import EngineError
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.grpc import CallFailed
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import runtime_of

# Types of hostPath that have to be there already (k8s.io/api/core/v1 HostPathType).
_TYPES: t.Mapping[str, t.Callable[[int], bool]] = {
    "File": stat.S_ISREG,
    "Directory": stat.S_ISDIR,
    "Socket": stat.S_ISSOCK,
    "CharDevice": stat.S_ISCHR,
    "BlockDevice": stat.S_ISBLK,
}
_LIVENESS = re.compile(r"failed (?:liveness|startup) probe, will be restarted")
# How the runtimes say that a sandbox cannot be made for the manager of cgroups (runc, containerd's CRI plugin).
_CGROUPS = re.compile(
    r"expected cgroupsPath to be of format|cgroup.*[Ii]nvalid unit|invalid cgroupsPath|systemd cgroup flag"
)
_SANDBOX = re.compile(r"(?:CreatePodSandbox|RunPodSandbox|[Ff]ailed to create pod sandbox)")
_PULL = re.compile(
    r"(?:ErrImagePull|ErrImageNeverPull|ImagePullBackOff|[Ff]ailed to pull (?:and unpack )?image|PullImage)"
)
# Of an image that no further try will bring.
_LOST = re.compile(r"ErrImageNeverPull|InvalidImageName|not found|[Uu]nauthorized|denied|manifest unknown")
_LONGEST = 400
# In seconds. What ends itself does so sooner, but for those who wait for another.
_GOES_ON = 30.0
_PULLING = 60.0


def _told(seen: Situation, pod: StaticPod, pattern: re.Pattern[str]) -> str | None:
    """The last line of the kubelet's journal of a kind that is about a pod."""
    name = f"{pod.component}-{seen.layout.node_name}"
    for row in reversed(seen.journal):
        if name in row and pattern.search(row):
            return row[:_LONGEST]
    return None


def _of_volume(seen: Situation, pod: StaticPod, volume: Volume) -> Verdict | None:
    is_right = _TYPES.get(volume.type)
    if is_right is None:
        return None
    mode = seen.host.mode(volume.host_path)
    if mode is not None and is_right(mode):
        return None
    found = "absent" if mode is None else f"no {volume.type}"
    cure = f"Put it there, or correct the volume of {pod.path}."
    # Another pod may make a folder or a socket; but where the kubelet has told that it waits for it, it is what is missing.
    refused = re.compile("hostPath type check failed[:,] " + re.escape(volume.host_path) + " is not")
    is_sure = volume.type == "File" or _told(seen, pod, refused) is not None
    cause = f"cannot be started: its volume needs {volume.host_path}, which is {found} on the host"
    shown = f"{pod.path}: hostPath {volume.host_path}, type {volume.type}"
    return Verdict(pod.component, "HostPathMissing", cause, [shown], cure, is_sure)


def _of_image(seen: Situation, pod: StaticPod) -> Verdict | None:
    images = runtime_of(seen.layout.cri_socket, seen.layout.docker)
    try:
        if not pod.image or images.has(pod.image):
            return None
    except (OSError, CallFailed, EngineError, ValueError):
        return None
    told = _told(seen, pod, _PULL)
    if told is None and seen.now - (seen.host.times(pod.path) or (0.0,))[0] < _PULLING:
        # It is coming.
        return None
    cure = (
        "Pull or import it, or correct the image (kubewright_image_repository, kubewright_kubernetes_version, a patch)."
    )
    evidence = [f"the container runtime does not have {pod.image}", *([told] if told else [])]
    return Verdict(
        pod.component,
        "ImageMissing",
        f"cannot be started: its image {pod.image} is not there",
        evidence,
        cure,
        told is not None and _LOST.search(told) is not None,
    )


def _of_sandbox(seen: Situation, pod: StaticPod) -> Verdict | None:
    told = _told(seen, pod, _CGROUPS)
    if told is not None:
        cure = (
            f"Set cgroupDriver in {seen.layout.kubelet_config} (kubewright_kubelet_configuration) to the runtime's, usually systemd, "
            "and restart the kubelet."
        )
        return Verdict(
            "kubelet", "CgroupDriverMismatch", "and the container runtime have different cgroup drivers", [told], cure
        )
    told = _told(seen, pod, _SANDBOX)
    if told is None:
        return None
    return Verdict(
        pod.component,
        "SandboxFailed",
        "cannot be started: the container runtime makes no sandbox for it",
        [told],
        "Correct what the container runtime names.",
        False,
    )


def _of_liveness(seen: Situation, pod: StaticPod) -> Verdict | None:
    told = _told(seen, pod, _LIVENESS)
    if told is None:
        return None
    cure = f"See why {pod.probe or 'its probe'} does not answer, or correct the probe in {pod.path}."
    return Verdict(
        pod.component,
        "LivenessProbeFails",
        "is ended again and again by the kubelet: its liveness or startup probe fails",
        [told],
        cure,
        False,
    )


def _last_end(seen: Situation, component: str) -> Ended | None:
    """The container by whose end a component is away; None where it goes on since, and lacks something else."""
    ended = [item for item in seen.ended.get(component, []) if item.exit_code]
    if not ended:
        return None
    running = seen.running.get(component)
    goes_on = running is not None and running.started > ended[-1].finished and seen.now - running.started > _GOES_ON
    return None if goes_on else ended[-1]


def _of_crash(seen: Situation, ended: Ended) -> Verdict | None:
    """Why a container has ended."""
    said = judge_container(seen.host, ended, 1)
    # What was ended by a signal has not ended itself, however often.
    if said is not None or was_killed(ended):
        return said
    # The runtime counts what has ended in months, and by signals too.
    counted = judge_container(seen.host, ended, ended.attempt + 1)
    return None if counted is None else counted._replace(is_sure=False)


def judge_pod(seen: Situation, pod: StaticPod) -> t.Iterator[Verdict]:
    """Why a component is not well, what is certain first."""
    if seen.is_well(pod.component):
        return
    for volume in pod.volumes:
        found = _of_volume(seen, pod, volume)
        if found is not None:
            yield found
    ended = _last_end(seen, pod.component)
    crash = _of_crash(seen, ended) if ended is not None else None
    if pod.component not in seen.running:
        for judged in (_of_image(seen, pod), _of_sandbox(seen, pod) if crash is None else None):
            if judged is not None:
                yield judged
    liveness = _of_liveness(seen, pod)
    # A program that the kubelet ends says of itself no more than that.
    if crash is not None and not (liveness is not None and not crash.is_sure):
        yield crash
    if liveness is not None:
        yield liveness


__all__ = ("judge_pod",)
