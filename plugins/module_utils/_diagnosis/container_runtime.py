# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the container runtime answers the kubelet."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import properties
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.grpc import CallFailed, call
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.images import runtime_name
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import reason, socket_path

_SERVICES = ("containerd.service", "crio.service", "cri-docker.service", "docker.service")
_WELL_KNOWN = ("/run/containerd/containerd.sock", "/var/run/crio/crio.sock", "/run/cri-dockerd.sock")
_SECONDS = 3.0
_DOWN = "ContainerRuntimeDown"


def _refusal(path: str) -> str | None:
    """Why a runtime does not answer, or None."""
    try:
        runtime_name(lambda method, message: call(path, method, message, _SECONDS))
    except (OSError, CallFailed) as error:
        return reason(error)
    return None


def _engine_refusal() -> str | None:
    try:
        docker_engine.containers(docker_engine.SOCKET, [], ["running"], _SECONDS)
    except (OSError, docker_engine.EngineError, ValueError) as error:
        return reason(error)
    return None


def _states(seen: Situation) -> list[str]:
    """What systemd says of the runtimes that it knows."""
    found = []
    for service in _SERVICES:
        shown = properties(seen.host.run, "LoadState", "ActiveState", "SubState", "Result", unit=service)
        if shown.get("LoadState") in ("loaded", "masked"):
            state = shown["LoadState"] if shown["LoadState"] == "masked" else shown.get("ActiveState")
            found.append(f"{service}: {state} ({shown.get('SubState')}, {shown.get('Result')})")
    return found


def _last_words(seen: Situation) -> list[str]:
    program = seen.host.command("journalctl")
    if program is None:
        return []
    units = [word for service in _SERVICES[:2] for word in ("--unit", service)]
    answer = seen.host.run([program, *units, "--lines", "3", "--no-pager", "--output", "cat"])
    return [f"journal: {row}" for row in answer.stdout.splitlines()[-2:]]


def is_stopped(verdict: Verdict) -> bool:
    """Whether a verdict says that the service of the runtime does not run: then nothing can be started or ended, whatever goes on to run.

    A socket alone that nobody answers at may be another one than the kubelet's.
    """
    states = [row.partition(".service: ")[2] for row in verdict.evidence]
    return verdict.fault == _DOWN and any(state.startswith(("inactive", "failed", "masked")) for state in states)


def judge_runtime(seen: Situation) -> t.Iterator[Verdict]:
    """Nothing of a control plane starts without it."""
    if seen.layout.docker:
        refusal, path = _engine_refusal(), docker_engine.SOCKET
    else:
        path = socket_path(seen.layout.cri_socket)
        refusal = _refusal(path)
    if refusal is None:
        return
    others = [known for known in _WELL_KNOWN if known != path and not seen.layout.docker and seen.host.exists(known)]
    answering = next((known for known in others if _refusal(known) is None), None)
    evidence = [f"{path}: {refusal}"]
    if answering is not None:
        cure = f"Name unix://{answering}, where a runtime answers, in kubewright_cri_socket (criSocket, containerRuntimeEndpoint)."
        yield Verdict(
            "kubelet",
            "ContainerRuntimeSocketWrong",
            f"asks for its container runtime at {path}, where none is",
            evidence,
            cure,
        )
        return
    cure = "Start it: systemctl restart containerd (or crio); journalctl -u containerd says why it does not."
    evidence += [*_states(seen), *_last_words(seen)]
    yield Verdict("container runtime", _DOWN, f"does not answer at {path}", evidence, cure)


__all__ = ("is_stopped", "judge_runtime")
