# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CRI and what belongs to it: who answers, in which version, with which settings, and with which images."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images as images_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import pause_image
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import container_runtime
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check

MakeConfig = t.Callable[..., Config]
CONTAINERD, CRI_O, DOCKER = "/run/containerd/containerd.sock", "/var/run/crio/crio.sock", "/var/run/dockershim.sock"
RUNTIME: dict[str, t.Any] = {
    "name": "containerd",
    "version": "1.7.2",
    "apis": ["v1", "v1alpha2"],
    "not_ready": "",
    "tells_cgroup_driver": False,
    "cgroup_driver": "systemd",
    "sandbox_image": None,
    "images": [],
}


def _facts(path: str = CONTAINERD, error: str = "", **runtime: t.Any) -> dict[str, t.Any]:
    return {
        "path": path,
        "error": error,
        "no_interface": False,
        "installed": [],
        "docker": None,
        "runtime": None if error else {**RUNTIME, **runtime},
    }


def _docker(**more: t.Any) -> dict[str, t.Any]:
    engine = {"ServerVersion": "20.10.5", "CgroupDriver": "cgroupfs", "Driver": "overlay2", **more}
    return {**_facts("/var/run/docker.sock"), "runtime": None, "docker": engine}


def _one(checks: list[Check]) -> Check:
    [found] = checks
    return found


def test_what_is_asked(make_config: MakeConfig) -> None:
    """Breaks the look at the runtime: another socket than the kubelet's, or Docker where nobody uses it."""
    config = make_config("1.20.0", cri_socket=f"unix://{CONTAINERD}")
    assert container_runtime.question(config) == {"path": CONTAINERD, "docker": False, "images": images_of(config)}
    docker = container_runtime.question(make_config("1.20.0", cri_socket=DOCKER))
    assert (docker["path"], docker["docker"]) == ("/var/run/docker.sock", True)


@pytest.mark.parametrize(
    ("facts", "unit"),
    [
        (_facts(error="does not exist"), "containerd"),
        (_facts(CRI_O, "does not exist"), "crio"),
        (_facts("/run/cri-dockerd.sock", "does not exist"), "cri-docker.socket"),
        # The only runtime that is installed, and not the one of the default socket.
        ({**_facts(error="does not exist"), "installed": ["crio"]}, "crio"),
        ({**_facts(error="does not exist"), "installed": ["crio", "containerd"]}, "containerd"),
        ({**_facts(error="x"), "no_interface": True}, "disabled_plugins"),
    ],
)
def test_who_does_not_answer(make_config: MakeConfig, facts: dict[str, t.Any], unit: str) -> None:
    """Breaks the cure: it names the service behind the socket, or the one that is there."""
    found = _one(container_runtime.answers(make_config("1.31.0"), facts))
    assert (found.name, found.severity, found.passed) == ("CRI", "error", False)
    assert unit in found.cure


def test_who_answers(make_config: MakeConfig) -> None:
    """Breaks when a runtime passes whose network is not ready for images, or Docker does not."""
    config = make_config("1.31.0")
    assert _one(container_runtime.answers(config, _facts())).passed
    ill = _one(container_runtime.answers(config, _facts(not_ready="out of space")))
    assert (ill.passed, ill.found) == (False, "containerd 1.7.2 is not ready: out of space")
    docker = _one(container_runtime.answers(make_config("1.20.0", cri_socket=DOCKER), _docker()))
    assert (docker.passed, docker.found) == (True, "Docker 20.10.5")


@pytest.mark.parametrize(
    ("kubelet", "apis", "passed"),
    [
        ("v1.31.0", ["v1"], True),
        ("v1.31.0", ["v1alpha2"], False),
        ("v1.20.0", ["v1"], False),
        ("v1.24.0", ["v1alpha2"], True),
        # Where nobody knows the kubelet, that of the control plane's version counts.
        (None, ["v1alpha2"], False),
    ],
)
def test_a_version_in_common(make_config: MakeConfig, kubelet: str | None, apis: list[str], passed: bool) -> None:
    """Breaks the kubelet's start, which depends on the kubelet that is installed, not on the control plane."""
    config = make_config("1.31.0", facts={"kubelet_version": kubelet})
    assert _one(container_runtime.interface_version(config, _facts(apis=apis))).passed is passed
    assert container_runtime.interface_version(config, _facts(error="x")) == []


@pytest.mark.parametrize(
    ("version", "tells", "passed"), [("1.34.0", False, None), ("1.35.0", False, False), ("1.35.0", True, True)]
)
def test_the_call_that_later_kubelets_need(
    make_config: MakeConfig, version: str, tells: bool, passed: bool | None
) -> None:
    """Breaks the warning before the upgrade, or warns minors to which it means nothing."""
    found = container_runtime.runtime_config(make_config(version), _facts(tells_cgroup_driver=tells))
    assert [(item.severity, item.passed) for item in found] == ([] if passed is None else [("warning", passed)])


def test_cgroup_drivers(make_config: MakeConfig) -> None:
    """Breaks the most frequent fault of a fresh node: two drivers; a kubelet's flag wins over its configuration."""
    config = make_config("1.27.0", facts={"kubelet_version": "v1.27.0"})
    assert _one(container_runtime.cgroup_driver(config, _facts())).passed
    other = _one(container_runtime.cgroup_driver(config, _facts(cgroup_driver="cgroupfs")))
    assert (other.severity, other.passed, other.found) == (
        "warning",
        False,
        "the runtime uses cgroupfs, the kubelet systemd",
    )
    assert "SystemdCgroup = true" in other.cure
    assert (
        'cgroup_manager = "systemd"'
        in _one(container_runtime.cgroup_driver(config, _facts(CRI_O, cgroup_driver="cgroupfs"))).cure
    )
    flagged = {**_facts(cgroup_driver="cgroupfs"), "kubelet_flags": ["--cgroup-driver=cgroupfs"]}
    assert _one(container_runtime.cgroup_driver(config, flagged)).passed
    assert container_runtime.cgroup_driver(config, _facts(cgroup_driver=None)) == []
    later = make_config("1.31.0", facts={"kubelet_version": "v1.31.0"})
    told = _facts(cgroup_driver="cgroupfs", tells_cgroup_driver=True)
    assert container_runtime.cgroup_driver(later, told) == []
    assert not _one(container_runtime.cgroup_driver(config, told)).passed


def test_dockers_driver(make_config: MakeConfig) -> None:
    """Breaks Docker, with which the kubelet does not start on a difference, and the advice of 1.14 to 1.21."""
    tolerant = {"kubelet_configuration": {"cgroupDriver": "cgroupfs"}}
    config = make_config("1.20.0", cri_socket=DOCKER, **tolerant)
    assert _one(container_runtime.cgroup_driver(config, _docker())).passed
    wrong = _one(container_runtime.cgroup_driver(config, _docker(CgroupDriver="systemd")))
    assert (wrong.severity, wrong.passed, "daemon.json" in wrong.cure) == ("error", False, True)
    advice = _one(container_runtime.docker_uses_systemd(config, _docker()))
    assert (advice.severity, advice.passed) == ("warning", False)
    assert container_runtime.docker_uses_systemd(make_config("1.13.0", cri_socket=DOCKER), _docker()) == []
    assert container_runtime.docker_uses_systemd(make_config("1.20.0"), _facts()) == []


def test_the_image_of_the_sandbox(make_config: MakeConfig) -> None:
    """Breaks hosts without a registry: the runtime would pull an image of its own for each pod."""
    config = make_config("1.31.0")
    assert _one(container_runtime.sandbox_image(config, _facts(sandbox_image=pause_image(config)))).passed
    other = _one(container_runtime.sandbox_image(config, _facts(sandbox_image="r.example/pause:1")))
    assert (other.passed, other.found, other.wanted) == (False, "r.example/pause:1", pause_image(config))
    assert container_runtime.sandbox_image(config, _facts()) == []
    assert container_runtime.sandbox_image(make_config("1.26.0"), _facts(sandbox_image="r.example/pause:1")) == []


@pytest.mark.parametrize(
    ("variables", "present", "passed"),
    [
        ({}, False, True),
        ({"image_pull_policy": "Never"}, False, False),
        ({"image_pull_policy": "Never"}, True, True),
        ({"image_pull_policy": "Never", "image_archives": ["/srv/images.tar"]}, False, True),
    ],
)
def test_images(make_config: MakeConfig, variables: dict[str, t.Any], present: bool, passed: bool) -> None:
    """K2: breaks hosts that may not pull: an image that nobody brings is found before anything is changed."""
    config = make_config("1.31.0", **variables)
    found = _one(container_runtime.images(config, _facts(images=images_of(config) if present else [])))
    assert (found.name, found.passed) == ("ImagePull", passed)
    assert container_runtime.images(config, _facts(images=None)) == []
