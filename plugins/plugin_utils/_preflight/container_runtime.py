# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""CRI and what belongs to it: the runtime answers, in the kubelet's version of the interface, with the kubelet's settings."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.container_runtime import PROGRAMS
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import docker as docker_engine
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime.runtime import socket_path
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images as images_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import pause_image
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubelet import (
    kubelet_arguments,
    kubelet_configuration,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release

_CRI_DISABLED = 'Take "cri" out of disabled_plugins in /etc/containerd/config.toml, then systemctl restart containerd.'


def question(config: Config) -> dict[str, t.Any]:
    """C(path): the socket. C(docker): whether the kubelet talks to Docker. C(images): those that init needs."""
    path = docker_engine.SOCKET if config.uses_docker else socket_path(config.cri_socket)
    return {"path": path, "docker": config.uses_docker, "images": images_of(config)}


def _unit(path: str) -> str:
    """The unit behind a socket, by the socket's name."""
    if "cri-dockerd" in path:
        return "cri-docker.socket"
    return "crio" if "crio" in path else "containerd"


def answers(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The runtime's socket is there, somebody answers, and says that it is ready."""
    runtime, docker = facts["runtime"], facts["docker"]
    unit = "docker" if config.uses_docker else _unit(facts["path"])
    if unit in PROGRAMS.values() and unit not in facts["installed"] and len(facts["installed"]) == 1:
        # The socket is the minor's default where no runtime runs, and that need not be the one that is installed.
        unit = facts["installed"][0]
    cure = f"Start the container runtime (systemctl enable --now {unit}), or set kubewright_cri_socket to its socket."
    if facts["error"]:
        found = "{} {}".format(facts["path"], facts["error"])
        cure = _CRI_DISABLED if facts["no_interface"] and "containerd" in facts["path"] else cure
    elif docker:
        found = "Docker {}".format(docker["ServerVersion"])
    else:
        found = "{name} {version}".format(**runtime)
        if runtime["not_ready"]:
            found, cure = f"{found} is not ready: {runtime['not_ready']}", f"See 'journalctl -u {unit}' on the host."
    passed = not facts["error"] and not (runtime and runtime["not_ready"])
    return [Check("CRI", ERROR, passed, found, "a container runtime that answers", cure)]


def _kubelet_release(config: Config) -> Release:
    """What the kubelet that is installed does; that of the control plane's version where it is not known."""
    try:
        return Release(config.node["kubelet_version"] or config.version)
    except KubewrightError:
        return config.release


def interface_version(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The kubelet and the runtime have a version of the interface in common; without one the kubelet does not start."""
    runtime = facts["runtime"]
    if runtime is None:
        return []
    wanted = _kubelet_release(config).kubelet_cri_apis
    common = [api for api in wanted if api in runtime["apis"]]
    found = "{} {} serves {}".format(runtime["name"], runtime["version"], " and ".join(runtime["apis"]))
    cure = "Install a version of the container runtime that serves the interface which this kubelet speaks."
    return [Check("CRIVersion", ERROR, bool(common), found, "{} for the kubelet".format(" or ".join(wanted)), cure)]


def runtime_config(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Since 1.35: the runtime tells the kubelet its cgroup driver, which a later kubelet insists on."""
    runtime = facts["runtime"]
    if not config.release.preflight_runtime_config or runtime is None:
        return []
    told = runtime["tells_cgroup_driver"]
    found = "{} {} {} RuntimeConfig".format(runtime["name"], runtime["version"], "has" if told else "does not have")
    cure = "Before the next upgrades, install containerd 2.0 or later, or CRI-O 1.28 or later."
    return [Check("ContainerRuntimeVersion", WARNING, told, found, "a runtime with the call RuntimeConfig", cure)]


def _kubelet_driver(config: Config, flags: t.Sequence[str]) -> str:
    driver = str(kubelet_configuration(config).get("cgroupDriver") or "cgroupfs")
    for argument in [*kubelet_arguments(config), *flags]:
        name, _equals, value = argument.partition("=")
        driver = value if name == "--cgroup-driver" else driver
    return driver


def cgroup_driver(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """The runtime's cgroup driver is the kubelet's. With Docker the kubelet refuses to start on a difference."""
    runtime, docker = facts["runtime"], facts["docker"]
    found = docker["CgroupDriver"] if docker else (runtime or {}).get("cgroup_driver")
    follows = runtime and runtime["tells_cgroup_driver"] and _kubelet_release(config).kubelet_follows_cgroup_driver
    if not found or follows:
        return []
    wanted = _kubelet_driver(config, facts.get("kubelet_flags", ()))
    if docker:
        change = f'"exec-opts": ["native.cgroupdriver={wanted}"] in /etc/docker/daemon.json'
    else:
        change = "SystemdCgroup = {} for runc in /etc/containerd/config.toml".format(str(wanted == "systemd").lower())
        change = f'cgroup_manager = "{wanted}" in /etc/crio/crio.conf' if "crio" in facts["path"] else change
    cure = f"Set {change} and restart the runtime, or cgroupDriver: {found} in kubewright_kubelet_configuration."
    severity = ERROR if docker else WARNING
    text = f"the runtime uses {found}, the kubelet {wanted}"
    return [Check("CgroupDriver", severity, found == wanted, text, "the same cgroup driver in both", cure)]


def docker_uses_systemd(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """1.14 to 1.21: Docker's cgroup driver is systemd."""
    docker = facts["docker"]
    if not config.release.preflight_docker_systemd or not docker:
        return []
    cure = 'Set "exec-opts": ["native.cgroupdriver=systemd"] in /etc/docker/daemon.json, then systemctl restart docker.'
    found = docker["CgroupDriver"]
    return [Check("IsDockerSystemdCheck", WARNING, found == "systemd", found, "the cgroup driver systemd", cure)]


def sandbox_image(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Since 1.27: the runtime's image of the pod sandbox is the one that this version is tested with."""
    found = (facts["runtime"] or {}).get("sandbox_image")
    if not config.release.preflight_sandbox_image or not found:
        return []
    wanted = pause_image(config)
    cure = f"Set the runtime's sandbox image to {wanted} (containerd: sandbox_image or sandbox in /etc/containerd/config.toml)."
    return [Check("SandboxImage", WARNING, found == wanted, found, wanted, cure)]


def images(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """What the pulling of images will have to do; with neither pulling nor archives, an absent image is an error."""
    present = facts.get("docker_images") if facts["docker"] else (facts["runtime"] or {}).get("images")
    if present is None:
        return []
    absent = [image for image in images_of(config) if image not in present]
    never = config.init["nodeRegistration"]["imagePullPolicy"] == "Never"
    archives = bool(config.data.get("imageArchives"))
    found, ways = "all images are there", []
    if absent:
        ways = [way for way, taken in (("imports", archives), ("pulls", not never)) if taken]
        found = "absent{}: {}".format(f", init {' or '.join(ways)} them" if ways else "", ", ".join(absent))
    cure = "Import the images (kubewright_image_archives), or set kubewright_image_pull_policy to IfNotPresent."
    return [Check("ImagePull", ERROR, not absent or bool(ways), found, "images that are there or may be pulled", cure)]


__all__ = (
    "answers",
    "cgroup_driver",
    "docker_uses_systemd",
    "images",
    "interface_version",
    "question",
    "runtime_config",
    "sandbox_image",
)
