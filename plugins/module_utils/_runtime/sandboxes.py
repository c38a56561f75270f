# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The pods that a container runtime has for the kubelet, and how they are ended, over its own socket.

Field numbers are those of k8s.io/cri-api (RuntimeService), the same in v1alpha2 and v1; the Docker engine is asked by its own API.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.containers import (
    DOCKER_CONTAINER,
    DOCKER_SANDBOX,
    DOCKER_STATES,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.images import Call, asked

_SANDBOXES, _ID, _METADATA, _NAME, _NAMESPACE = 1, 1, 2, 1, 3
# Those that use the network of a pause container go before it.
_DOCKER_TYPES = (DOCKER_CONTAINER, DOCKER_SANDBOX)


class Sandbox(t.NamedTuple):
    """id: of the runtime. pod: its namespace and name."""

    id: str
    pod: str


class Pods(t.NamedTuple):
    """The pods of one runtime. Both raise OSError, CallFailed or EngineError. remove: ends one, with all of its containers."""

    all: t.Callable[[], list[Sandbox]]
    remove: t.Callable[[Sandbox], None]


def _sandbox(item: t.Any) -> Sandbox:
    fields = grpc.fields(t.cast(bytes, item))
    metadata = grpc.fields(t.cast(bytes, fields.get(_METADATA, [b""])[0]))
    return Sandbox(grpc.text_of(fields, _ID), f"{grpc.text_of(metadata, _NAMESPACE)}/{grpc.text_of(metadata, _NAME)}")


def of_cri(call: Call) -> Pods:
    """Those of a runtime that speaks the container runtime interface."""

    def remove(sandbox: Sandbox) -> None:
        # The first has the network plugin let go of the pod's address, and is no error where that was done before.
        for method in ("StopPodSandbox", "RemovePodSandbox"):
            asked(call, "RuntimeService", method, grpc.text_field(1, sandbox.id))

    def every() -> list[Sandbox]:
        return [_sandbox(item) for item in asked(call, "RuntimeService", "ListPodSandbox", b"").get(_SANDBOXES, [])]

    return Pods(every, remove)


def of_docker(path: str, timeout: float) -> Pods:
    """Those of the Docker engine, a container each. path: of its socket. timeout: seconds for each call."""

    def every() -> list[Sandbox]:
        found = [
            item for kind in _DOCKER_TYPES for item in docker_engine.containers(path, [kind], DOCKER_STATES, timeout)
        ]
        return [Sandbox(str(item.get("Id")), str((item.get("Names") or [""])[0]).lstrip("/")) for item in found]

    return Pods(every, lambda sandbox: docker_engine.remove(path, sandbox.id, timeout))


__all__ = ("Pods", "Sandbox", "of_cri", "of_docker")
