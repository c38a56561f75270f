# SPDX-License-Identifier: GPL-3.0-or-later
"""Images by the Docker engine, from the same registry, and a control plane on it (Kubernetes 1.20)."""

from __future__ import annotations

import base64
import functools
import json
import subprocess
import typing as t

import pytest
import registry_node
from registry_node import DOCKER_NODE, Registry, Run

# CoreDNS is not to be had for this version (container-images.sh), and is waived in the node's variables.
IMAGES = 6
on_node = functools.partial(registry_node.on_node, node=DOCKER_NODE)
play = functools.partial(registry_node.play, inventory="docker-inventory")


def present() -> list[str]:
    """The names of the images that the engine has."""
    return sorted(on_node("docker images --format '{{.Repository}}:{{.Tag}}'").split())


def trust(registry: Registry) -> None:
    """Tells the engine the authority of a registry, as its documentation says."""
    folder = f"/etc/docker/certs.d/{registry.tls}"
    on_node(f"mkdir -p {folder}; cat >{folder}/ca.crt", (registry.folder / "ca.crt").read_bytes())


def log_in(registry: Registry) -> None:
    """What docker login leaves behind for root."""
    login = {"auths": {registry.tls: {"auth": base64.b64encode(registry.user.encode()).decode()}}}
    on_node("mkdir -p -m 0700 /root/.docker; cat >/root/.docker/config.json", json.dumps(login).encode())


def variables(repository: str, **more: t.Any) -> dict[str, t.Any]:
    """The variables of a run whose images are in a repository."""
    return {"kubewright_image_repository": repository, **more}


@pytest.fixture
def empty_engine() -> None:
    """An engine without images, authorities and credentials."""
    on_node("rm -rf /etc/docker/certs.d /root/.docker; docker images -q | sort -u | xargs -r docker rmi -f >/dev/null")


def _pulled(run: Run) -> list[str]:
    return [line for line in run.told if line.startswith("pulled ")]


@pytest.mark.usefixtures("empty_engine")
def test_tls_with_an_own_authority_and_credentials(registry: Registry) -> None:
    """Breaks a private registry that is set up for Docker in the usual way, or the second run."""
    trust(registry)
    log_in(registry)
    run = play(variables(f"{registry.tls}/kube"))
    assert run.code == 0, run.output
    assert (run.changed, len(_pulled(run))) == (1, IMAGES)
    assert len([image for image in present() if image.startswith(f"{registry.tls}/kube/")]) == IMAGES
    assert registry.user.split(":")[1] not in run.output
    second = play(variables(f"{registry.tls}/kube"))
    assert (second.code, second.changed, _pulled(second)) == (0, 0, [])


@pytest.mark.parametrize(
    ("ca", "user", "reason", "cure"),
    [
        (False, True, "x509: certificate signed by unknown authority", "trust the registry's CA"),
        (True, False, "no basic auth credentials", "the registry's credentials"),
    ],
)
@pytest.mark.usefixtures("empty_engine")
def test_what_the_engine_is_not_told(registry: Registry, ca: bool, user: bool, reason: str, cure: str) -> None:
    """Breaks the engine's words, or what to do about them."""
    if ca:
        trust(registry)
    if user:
        log_in(registry)
    run = play(variables(f"{registry.tls}/kube", kubewright_ignore_preflight_errors=[]))
    assert run.code != 0
    assert reason in run.message
    assert run.message.count(cure) == 1
    assert registry.user.split(":")[1] not in run.output
    assert present() == []


@pytest.mark.usefixtures("empty_engine")
def test_a_tag_that_the_registry_lacks(registry: Registry) -> None:
    """Breaks when one missing image hides the rest, or is not named with the cure."""
    trust(registry)
    log_in(registry)
    run = play(variables(f"{registry.tls}/kube", kubewright_ignore_preflight_errors=[]))
    assert run.code != 0
    assert f"{registry.tls}/kube/coredns:1.7.0: " in run.message
    assert "the registry does not have the image" in run.message
    assert len(present()) == IMAGES


@pytest.mark.usefixtures("empty_engine")
def test_a_registry_that_stalls(registry: Registry) -> None:
    """Breaks the end of a run: the first image ends at its time limit, the others are not waited for."""
    run = play(variables(registry.stall, kubewright_image_pull_timeout="5s", kubewright_ignore_preflight_errors=[]))
    assert run.code != 0
    assert "the pull has not ended within 5 s (kubewright_image_pull_timeout)" in run.message
    assert run.seconds < 60


@pytest.mark.usefixtures("empty_engine")
def test_archives(registry: Registry) -> None:
    """Breaks hosts without a registry: the engine takes the images of an archive, once."""
    archive = (registry.folder / "docker-archive").read_text(encoding="ascii")
    subprocess.run(["docker", "cp", archive, f"{DOCKER_NODE}:/var/tmp/images.tar"], check=True, capture_output=True)
    given = {"kubewright_image_archives": ["/var/tmp/images.tar"]}
    run = play(given)
    assert run.code == 0, run.output
    assert "imported /var/tmp/images.tar" in run.told
    assert len([image for image in present() if image.startswith("k8s.gcr.io/")]) == IMAGES


@pytest.mark.usefixtures("empty_engine")
def test_a_whole_control_plane_on_docker(registry: Registry) -> None:
    """Breaks init with the kubelet's own Docker support: sockets, flags, cgroup driver, and what a second run finds."""
    trust(registry)
    log_in(registry)
    given = variables(f"{registry.tls}/kube")
    run = play(given, playbook="playbooks/init-control-plane.yml")
    assert run.code == 0, run.output
    runtime = "-o jsonpath='{.status.nodeInfo.containerRuntimeVersion}'"
    node = f"kubectl --kubeconfig /etc/kubernetes/admin.conf get node {DOCKER_NODE} {runtime}"
    assert on_node(node).startswith("docker://")
    assert "kube-apiserver" in on_node("docker ps --format '{{.Names}}'")
    second = play(given, playbook="playbooks/init-control-plane.yml")
    assert (second.code, second.changed) == (0, 0), second.output
