# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Images in the container runtime, over its own socket: what it has, what it pulls, and archives that it takes."""

from __future__ import annotations

import os
import re
import socket
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result, Runner, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import read_file
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import images as cri_images
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.docker_credentials import (
    registry_header,
)

# For an answer that a runtime gives at once, also when it is busy.
_QUICK = 10.0
# A whole archive is read from the disk and unpacked.
_IMPORT = 1800.0
# What follows a URL's path may be a signature that lets its reader in.
_QUERY = re.compile(r"(https?://[^\s\"?]+)\?[^\s\"]*")
_NO_ANSWER = (OSError, grpc.CallFailed, docker_engine.EngineError)


class Images(t.NamedTuple):
    """The images of one runtime. Each function raises OSError, CallFailed or EngineError.

    socket: its file. has: whether it has an image. pull: makes it pull one within so many seconds. name: what the
    runtime calls itself.
    """

    socket: str
    has: t.Callable[[str], bool]
    pull: t.Callable[[str, float], None]
    name: t.Callable[[], str]


def socket_path(cri_socket: str) -> str:
    """The file of a container runtime socket, without C(unix://)."""
    return cri_socket[len("unix://") :] if cri_socket.startswith("unix://") else cri_socket


def name_and_tag(image: str) -> tuple[str, str]:
    """An image's name with its registry (Docker's for a name without one), and its tag or digest."""
    first, slash, _rest = image.partition("/")
    if not slash:
        image = "docker.io/library/" + image
    elif "." not in first and ":" not in first and first != "localhost":
        image = "docker.io/" + image
    name, at, digest = image.partition("@")
    if at:
        return name, digest
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")


def full_name(image: str) -> str:
    """An image's name as containerd's store has it: with its registry and its tag or digest."""
    name, reference = name_and_tag(image)
    return f"{name}{'@' if '@' in image else ':'}{reference}"


def cri_runtime(path: str) -> Images:
    """The images of a runtime that speaks the container runtime interface."""

    def within(timeout: float) -> cri_images.Call:
        return lambda method, message: grpc.call(path, method, message, timeout)

    return Images(
        path,
        lambda image: cri_images.has_image(within(_QUICK), image),
        lambda image, timeout: cri_images.pull_image(within(timeout), image),
        lambda: cri_images.runtime_name(within(_QUICK)),
    )


def _docker_config() -> str | None:
    folder = os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
    try:
        state = read_file(os.path.join(folder, "config.json"))
    except KubewrightError:
        return None
    return state.content.decode("utf-8", "replace") if state is not None else None


def docker_runtime(path: str) -> Images:
    """The images of the Docker engine. Its registries' credentials are those of C(docker login) on the host."""

    def pull(image: str, timeout: float) -> None:
        name, tag = name_and_tag(image)
        docker_engine.pull_image(path, name, tag, registry_header(name, _docker_config()), timeout)
        # An engine that is stopped in the middle ends its answer like one that has done its work.
        if not docker_engine.has_image(path, image, _QUICK):
            raise docker_engine.EngineError("the engine has ended its answer, and does not have the image")

    return Images(path, lambda image: docker_engine.has_image(path, image, _QUICK), pull, lambda: "docker")


def runtime_of(cri_socket: str, uses_docker: bool) -> Images:
    """The images of the kubelet's runtime."""
    return docker_runtime(docker_engine.SOCKET) if uses_docker else cri_runtime(socket_path(cri_socket))


def reason(error: Exception) -> str:
    """The words of an error, on one line, without what only its reader should know and what a terminal would obey."""
    if isinstance(error, socket.timeout):
        return "no answer in time"
    if isinstance(error, OSError):
        return _shown(str(error.strerror or error))
    return _shown(str(error))


def _shown(text: str) -> str:
    return _QUERY.sub(r"\1?***", redacted(line(" ".join(text.split()))))


def archive_fault(archive: str) -> str | None:
    """Why an archive cannot be read, or None."""
    if os.path.exists(archive) and not os.path.isfile(archive):
        return "it is no file"
    try:
        with open(archive, "rb"):
            return None
    except OSError as error:
        return reason(error)


def absent_images(images: Images, wanted: t.Iterable[str]) -> list[str]:
    """The wanted images that the runtime does not have. Raises KubewrightError where it cannot be asked.

    An image of which the runtime does not want to speak counts as absent, as with kubeadm: the pull says more.
    """
    absent = []
    for image in wanted:
        try:
            if not images.has(image):
                absent.append(image)
        except (grpc.Refused, docker_engine.EngineError):
            absent.append(image)
        except (OSError, grpc.CallFailed) as error:
            raise KubewrightError(
                f"the container runtime cannot be asked for its images: {images.socket}: {reason(error)}. Start it, "
                "or set kubewright_cri_socket to its socket."
            ) from None
    return absent


def import_archive(images: Images, archive: str, run: Runner) -> str | None:
    """Makes the runtime take the images of an archive; the reason where that failed, else None.

    The interface of CRI has no such call. The Docker engine has one; for containerd it is its own program C(ctr), which
    comes with it.
    """
    fault = archive_fault(archive)
    if fault is not None:
        return fault
    try:
        name = images.name()
        if name == "docker":
            docker_engine.load_archive(docker_engine.SOCKET, archive, _IMPORT)
            return None
    except _NO_ANSWER as error:
        return reason(error)
    if name != "containerd":
        return f"{name or 'this runtime'} takes no archives: only containerd and Docker do"
    answer = _ctr(images, run, _IMPORT, "import", archive)
    if answer is None:
        return "ctr is not in PATH, which belongs to containerd and is needed for archives"
    if answer.code == 0:
        return None
    lines = (answer.stderr or answer.stdout).strip().splitlines()
    return _shown(lines[-1]) if lines else "ctr ends with exit code %d" % answer.code


def _ctr(images: Images, run: Runner, seconds: float, *arguments: str) -> Result | None:
    ctr = find_command("ctr")
    if ctr is None:
        return None
    limit = ["--timeout", f"{seconds:.0f}s"]
    return run([ctr, *limit, "--address", images.socket, "--namespace", "k8s.io", "images", *arguments])


def stored_images(images: Images, run: Runner) -> t.Callable[[str], bool]:
    """Asks containerd's store, not its CRI, what it has; tells of an image whether it is there. No other runtime has both."""
    try:
        answer = _ctr(images, run, _QUICK, "ls", "--quiet") if images.name() == "containerd" else None
    except _NO_ANSWER:
        answer = None
    names = set(answer.stdout.split()) if answer is not None and answer.code == 0 else set()
    return lambda image: full_name(image) in names


__all__ = (
    "Images",
    "absent_images",
    "archive_fault",
    "cri_runtime",
    "docker_runtime",
    "full_name",
    "import_archive",
    "name_and_tag",
    "reason",
    "runtime_of",
    "socket_path",
    "stored_images",
)
