# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The images of a container runtime, over its own socket (ImageService of the container runtime interface).

Field numbers are those of k8s.io/cri-api, the same in v1alpha2 and v1.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc

# The newer version first; a runtime that lacks it says so at once.
APIS = ("v1", "v1alpha2")
_IMAGE_SPEC, _IMAGE_NAME, _IMAGE = 1, 1, 1
_RUNTIME_NAME = 2

Call = t.Callable[[str, bytes], bytes]


def asked(call: Call, service: str, method: str, message: bytes) -> grpc.Fields:
    """The answer of a service in the newest version of the interface that the runtime serves. Raises what C(call) raises."""
    for api in APIS:
        try:
            return grpc.fields(call(f"/runtime.{api}.{service}/{method}", message))
        except grpc.NotImplementedByServer:
            continue
    raise grpc.NotImplementedByServer("it does not serve the container runtime interface")


def _spec(image: str) -> bytes:
    return grpc.bytes_field(_IMAGE_SPEC, grpc.text_field(_IMAGE_NAME, image))


def has_image(call: Call, image: str) -> bool:
    """Whether the runtime has an image. call: takes a method and its request. Raises OSError or CallFailed."""
    return bool(asked(call, "ImageService", "ImageStatus", _spec(image)).get(_IMAGE))


def pull_image(call: Call, image: str) -> None:
    """Makes the runtime pull an image. Raises OSError or CallFailed.

    Like kubeadm's, the request has neither credentials nor a pod: both are matters of the runtime's configuration.
    """
    asked(call, "ImageService", "PullImage", _spec(image))


def runtime_name(call: Call) -> str:
    """What the runtime calls itself: C(containerd), C(cri-o), C(docker) (of cri-dockerd). Raises OSError or CallFailed."""
    return grpc.text_of(asked(call, "RuntimeService", "Version", b""), _RUNTIME_NAME)


__all__ = ("APIS", "Call", "asked", "has_image", "pull_image", "runtime_name")
