# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The images of a runtime, asked over a real socket in each version of the interface."""

from __future__ import annotations

import pathlib

import pytest

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import images as cri_images

IMAGE = "registry.example/team/" + "long-" * 30 + "name:1"
# ImageSpec of a request: field 1, of which field 1 is the name.
SPEC = grpc.bytes_field(1, grpc.text_field(1, IMAGE))
UNKNOWN = server.refusal(server.UNIMPLEMENTED, "unknown service")


def _runtime(apis: tuple[str, ...], answers: dict[str, bytes], asked: list[str]) -> server.Handler:
    def handler(call: server.Call) -> None:
        asked.append(call.method)
        if not any(f"/runtime.{api}." in call.method for api in apis):
            return call.send(UNKNOWN)
        service, method = call.method.split("/")[1:]
        if method != "Version":
            assert call.message == SPEC
        assert service.endswith(".RuntimeService" if method == "Version" else ".ImageService")
        return call.send(answers[method])

    return handler


@pytest.mark.parametrize("apis", [("v1", "v1alpha2"), ("v1",), ("v1alpha2",)])
@pytest.mark.parametrize("present", [True, False])
def test_each_version_of_the_interface(tmp_path: pathlib.Path, apis: tuple[str, ...], present: bool) -> None:
    """Breaks runtimes that speak only one version: what they have is pulled again, or they seem to have no images."""
    asked: list[str] = []
    image = grpc.bytes_field(1, grpc.text_field(1, "sha256:00")) if present else b""
    answers = {
        "ImageStatus": server.answer(image),
        "PullImage": server.answer(grpc.text_field(1, "sha256:00")),
        "Version": server.answer(grpc.text_field(1, "0.1.0") + grpc.text_field(2, "cri-o")),
    }
    with server.serving(tmp_path / "s", _runtime(apis, answers, asked)) as path:

        def call(method: str, message: bytes) -> bytes:
            return grpc.call(path, method, message, 20)

        assert cri_images.has_image(call, IMAGE) is present
        cri_images.pull_image(call, IMAGE)
        assert cri_images.runtime_name(call) == "cri-o"
    # The newest is asked first, and no other where it answers.
    assert len(asked) == (3 if "v1" in apis else 6)


def _refused_pull(path: pathlib.Path, handler: server.Handler) -> grpc.CallFailed:
    """The error of a pull that fails."""
    with server.serving(path, handler) as socket_path, pytest.raises(grpc.CallFailed) as caught:
        cri_images.pull_image(lambda method, message: grpc.call(socket_path, method, message, 20), IMAGE)
    return caught.value


def test_without_the_interface(tmp_path: pathlib.Path) -> None:
    """Breaks the message for a containerd whose CRI plugin is disabled."""
    error = _refused_pull(tmp_path / "s", lambda call: call.send(UNKNOWN))
    assert isinstance(error, grpc.NotImplementedByServer)
    assert "container runtime interface" in str(error)


def test_a_refusal_is_no_older_interface(tmp_path: pathlib.Path) -> None:
    """Breaks the reason: a pull that v1 refuses would end as a method that v1alpha2 lacks."""
    error = _refused_pull(tmp_path / "s", _runtime(("v1",), {"PullImage": server.refusal(2, "unauthorized")}, []))
    assert isinstance(error, grpc.Refused)
    assert str(error) == "unauthorized"
