# SPDX-License-Identifier: GPL-3.0-or-later
"""Images from a real registry through the runtime's own configuration, and what is said where that fails.

No program on the node but containerd's own takes part: crictl is not there.
"""

from __future__ import annotations

import json
import re
import typing as t

import pytest
from finished_node import eventually
from registry_node import IMAGES, Registry, Run, blank, configure, on_node, play, present

pytestmark = pytest.mark.usefixtures("empty")
ARCHIVE = "/var/tmp/images.tar"


def _assert_pulled(run: Run, repository: str) -> None:
    assert run.code == 0, run.output
    assert run.changed == 1
    assert len(run.told) == IMAGES
    assert all(line.startswith(f"pulled {repository}/") for line in run.told)
    assert len([image for image in present() if image.startswith(repository + "/")]) == IMAGES


def _executions(run: Run) -> int:
    return run.output.count("modules/image_ensure.py")


def test_plain_http_and_a_path(registry: Registry) -> None:
    """Breaks a registry without TLS, a repository with a path, a second run, or its one trip to the host."""
    configure(registry.plain, f"http://{registry.plain}")
    variables = {"kubewright_image_repository": f"{registry.plain}/kube"}
    check = play(variables, "--check", "--diff")
    assert (check.code, check.changed, present()) == (0, 1, [])
    assert [line.partition(f"{registry.plain}/kube/")[0] for line in check.told] == ["would pull "] * IMAGES
    _assert_pulled(play(variables), f"{registry.plain}/kube")
    second = play(variables, "-vvv")
    assert (second.code, second.changed, second.told, _executions(second)) == (0, 0, [], 1)


def test_tls_with_an_own_authority_and_credentials(registry: Registry) -> None:
    """Breaks a private registry that is set up in the usual way: config_path and certs.d."""
    configure(registry.tls, f"https://{registry.tls}", registry, ca=True, user=True)
    _assert_pulled(play({"kubewright_image_repository": f"{registry.tls}/kube"}), f"{registry.tls}/kube")


def test_a_mirror_in_place_of_the_default_registry(registry: Registry) -> None:
    """Breaks a mirror: the images keep their names, and CoreDNS's longer path."""
    configure("registry.k8s.io", f"https://{registry.tls}", registry, ca=True, user=True)
    _assert_pulled(play({}), "registry.k8s.io")
    assert [image for image in present() if image.startswith("registry.k8s.io/coredns/coredns:")]


@pytest.mark.parametrize(
    ("ca", "user", "reason", "cure"),
    [
        (False, True, "x509: certificate signed by unknown authority", "trust the registry's CA"),
        # containerd 2 and 1.6, each in its own words.
        (True, False, "authorization failed|401 Unauthorized", "the registry's credentials"),
    ],
)
def test_what_the_runtime_is_not_told(registry: Registry, ca: bool, user: bool, reason: str, cure: str) -> None:
    """Breaks the registry's words, or what to do about them; all images are named at once."""
    configure(registry.tls, f"https://{registry.tls}", registry, ca=ca, user=user)
    run = play({"kubewright_image_repository": f"{registry.tls}/kube"})
    assert run.code != 0
    assert re.search(reason, run.message)
    assert run.message.count(cure) == 1
    assert run.message.count(f"; {registry.tls}/kube/") == IMAGES - 1
    assert registry.user.split(":")[1] not in run.output
    assert present() == []


def test_plain_http_that_the_runtime_does_not_expect(registry: Registry) -> None:
    """Breaks the cure for the commonest mistake."""
    configure(registry.plain, f"https://{registry.plain}")
    run = play({"kubewright_image_repository": f"{registry.plain}/kube"})
    assert run.code != 0
    assert "plain HTTP" in run.message.partition("HTTP response to HTTPS client")[2]


def test_a_tag_that_the_registry_lacks(registry: Registry) -> None:
    """Breaks when one missing image hides the rest, or is not named with the cure."""
    configure(registry.plain, f"http://{registry.plain}")
    variables = {"kubewright_image_repository": f"{registry.plain}/kube", "kubewright_etcd_image_tag": "0.0.0"}
    run = play(variables)
    assert run.code != 0
    assert f"{registry.plain}/kube/etcd:0.0.0: " in run.message
    assert "not found" in run.message
    assert "the registry does not have the image" in run.message
    assert f"; {registry.plain}/kube/" not in run.message
    assert len(present()) == IMAGES - 1
    waived = play({**variables, "kubewright_ignore_preflight_errors": ["ImagePull"]})
    assert waived.code == 0
    assert "waived error ImagePull" in waived.output


def test_a_registry_that_is_not_there(registry: Registry) -> None:
    """Breaks the message where nobody listens."""
    nobody = registry.plain.replace(":5580", ":5581")
    run = play({"kubewright_image_repository": nobody})
    assert run.code != 0
    assert "connection refused" in run.message
    assert "a registry that the host reaches" in run.message
    assert run.message.count(f"; {nobody}/") == IMAGES - 1


def test_a_registry_that_stalls(registry: Registry) -> None:
    """Breaks the end of a run: the first image ends at its time limit, the others are not waited for."""
    run = play({"kubewright_image_repository": registry.stall, "kubewright_image_pull_timeout": "5s"})
    assert run.code != 0
    assert "the pull has not ended within 5 s (kubewright_image_pull_timeout)" in run.message
    assert run.message.count("not tried") == IMAGES - 1
    assert run.seconds < 60


def test_side_by_side(registry: Registry) -> None:
    """Breaks imagePullSerial: false."""
    configure(registry.plain, f"http://{registry.plain}")
    variables = {"kubewright_image_repository": f"{registry.plain}/kube", "kubewright_image_pull_serial": False}
    run = play(variables, "-vvv")
    _assert_pulled(run, f"{registry.plain}/kube")
    assert _executions(run) == 2


def test_policies(registry: Registry) -> None:
    """Breaks imagePullPolicy: Never asks no registry, and Always asks it for what is there, without a change."""
    configure(registry.plain, f"http://{registry.plain}")
    variables = {"kubewright_image_repository": f"{registry.plain}/kube"}
    never = play({**variables, "kubewright_image_pull_policy": "Never"})
    assert (never.code, never.changed, never.told, present()) == (0, 0, [], [])
    _assert_pulled(play(variables), f"{registry.plain}/kube")
    log = registry.folder / "plain.log"
    before = log.stat().st_size
    always = play({**variables, "kubewright_image_pull_policy": "Always"})
    assert (always.code, always.changed, len(always.told)) == (0, 0, IMAGES)
    asked = log.read_text(encoding="utf-8", errors="replace")[before:]
    assert "/v2/kube/pause/manifests/" in asked


@pytest.fixture
def archive(registry: Registry) -> t.Iterator[str]:
    """An archive of all images by their default names; no registry is known any more."""
    configure("registry.k8s.io", f"https://{registry.tls}", registry, ca=True, user=True)
    assert play({}).code == 0
    # Without the names of digests, which are images of their own.
    on_node(f"ctr -n k8s.io images export --platform linux/amd64 {ARCHIVE} {' '.join(present())}")
    blank()
    yield ARCHIVE
    on_node(f"rm -f {ARCHIVE}")


def test_archives(archive: str) -> None:
    """Breaks hosts without a registry: images come from the archive, once, and check mode only says so."""
    variables = {"kubewright_image_archives": [archive]}
    check = play(variables, "--check")
    assert (check.code, check.changed, present()) == (0, 1, [])
    assert check.told[0] == f"would import {archive}"
    run = play(variables)
    assert (run.code, run.changed, run.told) == (0, 1, [f"imported {archive}"]), run.output
    assert len(present()) == IMAGES
    second = play(variables, "-vvv")
    assert (second.code, second.changed, second.told, _executions(second)) == (0, 0, [], 1)


def test_archives_that_cannot_be_imported() -> None:
    """Breaks the reason: each archive is named, and no registry is waited for."""
    on_node("head -c 100000 /dev/urandom >/var/tmp/damaged.tar")
    variables = {"kubewright_image_archives": ["/var/tmp/damaged.tar", "/var/tmp/absent.tar"]}
    run = play(variables)
    assert run.code != 0
    assert "/var/tmp/absent.tar: No such file or directory" in run.message
    assert "/var/tmp/damaged.tar: ctr: " in run.message
    assert "cannot be pulled" not in run.message


def test_a_runtime_that_is_not_there() -> None:
    """Breaks the message where containerd does not run."""
    on_node("systemctl stop containerd")
    try:
        # Without a socket the runtime is not found out, so it is named.
        run = play({"kubewright_cri_socket": "unix:///run/containerd/containerd.sock"})
    finally:
        on_node(
            "systemctl start containerd; for i in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done"
        )
    assert run.code != 0
    assert "/run/containerd/containerd.sock" in run.message
    assert "Start it" in run.message


def test_a_whole_control_plane_from_the_mirror(registry: Registry) -> None:
    """Breaks init: preflight, images and what the kubelet starts have to agree on the images' names."""
    configure("registry.k8s.io", f"https://{registry.tls}", registry, ca=True, user=True)
    run = play({}, playbook="playbooks/init-control-plane.yml")
    assert run.code == 0, run.output
    expected = {f"{name}-{_node_name()}" for name in ("etcd", "kube-apiserver", "kube-scheduler")}
    # The API server is told of them some seconds after they have been started.
    eventually(lambda: expected <= _running_pods(), f"{sorted(expected)} are running")
    second = play({}, playbook="playbooks/init-control-plane.yml")
    assert (second.code, second.changed, second.told) == (0, 0, [])


def _running_pods() -> set[str]:
    answer = on_node("kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get pods -o json")
    return {pod["metadata"]["name"] for pod in json.loads(answer)["items"] if pod["status"]["phase"] == "Running"}


def _node_name() -> str:
    return on_node("hostname").strip().lower()
