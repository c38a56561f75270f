# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images in the container runtime."""

from __future__ import annotations

import json
import threading
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils import _runtime as runtime
from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError

CONTAINERD = "unix:///run/containerd/containerd.sock"


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
        ("registry.k8s.io/coredns/coredns:v1", "registry.k8s.io/coredns/coredns:v1"),
        ("localhost:5000/pause", "localhost:5000/pause:latest"),
        ("localhost/pause:1", "localhost/pause:1"),
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.2", "docker.io/library/nginx:1.2"),
        ("user/app:1", "docker.io/user/app:1"),
        ("r.example/a@sha256:00", "r.example/a@sha256:00"),
    ],
)
def test_full_name(image: str, full: str) -> None:
    """Breaks the comparison: an image that is there under its full name would be pulled at every run."""
    assert runtime.full_name(image) == full


def _installed(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(runtime, "find_command", lambda name: "/bin/" + name if name in names else None)


@pytest.mark.parametrize(
    ("installed", "socket", "docker", "name"),
    [
        (["crictl", "ctr"], CONTAINERD, False, "crictl"),
        (["ctr"], CONTAINERD, False, "ctr"),
        (["docker", "crictl"], "/var/run/dockershim.sock", True, "docker"),
        (["ctr"], "unix:///var/run/crio/crio.sock", False, None),
        ([], CONTAINERD, False, None),
        (["crictl"], "/var/run/dockershim.sock", True, None),
    ],
)
def test_the_program(
    monkeypatch: pytest.MonkeyPatch, installed: list[str], socket: str, docker: bool, name: str | None
) -> None:
    """Breaks the choice of the program, or the message where there is none."""
    _installed(monkeypatch, *installed)
    if name is None:
        with pytest.raises(KubewrightError, match="Install"):
            runtime.image_tool(socket, docker)
    else:
        assert runtime.image_tool(socket, docker).name == name


OUTPUTS = {
    "crictl": json.dumps(
        {"images": [{"repoTags": ["registry.k8s.io/a:1", "docker.io/library/b:2"]}, {"repoTags": None}, {}]}
    ),
    "ctr": "registry.k8s.io/a:1\ndocker.io/library/b:2\nsha256:00\n",
    "docker": "registry.k8s.io/a:1\nb:2\n<none>:<none>\n",
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_absent_images(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Breaks when an image that is there is pulled again, or one that is not is taken as there."""
    _installed(monkeypatch, name)
    tool = runtime.image_tool("/var/run/dockershim.sock" if name == "docker" else CONTAINERD, name == "docker")
    asked: list[list[str]] = []

    def run(argv: t.Sequence[str]) -> Result:
        asked.append(list(argv))
        return Result(0, OUTPUTS[name], "")

    wanted = ["registry.k8s.io/a:1", "b:2", "registry.k8s.io/a:2"]
    assert runtime.absent_images(tool, wanted, run) == ["registry.k8s.io/a:2"]
    assert asked == [tool.list_command]


@pytest.mark.parametrize("answer", [Result(1, "", "no such socket"), Result(0, "no json", "")])
def test_a_runtime_that_cannot_be_asked(monkeypatch: pytest.MonkeyPatch, answer: Result) -> None:
    """Breaks when a failed listing counts as no images, or ends in a traceback."""
    _installed(monkeypatch, "crictl")
    with pytest.raises(KubewrightError, match="crictl"):
        runtime.absent_images(runtime.image_tool(CONTAINERD, False), ["a"], lambda _argv: answer)


@pytest.mark.parametrize(
    ("tool", "image", "argv_end"),
    [
        ("crictl", "registry.k8s.io/a:1", ["pull", "registry.k8s.io/a:1"]),
        ("ctr", "b:2", ["pull", "docker.io/library/b:2"]),
    ],
)
def test_pull(monkeypatch: pytest.MonkeyPatch, tool: str, image: str, argv_end: list[str]) -> None:
    """Breaks the pull: ctr needs the full name and containerd's namespace of Kubernetes."""
    _installed(monkeypatch, tool)
    asked: list[list[str]] = []

    def run(argv: t.Sequence[str]) -> Result:
        asked.append(list(argv))
        return Result(0, "", "")

    assert runtime.pull_image(runtime.image_tool(CONTAINERD, False), image, run) is None
    assert asked[0][-2:] == argv_end
    assert ("k8s.io" in asked[0]) is (tool == "ctr")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Result(1, "", "first\nlast words\n"), "last words"),
        (Result(2, "out", ""), "out"),
        (Result(3, "", ""), "exit code 3"),
    ],
)
def test_a_failed_pull_says_why(monkeypatch: pytest.MonkeyPatch, answer: Result, text: str) -> None:
    """Breaks the reason in the message."""
    _installed(monkeypatch, "crictl")
    assert runtime.pull_image(runtime.image_tool(CONTAINERD, False), "a", lambda _argv: answer) == text


@pytest.mark.parametrize(
    ("policy", "expected"), [("Always", ["a", "b"]), ("IfNotPresent", ["b"]), ("Never", []), ("", ["b"])]
)
def test_the_pull_policy(policy: str, expected: list[str]) -> None:
    """Breaks imagePullPolicy: what is there is pulled again, or what is missing is not pulled."""
    assert runtime.images_to_pull(policy, ["a", "b"], ["b"]) == expected


@pytest.mark.parametrize("serial", [True, False])
def test_pulls_side_by_side_unless_serial(monkeypatch: pytest.MonkeyPatch, serial: bool) -> None:
    """Breaks when serial pulls overlap, parallel ones wait for each other, or an error is given to another image."""
    _installed(monkeypatch, "ctr")
    running, most = 0, 0
    all_run = threading.Barrier(3)
    lock = threading.Lock()

    def run(argv: t.Sequence[str]) -> Result:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if not serial:
            all_run.wait(timeout=30)
        with lock:
            running -= 1
        return Result(1, "", "denied") if argv[-1].endswith("/b:1") else Result(0, "", "")

    tool = runtime.image_tool(CONTAINERD, False)
    images = ["r.example/a:1", "r.example/b:1", "r.example/c:1"]
    assert runtime.pull_images(tool, images, serial, run) == {"r.example/b:1": "denied"}
    assert most == (1 if serial else 3)


def test_no_images_to_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a second run, where there is nothing to pull."""
    _installed(monkeypatch, "ctr")
    assert runtime.pull_images(runtime.image_tool(CONTAINERD, False), [], False, lambda _argv: Result(1, "", "")) == {}
