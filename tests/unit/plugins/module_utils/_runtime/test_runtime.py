# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images in the container runtime: which way a runtime is asked, and what its answers mean."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc, runtime


@pytest.mark.parametrize(
    ("image", "name", "tag"),
    [
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause", "3.10"),
        ("registry.k8s.io/coredns/coredns:v1", "registry.k8s.io/coredns/coredns", "v1"),
        ("localhost:5000/pause", "localhost:5000/pause", "latest"),
        ("localhost/pause:1", "localhost/pause", "1"),
        ("nginx", "docker.io/library/nginx", "latest"),
        ("nginx:1.2", "docker.io/library/nginx", "1.2"),
        ("user/app:1", "docker.io/user/app", "1"),
        ("r.example/a@sha256:00", "r.example/a", "sha256:00"),
    ],
)
def test_name_and_tag(image: str, name: str, tag: str) -> None:
    """Breaks pulls with Docker: without a tag of its own it would pull all that a registry has of a name."""
    assert runtime.name_and_tag(image) == (name, tag)


@pytest.mark.parametrize(
    ("socket_name", "docker", "path"),
    [
        ("unix:///run/containerd/containerd.sock", False, "/run/containerd/containerd.sock"),
        ("/var/run/crio/crio.sock", False, "/var/run/crio/crio.sock"),
        ("/var/run/dockershim.sock", True, "/var/run/docker.sock"),
    ],
)
def test_the_socket(socket_name: str, docker: bool, path: str) -> None:
    """Breaks the way to the runtime; behind the dockershim's name it is Docker's own socket."""
    assert runtime.runtime_of(socket_name, docker).socket == path


def test_a_runtime_over_its_socket(tmp_path: pathlib.Path) -> None:
    """Breaks the three questions to a runtime."""

    def handler(call: server.Call) -> None:
        method = call.method.rsplit("/", 1)[1]
        image = grpc.bytes_field(1, b"\x0a\x01x")
        call.send(server.answer(grpc.text_field(2, "containerd") if method == "Version" else image))

    with server.serving(tmp_path / "s", handler) as path:
        images = runtime.cri_runtime(path)
        assert images.has("a:1")
        images.pull("a:1", 20)
        assert images.name() == "containerd"


def test_docker_over_its_socket(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks private registries with Docker: the credentials of docker login are not used, or for the wrong registry."""
    asked: list[tuple[t.Any, ...]] = []
    (tmp_path / "config.json").write_text('{"auths": {"r.example": {"auth": "azpw"}}}', encoding="ascii")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(docker_engine, "pull_image", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(docker_engine, "has_image", lambda _path, image, _timeout: not image.endswith(":cut-off"))
    images = runtime.docker_runtime("/s")
    images.pull("r.example/a:1", 20)
    images.pull("other.example/a:1", 20)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "absent"))
    images.pull("r.example/a:1", 20)
    assert [(name, tag, bool(header)) for _path, name, tag, header, _timeout in asked] == [
        ("r.example/a", "1", True),
        ("other.example/a", "1", False),
        ("r.example/a", "1", False),
    ]
    assert images.name() == "docker"
    with pytest.raises(docker_engine.EngineError, match="does not have the image"):
        images.pull("r.example/a:cut-off", 20)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("two\n  lines", "two lines"),
        ("Get https://bob:secret@r.example/v2/: 403", "Get https://***@r.example/v2/: 403"),
        ('Get "https://r.example/blob?X-Amz-Signature=secret&a=b": EOF', 'Get "https://r.example/blob?***": EOF'),
        ("bad \x1b[31mred\x1b]0;title\x07", r"bad \x1b[31mred\x1b]0;title\x07"),
    ],
)
def test_words_of_a_runtime(said: str, shown: str) -> None:
    """Breaks when a password of a URL is shown, or when a registry can write to a person's terminal what it likes."""
    assert runtime.reason(grpc.CallFailed(said)) == shown


def _images(has: t.Callable[[str], bool], name: t.Callable[[], str] = lambda: "containerd") -> runtime.Images:
    return runtime.Images("/run/s.sock", has, lambda _image, _timeout: None, name)


def _raising(error: Exception) -> t.Callable[..., t.Any]:
    def raise_it(*_arguments: t.Any) -> t.NoReturn:
        raise error

    return raise_it


def test_absent_images() -> None:
    """Breaks when an image that is there is pulled again, or one that is not is taken as there."""
    assert runtime.absent_images(_images(lambda image: image == "a"), ["a", "b", "c"]) == ["b", "c"]


@pytest.mark.parametrize("error", [grpc.Refused(2, "odd"), docker_engine.EngineError("odd")])
def test_a_runtime_that_does_not_say(error: Exception) -> None:
    """Breaks kubeadm's way: what a runtime does not want to tell of one image is left to the pull."""
    assert runtime.absent_images(_images(_raising(error)), ["a"]) == ["a"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "/run/s.sock: Connection refused"),
        (TimeoutError("timed out"), "/run/s.sock: no answer in time"),
        (grpc.NotImplementedByServer("it does not serve"), "/run/s.sock: it does not serve"),
        (grpc.CallFailed("cut\noff"), "/run/s.sock: cut off"),
    ],
)
def test_a_runtime_that_cannot_be_asked(error: Exception, text: str) -> None:
    """Breaks when a dead runtime counts as one without images, or ends in a traceback."""
    with pytest.raises(KubewrightError, match=f"{text}.*kubewright_cri_socket"):
        runtime.absent_images(_images(_raising(error)), ["a"])


@pytest.fixture
def archive(tmp_path: pathlib.Path) -> str:
    """A file that stands for an archive."""
    (tmp_path / "images.tar").write_bytes(b"tar")
    return str(tmp_path / "images.tar")


def _never(_argv: t.Sequence[str]) -> Result:
    raise AssertionError("no command is needed")


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (Result(0, "unpacking", ""), None),
        (Result(1, "", "first\nctr: invalid tar header\n"), "ctr: invalid tar header"),
        (Result(1, "out", ""), "out"),
        (Result(3, "", ""), "ctr ends with exit code 3"),
    ],
)
def test_containerd_takes_an_archive(
    monkeypatch: pytest.MonkeyPatch, archive: str, result: Result, error: str | None
) -> None:
    """Breaks hosts without a registry: the images have to get where Kubernetes looks for them."""
    asked: list[list[str]] = []

    def run(argv: t.Sequence[str]) -> Result:
        asked.append(list(argv))
        return result

    monkeypatch.setattr(runtime, "find_command", lambda name: f"/bin/{name}")
    assert runtime.import_archive(_images(bool), archive, run) == error
    assert asked == [
        [
            "/bin/ctr",
            "--timeout",
            "1800s",
            "--address",
            "/run/s.sock",
            "--namespace",
            "k8s.io",
            "images",
            "import",
            archive,
        ]
    ]


@pytest.mark.parametrize(
    ("name", "ctr", "result", "there"),
    [
        (
            "containerd",
            True,
            Result(0, "docker.io/library/pause:3\nr.example/a@sha256:1\n", ""),
            ["pause:3", "r.example/a@sha256:1"],
        ),
        ("containerd", True, Result(1, "pause:3\n", "no"), []),
        ("containerd", False, Result(0, "pause:3\n", ""), []),
        ("docker", True, Result(0, "pause:3\n", ""), []),
    ],
)
def test_what_the_store_has(
    monkeypatch: pytest.MonkeyPatch, name: str, ctr: bool, result: Result, there: list[str]
) -> None:
    """Breaks the wait for CRI after an import: whether an image is stored is asked of containerd alone, by its full name."""
    monkeypatch.setattr(runtime, "find_command", lambda name: f"/bin/{name}" if ctr else None)
    stored = runtime.stored_images(_images(bool, lambda: name), lambda _argv: result)
    assert [image for image in ("pause:3", "r.example/a@sha256:1", "pause") if stored(image)] == there


def test_a_store_that_does_not_answer() -> None:
    """Breaks when a runtime that has just gone ends in a traceback."""
    assert not runtime.stored_images(_images(bool, _raising(grpc.CallFailed("gone"))), _never)("pause:3")


def test_docker_takes_an_archive(monkeypatch: pytest.MonkeyPatch, archive: str) -> None:
    """Breaks archives with Docker and with cri-dockerd, whose images are the engine's."""
    loaded: list[tuple[str, str]] = []
    monkeypatch.setattr(docker_engine, "load_archive", lambda path, file, _timeout: loaded.append((path, file)))
    images = _images(bool, lambda: "docker")
    assert runtime.import_archive(images, archive, _never) is None
    monkeypatch.setattr(docker_engine, "load_archive", _raising(docker_engine.EngineError("unexpected EOF")))
    assert runtime.import_archive(images, archive, _never) == "unexpected EOF"
    assert loaded == [("/var/run/docker.sock", archive)]


def test_archives_that_nobody_takes(monkeypatch: pytest.MonkeyPatch, archive: str) -> None:
    """Breaks the reason: a runtime without a call for it, containerd without its program, a file that is absent."""
    monkeypatch.setattr(runtime, "find_command", lambda _name: None)
    assert "cri-o takes no archives" in str(runtime.import_archive(_images(bool, lambda: "cri-o"), archive, _never))
    assert "ctr is not in PATH" in str(runtime.import_archive(_images(bool), archive, _never))
    assert runtime.import_archive(_images(bool), archive + "x", _never) == "No such file or directory"
    assert runtime.import_archive(_images(bool), os.path.dirname(archive), _never) == "it is no file"
    assert runtime.import_archive(_images(bool, _raising(grpc.CallFailed("gone"))), archive, _never) == "gone"
