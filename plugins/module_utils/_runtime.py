# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Images in the container runtime, through crictl, ctr or docker."""

from __future__ import annotations

import concurrent.futures
import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Runner, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError


class ImageTool(t.NamedTuple):
    """How to list and pull with one program. list_command prints what C(parse) turns into names."""

    name: str
    list_command: list[str]
    pull_command: list[str]
    parse: t.Callable[[str], set[str]]


def socket_path(cri_socket: str) -> str:
    """The file of a container runtime socket, without C(unix://)."""
    return cri_socket[len("unix://") :] if cri_socket.startswith("unix://") else cri_socket


def full_name(image: str) -> str:
    """An image's name with its registry (Docker's for a name without one) and its tag."""
    first, slash, _rest = image.partition("/")
    if not slash:
        image = "docker.io/library/" + image
    elif "." not in first and ":" not in first and first != "localhost":
        image = "docker.io/" + image
    return image if ":" in image.rsplit("/", 1)[1] or "@" in image else image + ":latest"


def _parse_lines(text: str) -> set[str]:
    return {full_name(line.strip()) for line in text.splitlines() if line.strip()}


def _parse_crictl(text: str) -> set[str]:
    return {full_name(tag) for image in json.loads(text).get("images", []) for tag in image.get("repoTags") or []}


def image_tool(cri_socket: str, uses_docker: bool) -> ImageTool:
    """The program to use. Raises KubewrightError where none is installed."""
    if uses_docker:
        docker = find_command("docker")
        if docker is None:
            raise KubewrightError("docker is not in PATH, but the runtime is Docker. Install its client.")
        listing = [docker, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]
        return ImageTool("docker", listing, [docker, "pull", "--quiet"], _parse_lines)
    path = socket_path(cri_socket)
    crictl = find_command("crictl")
    if crictl is not None:
        head = [crictl, "--runtime-endpoint", "unix://" + path, "--image-endpoint", "unix://" + path]
        return ImageTool("crictl", [*head, "images", "--output", "json"], [*head, "pull"], _parse_crictl)
    ctr = find_command("ctr")
    if ctr is None or "containerd" not in path:
        raise KubewrightError("neither crictl nor (for containerd) ctr is in PATH. Install cri-tools.")
    head = [ctr, "--address", path, "--namespace", "k8s.io", "images"]
    return ImageTool("ctr", [*head, "ls", "--quiet"], [*head, "pull"], _parse_lines)


def absent_images(tool: ImageTool, wanted: t.Sequence[str], run: Runner) -> list[str]:
    """The wanted images that the runtime does not have. Raises KubewrightError where it cannot be asked."""
    answer = run(tool.list_command)
    if answer.code != 0:
        raise KubewrightError(f"{tool.name} cannot list images: {(answer.stderr or answer.stdout).strip()}")
    try:
        present = tool.parse(answer.stdout)
    except (ValueError, AttributeError):
        raise KubewrightError(f"{tool.name} printed no list of images") from None
    return [image for image in wanted if full_name(image) not in present]


def pull_image(tool: ImageTool, image: str, run: Runner) -> str | None:
    """Pulls one image; the error text where that failed, else None."""
    name = full_name(image) if tool.name == "ctr" else image
    answer = run([*tool.pull_command, name])
    if answer.code == 0:
        return None
    lines = (answer.stderr or answer.stdout).strip().splitlines()
    return lines[-1] if lines else "exit code %d" % answer.code


def pull_images(tool: ImageTool, images: t.Sequence[str], serial: bool, run: Runner) -> dict[str, str]:
    """Pulls images, one after the other or side by side; the error text of each that failed."""
    workers = 1 if serial else len(images) or 1
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        answers = pool.map(lambda image: pull_image(tool, image, run), images)
        return {image: error for image, error in zip(images, answers) if error is not None}


def images_to_pull(policy: str, wanted: t.Sequence[str], absent: t.Sequence[str]) -> list[str]:
    """What kubeadm's imagePullPolicy asks to pull: C(Always), C(IfNotPresent) or C(Never)."""
    return {"Always": list(wanted), "Never": []}.get(policy, list(absent))


__all__ = (
    "ImageTool",
    "absent_images",
    "full_name",
    "image_tool",
    "images_to_pull",
    "pull_image",
    "pull_images",
    "socket_path",
)
