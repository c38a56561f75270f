# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The containers of static pods and how they ended, asked of the runtime over its own socket.

Field numbers are those of k8s.io/cri-api (RuntimeService), the same in v1alpha2 and v1; the Docker engine is asked by its own API.
The labels are those of the kubelet (pkg/kubelet/types/labels.go), the same in 1.12 to 1.37.
"""

from __future__ import annotations

import calendar
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.images import Call, asked

NAMESPACE, POD, NAME = "io.kubernetes.pod.namespace", "io.kubernetes.pod.name", "io.kubernetes.container.name"
_LOG = "io.kubernetes.container.logpath"
_OF_STATIC_PODS = "kube-system"
_EXITED = 2
_SECOND = 1e9
# ListContainersRequest, ContainerFilter, ListContainersResponse, ContainerStatusRequest and its response.
_FILTER, _LABEL_SELECTOR, _CONTAINERS, _ID, _STATUS = 1, 4, 1, 1, 1
# ListPodSandboxResponse; and PodSandboxFilter.
_SANDBOXES, _SANDBOX_LABEL_SELECTOR = 1, 3
DOCKER_CONTAINER, DOCKER_SANDBOX = "io.kubernetes.docker.type=container", "io.kubernetes.docker.type=podsandbox"
_SANDBOX_ID = "io.kubernetes.sandbox.id"
DOCKER_STATES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")


class Ended(t.NamedTuple):
    """A container that has ended.

    name: of the container in its pod, which is the component's. attempt: how many of the same pod there were before it. created,
    finished: seconds since the epoch. reason, message: the runtime's own words, as C(OOMKilled), or why it could not be started;
    may be empty. log: the path of its log. pod_created: when its pod was, at the latest; 0 where that is not known.
    """

    name: str
    attempt: int
    created: float
    finished: float
    exit_code: int
    reason: str
    message: str
    log: str
    pod_created: float = 0.0


def _number(fields: grpc.Fields, number: int) -> int:
    value = fields.get(number, [0])[0]
    return value if isinstance(value, int) else 0


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _labels(fields: grpc.Fields, number: int) -> dict[str, str]:
    found = {}
    for entry in fields.get(number, []):
        pair = grpc.fields(t.cast(bytes, entry))
        found[grpc.text_of(pair, 1)] = grpc.text_of(pair, 2)
    return found


def _label(key: str, value: str, selector: int = _LABEL_SELECTOR) -> bytes:
    return grpc.bytes_field(selector, grpc.text_field(1, key) + grpc.text_field(2, value))


def _is_of(labels: t.Mapping[str, t.Any], pods: t.Mapping[str, str]) -> str | None:
    """The component that a container is of; None for those of other pods."""
    name = str(labels.get(NAME, ""))
    return name if pods.get(str(labels.get(POD, ""))) == name else None


def _with_pods(found: t.Sequence[tuple[Ended, str]], pods_created: t.Mapping[str, float]) -> list[Ended]:
    """The containers, the oldest first, with the time of their pods. found: each with the id of its sandbox."""
    known = [item._replace(pod_created=pods_created.get(pod, 0.0)) for item, pod in found]
    return sorted(known, key=lambda ended: ended.created)


def _sandboxes(call: Call) -> dict[str, float]:
    """When the pods were made, by the ids of their sandboxes; none where the runtime does not say."""
    request = grpc.bytes_field(_FILTER, _label(NAMESPACE, _OF_STATIC_PODS, _SANDBOX_LABEL_SELECTOR))
    try:
        answer = asked(call, "RuntimeService", "ListPodSandbox", request)
    except grpc.Refused:
        return {}
    # PodSandbox: id, created_at (nanoseconds).
    items = [grpc.fields(t.cast(bytes, item)) for item in answer.get(_SANDBOXES, [])]
    return {grpc.text_of(item, 1): _number(item, 4) / _SECOND for item in items}


def ended_by_cri(call: Call, pods: t.Mapping[str, str], since: float) -> list[Ended]:
    """The containers of the pods that were made since and have ended, the oldest first.

    pods: the name of the component by the name of its pod. since: seconds since the epoch. Raises OSError or CallFailed.
    """
    request = grpc.bytes_field(_FILTER, _label(NAMESPACE, _OF_STATIC_PODS))
    found = []
    for item in asked(call, "RuntimeService", "ListContainers", request).get(_CONTAINERS, []):
        fields = grpc.fields(t.cast(bytes, item))
        # Container: id, pod_sandbox_id, metadata (attempt), state, created_at (nanoseconds), labels.
        metadata = grpc.fields(t.cast(bytes, fields.get(3, [b""])[0]))
        name, created = _is_of(_labels(fields, 8), pods), _number(fields, 7) / _SECOND
        if name is None or _number(fields, 6) != _EXITED or created < since:
            continue
        try:
            answer = asked(call, "RuntimeService", "ContainerStatus", grpc.text_field(_ID, grpc.text_of(fields, 1)))
        except grpc.Refused:
            # The kubelet has removed it meanwhile.
            continue
        # ContainerStatus: finished_at (nanoseconds), exit_code, reason, message, log_path.
        status = grpc.fields(t.cast(bytes, answer.get(_STATUS, [b""])[0]))
        words = grpc.text_of(status, 10), grpc.text_of(status, 11)
        finished = _number(status, 6) / _SECOND
        attempt, code, log = _number(metadata, 2), _signed(_number(status, 7)), grpc.text_of(status, 15)
        found.append((Ended(name, attempt, created, finished, code, *words, log=log), grpc.text_of(fields, 2)))
    return _with_pods(found, _sandboxes(call) if found else {})


def _docker_time(text: str) -> float:
    """Of RFC 3339 in UTC, as the engine writes it; 0 for anything else."""
    try:
        return float(calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return 0.0


def ended_by_docker(path: str, pods: t.Mapping[str, str], since: float, timeout: float) -> list[Ended]:
    """The same, of the Docker engine. path: of its socket. timeout: seconds for each question.

    Raises OSError or EngineError, and ValueError, TypeError, KeyError or AttributeError for an answer of another shape.
    """
    of_static_pods = f"{NAMESPACE}={_OF_STATIC_PODS}"
    found = []
    for item in docker_engine.containers(path, [of_static_pods, DOCKER_CONTAINER], ["exited", "dead"], timeout):
        name, created = _is_of(item.get("Labels") or {}, pods), float(item.get("Created") or 0)
        # Whole seconds, rounded down.
        if name is None or created < int(since):
            continue
        try:
            state = docker_engine.state(path, str(item["Id"]), timeout)
        except docker_engine.EngineError:
            continue
        reason = "OOMKilled" if state.get("OOMKilled") else ""
        log = str((item.get("Labels") or {}).get(_LOG, ""))
        words = reason, str(state.get("Error") or "")
        # Of dockershim: k8s_container_pod_namespace_uid_attempt.
        last = str((item.get("Names") or [""])[0]).rpartition("_")[2]
        attempt, code = int(last) if last.isdecimal() else 0, int(state.get("ExitCode") or 0)
        finished = _docker_time(str(state.get("FinishedAt")))
        pod = str((item.get("Labels") or {}).get(_SANDBOX_ID, ""))
        found.append((Ended(name, attempt, created, finished, code, *words, log=log), pod))
    sandboxes = (
        docker_engine.containers(path, [of_static_pods, DOCKER_SANDBOX], DOCKER_STATES, timeout) if found else []
    )
    return _with_pods(found, {str(item.get("Id")): int(item.get("Created") or 0) + 1.0 for item in sandboxes})


__all__ = ("DOCKER_CONTAINER", "DOCKER_SANDBOX", "DOCKER_STATES", "Ended", "ended_by_cri", "ended_by_docker")
