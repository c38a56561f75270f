# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the Kubernetes versions that run for real, and the Go modules that it stands for."""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest

ENVIRONMENT = pathlib.Path(__file__).resolve().parents[2] / "environment"
MODULES = ENVIRONMENT / "modules"
TABLE = [
    line.split()
    for line in (ENVIRONMENT / "versions.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
BUILT = [row for row in TABLE if row[2] == "module"]


def _chosen(**environment: str) -> subprocess.CompletedProcess[str]:
    script = f'. {ENVIRONMENT}/common.sh; echo "$KUBERNETES_VERSION $NODE_DEBIAN $NODE_CONTAINERD"'
    given = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **environment}
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=given, check=False)


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row[0])
def test_module_has_the_version_of_the_table(row: list[str]) -> None:
    """Breaks when the table and the module name different patch releases, or the staging modules are of another."""
    text = (MODULES / f"kubernetes-{row[0]}/go.mod").read_text(encoding="utf-8")
    assert re.search(rf"^(?:require |\t)k8s\.io/kubernetes {re.escape(row[1])}$", text, re.MULTILINE)
    staging = set(re.findall(r"^\t(?:replace )?k8s\.io/\S+ => k8s\.io/\S+ (v0\S+)$", text, re.MULTILINE))
    assert staging == {row[1].replace("v1.", "v0.", 1)}


def test_every_module_of_kubernetes_is_in_the_table() -> None:
    """Breaks when a folder is added without its row, so that nothing ever runs it."""
    folders = {path.name.removeprefix("kubernetes-") for path in MODULES.glob("kubernetes-*")}
    assert folders == {row[0] for row in BUILT}


@pytest.mark.parametrize("name", [row[0] for row in BUILT])
def test_every_program_is_built(name: str) -> None:
    """Breaks when a module lacks a program that a node or the comparison with kubeadm needs."""
    text = (MODULES / f"kubernetes-{name}/tools.go").read_text(encoding="utf-8")
    programs = set(re.findall(r'_ "k8s\.io/kubernetes/cmd/([a-z-]+)"', text))
    control_plane = {"kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler"}
    assert programs == control_plane | {"kubeadm", "kubectl", "kubelet"}


@pytest.mark.parametrize("spelling", ["1.34", "v1.34", "1.34.4", "v1.34.4"])
def test_version_can_be_chosen(spelling: str) -> None:
    """Breaks when KUBERNETES does not take a version as people write it."""
    assert _chosen(KUBERNETES=spelling).stdout.split()[0] == "v1.34.4"


def test_newest_version_is_the_default() -> None:
    """Breaks when the rows are not in their order, or another than the last is taken."""
    assert [tuple(map(int, row[0].split("."))) for row in TABLE] == sorted(
        tuple(map(int, row[0].split("."))) for row in TABLE
    )
    assert _chosen().stdout.split() == TABLE[-1][1:2] + TABLE[-1][3:5]


def test_system_can_be_chosen() -> None:
    """Breaks when a scenario cannot have nodes of another system, or with another containerd."""
    answer = _chosen(NODE_DEBIAN="bookworm", NODE_CONTAINERD="debian")
    assert answer.stdout.split() == [TABLE[-1][1], "bookworm", "debian"]


def test_unknown_version_is_refused() -> None:
    """Breaks when a misspelt version quietly gives the newest."""
    answer = _chosen(KUBERNETES="1.99")
    assert answer.returncode != 0
    assert "KUBERNETES is '1.99'; allowed: 1.20 1.34" in answer.stderr
