# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the container runtime says of itself, over its socket."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import cri as _cri
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.grpc import (
    CallFailed,
    NotImplementedByServer,
)

_TIMEOUT = 3.0
PROGRAMS = {"containerd": "containerd", "crio": "crio", "dockerd": "docker"}


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(path): the socket. C(error): why nobody answers there, or empty. C(runtime): what it says of itself, or None.

    C(docker): what the Docker engine says, where it is asked. C(docker_images): those of the wanted images that it has, or None
    where it does not say. C(installed): units of the runtimes that are installed, whether they run or not. C(kubelet_flags): those
    of KUBELET_EXTRA_ARGS that set the cgroup driver.
    question: C(path), the socket. C(docker): whether it is Docker's own, and not one of the interface CRI. C(images): the wanted
    ones.
    """
    path, wanted = str(question["path"]), question["images"]
    facts: dict[str, t.Any] = {"path": path, "error": "", "no_interface": False, "runtime": None, "docker": None}
    facts["docker_images"] = None
    facts["kubelet_flags"] = _environment_flags(host)
    facts["installed"] = [unit for program, unit in PROGRAMS.items() if host.command(program)]
    if not host.exists(path):
        return dict(facts, error="does not exist")
    try:
        if question["docker"]:
            info = docker_engine.info(host.path(path), _TIMEOUT)
            facts["docker"] = {name: str(info.get(name, "")) for name in ("ServerVersion", "Driver", "CgroupDriver")}
            facts["docker_images"] = _docker_images(host.path(path), wanted)
        else:
            facts["runtime"] = _cri.ask(host.path(path), _TIMEOUT, wanted)._asdict()
    except CallFailed as error:
        facts.update(error=f"answers, but {error}", no_interface=isinstance(error, NotImplementedByServer))
    except OSError as error:
        facts["error"] = "does not answer ({})".format(error.strerror or "no answer in time")
    return facts


def _docker_images(path: str, wanted: t.Sequence[str]) -> list[str] | None:
    try:
        return [image for image in wanted if docker_engine.has_image(path, image, _TIMEOUT)]
    except (OSError, docker_engine.EngineError):
        return None


def _environment_flags(host: InspectedHost) -> list[str]:
    """Those of KUBELET_EXTRA_ARGS of the kubelet's package, which stand behind all other flags, that set the cgroup driver.

    The others are nobody's business here, and may be secret.
    """
    flags: list[str] = []
    for path in ("/etc/default/kubelet", "/etc/sysconfig/kubelet"):
        for line in host.lines(path):
            name, _equals, value = line.strip().partition("=")
            if name == "KUBELET_EXTRA_ARGS":
                flags += value.strip("\"'").split()
    return [flag for flag in flags if flag.startswith("--cgroup-driver=")]


__all__ = ("PROGRAMS", "gather")
