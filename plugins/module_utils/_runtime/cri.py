# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A container runtime, asked over its own socket (the Kubernetes container runtime interface, CRI).

Field numbers are those of k8s.io/cri-api, the same in v1alpha2 and v1.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import images as cri_images
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.images import APIS

_CGROUP_DRIVERS = {0: "systemd", 1: "cgroupfs"}
_CRI_O_CGROUP_MANAGER = re.compile(r'^[ \t]*cgroup_manager[ \t]*=[ \t]*"(\w+)"', re.MULTILINE)
_CRI_O_PAUSE_IMAGE = re.compile(r'^[ \t]*pause_image[ \t]*=[ \t]*"([^"]+)"', re.MULTILINE)


class Runtime(t.NamedTuple):
    """What a container runtime says of itself.

    apis: the versions of the interface that it serves, of C(v1) and C(v1alpha2). not_ready: why the runtime says that it
    is not ready, or empty. cgroup_driver, sandbox_image: None where it does not say. tells_cgroup_driver: whether it has
    the call RuntimeConfig, by which newer kubelets learn the driver. images: those of the wanted images that it has, or None
    where it does not say.
    """

    name: str
    version: str
    apis: list[str]
    not_ready: str
    cgroup_driver: str | None
    tells_cgroup_driver: bool
    sandbox_image: str | None
    images: list[str] | None


def _text(value: t.Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _first(fields: grpc.Fields, number: int, default: t.Any) -> t.Any:
    return fields.get(number, [default])[0]


def _not_ready(status: grpc.Fields) -> str:
    """Of the condition RuntimeReady; that the network is not ready yet is no fault before init."""
    for condition in grpc.fields(_first(status, 1, b"")).get(1, []):
        fields = grpc.fields(t.cast(bytes, condition))
        if _text(_first(fields, 1, b"")) == "RuntimeReady" and not _first(fields, 2, 0):
            return _text(_first(fields, 4, b"")) or _text(_first(fields, 3, b"")) or "RuntimeReady is false"
    return ""


def _settings(status: grpc.Fields) -> tuple[str | None, str | None]:
    """The cgroup driver and the sandbox image, by the configuration that containerd and CRI-O show."""
    shown = {}
    for entry in status.get(2, []):
        fields = grpc.fields(t.cast(bytes, entry))
        shown[_text(_first(fields, 1, b""))] = _text(_first(fields, 2, b""))
    text = shown.get("config", "")
    try:
        settings = json.loads(text)
        containerd = settings["containerd"]
        options = containerd["runtimes"][containerd["defaultRuntimeName"]].get("options") or {}
        driver = "systemd" if options.get("SystemdCgroup") or settings.get("systemdCgroup") else "cgroupfs"
        return driver, settings.get("sandboxImage") or settings.get("sandbox_image")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        manager, pause = _CRI_O_CGROUP_MANAGER.search(text), _CRI_O_PAUSE_IMAGE.search(text)
        return manager.group(1) if manager else None, pause.group(1) if pause else None


def _told_cgroup_driver(call: t.Callable[..., bytes], api: str) -> str | None:
    try:
        answer = grpc.fields(call(f"/runtime.{api}.RuntimeService/RuntimeConfig", b""))
    except (OSError, grpc.CallFailed):
        return None
    return _CGROUP_DRIVERS.get(_first(grpc.fields(_first(answer, 1, b"")), 1, 0))


def _present(call: cri_images.Call, wanted: t.Iterable[str]) -> list[str] | None:
    """Soft: that such an answer takes its time says nothing about the runtime."""
    try:
        return [image for image in wanted if cri_images.has_image(call, image)]
    except (OSError, grpc.CallFailed):
        return None


def ask(path: str, timeout: float, wanted: t.Iterable[str] = ()) -> Runtime:
    """Asks the runtime behind a socket file. timeout: seconds for each call. wanted: images to ask for.

    Raises OSError where the socket cannot be used, CallFailed where nothing there speaks the interface.
    """

    def call(method: str, message: bytes) -> bytes:
        return grpc.call(path, method, message, timeout)

    versions = {}
    for api in APIS:
        try:
            versions[api] = grpc.fields(call(f"/runtime.{api}.RuntimeService/Version", b""))
        except grpc.NotImplementedByServer:
            continue
    if not versions:
        raise grpc.NotImplementedByServer("it does not serve the container runtime interface")
    api = next(iter(versions))
    status = grpc.fields(call(f"/runtime.{api}.RuntimeService/Status", grpc.number_field(1, 1)))
    driver, sandbox_image = _settings(status)
    told = _told_cgroup_driver(call, api)
    return Runtime(
        name=_text(_first(versions[api], 2, b"")),
        version=_text(_first(versions[api], 3, b"")),
        apis=list(versions),
        not_ready=_not_ready(status),
        cgroup_driver=told or driver,
        tells_cgroup_driver=told is not None,
        sandbox_image=sandbox_image,
        images=_present(call, wanted),
    )


__all__ = ("APIS", "Runtime", "ask")
