# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A container runtime's own words: recorded answers of a real containerd, sent again over a real socket."""

from __future__ import annotations

import base64
import contextlib
import json
import pathlib
import socket
import threading
import typing as t

import pytest

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import cri, grpc

RECORDED = pathlib.Path(__file__).parent / "recorded/containerd-1.6.20.json"
Answers = t.Mapping[str, bytes]


def _answers() -> dict[str, bytes]:
    return {path: base64.b64decode(text) for path, text in json.loads(RECORDED.read_text(encoding="utf-8")).items()}


@contextlib.contextmanager
def _serving(path: pathlib.Path, answers: Answers, otherwise: bytes = b"") -> t.Iterator[str]:
    """A socket that gives each request for a method its recorded bytes, and then closes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _peer = server.accept()
                except OSError:
                    return
                with connection:
                    request = connection.recv(65536)
                    found = [answer for method, answer in answers.items() if method.encode() in request]
                    with contextlib.suppress(OSError):
                        connection.sendall(found[0] if found else otherwise)
                        connection.shutdown(socket.SHUT_WR)
                        while connection.recv(65536):
                            pass

        threading.Thread(target=serve, daemon=True).start()
        yield str(path)
        server.shutdown(socket.SHUT_RDWR)


def _refusal(path: str) -> str:
    """The text of the error that is turned into a message."""
    with pytest.raises((grpc.CallFailed, OSError)) as caught:
        cri.ask(path, 5)
    return str(caught.value)


def test_containerd(tmp_path: pathlib.Path) -> None:
    """Breaks when a runtime's version, interface, cgroup driver or sandbox image is misread."""
    with _serving(tmp_path / "s", _answers()) as path:
        found = cri.ask(path, 5)
    assert found == cri.Runtime(
        name="containerd",
        version="1.6.20~ds1",
        apis=["v1", "v1alpha2"],
        not_ready="",
        cgroup_driver="cgroupfs",
        tells_cgroup_driver=False,
        sandbox_image="k8s.gcr.io/pause:3.2",
        images=[],
    )


def test_wanted_images(tmp_path: pathlib.Path) -> None:
    """Breaks the preflight check of images: one that is absent seems to be there, or the other way round."""
    image = server.answer(b"\x0a\x04\x0a\x02id")
    # The requests are told apart by the names in them.
    answers = {**_answers(), "\x07there:1": image, "\x08absent:1": server.answer(b"")}
    with _serving(tmp_path / "s", answers) as path:
        assert cri.ask(path, 5, ["there:1", "absent:1"]).images == ["there:1"]
        assert cri.ask(path, 5, ["there:1", "refused:1"]).images is None


def test_older_interface_only(tmp_path: pathlib.Path) -> None:
    """Breaks when a runtime that has only the older interface is taken for none."""
    unknown = _answers()["/runtime.v1.RuntimeService/RuntimeConfig"]
    answers = {path: unknown if "/runtime.v1." in path else answer for path, answer in _answers().items()}
    with _serving(tmp_path / "s", answers) as path:
        assert cri.ask(path, 5).apis == ["v1alpha2"]


def test_without_the_interface(tmp_path: pathlib.Path) -> None:
    """Breaks the diagnosis of containerd's disabled CRI plugin: it answers, but does not have the methods."""
    unknown = _answers()["/runtime.v1.RuntimeService/RuntimeConfig"]
    with _serving(tmp_path / "s", {}, unknown) as path:
        assert "does not serve the container runtime interface" in _refusal(path)


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00\x00\x04\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        b"\x00\x00\x05\x00\x01\x00\x00\x00\x01\x01\x00\x00\x00\x00",
        b"\x00\x00\x07\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x02\x0a\x7f",
    ],
    ids=["nothing", "HTTP/1", "GOAWAY", "compressed", "cut off field"],
)
def test_what_is_no_runtime(tmp_path: pathlib.Path, noise: bytes) -> None:
    """Breaks with a traceback when something else answers on the socket."""
    with _serving(tmp_path / "s", {}, noise) as path:
        _refusal(path)


def test_nobody_there(tmp_path: pathlib.Path) -> None:
    """Breaks with another error than the one that is turned into a message."""
    with pytest.raises(OSError, match="No such file"):
        cri.ask(str(tmp_path / "s"), 5)
