# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that join a cluster by the real kubeadm."""

from __future__ import annotations

import os
import pathlib
import subprocess
import typing as t

from finished_node import Node, eventually

MINOR = int(os.environ["KUBERNETES_VERSION"].split(".")[1])
# What kubeadm says of a node in a container, whatever the cluster: its kernel's cgroups, and, where there is no image of
# CoreDNS or no crictl, those.
IGNORED = "--ignore-preflight-errors=SystemVerification,ImagePull,FileExisting-crictl"
# kubeadm before 1.24 looks for Docker first.
OPTIONS = [IGNORED] if MINOR >= 24 else [IGNORED, "--cri-socket", "/run/containerd/containerd.sock"]
READY = "'{.status.conditions[?(@.type==\"Ready\")].status}'"


def give_kubeadm(binaries: pathlib.Path, name: str) -> None:
    """Puts the real kubeadm on a node."""
    subprocess.run(["docker", "cp", str(binaries / "kubeadm"), f"{name}:/usr/local/bin/kubeadm"], check=True)


def kubeadm_on(name: str, arguments: t.Sequence[str]) -> str:
    """The output of the real kubeadm on a node, which must succeed."""
    command = ["docker", "exec", name, "kubeadm", *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


def is_ready(control_plane: Node, name: str) -> bool:
    """Whether a node is Ready."""
    return control_plane.kubectl(f"get node {name} --ignore-not-found -o jsonpath={READY}") == "True"


def join_worker(control_plane: Node, name: str, command: t.Sequence[str]) -> None:
    """Joins a worker by the command that was printed, and waits until it is Ready."""
    kubeadm_on(name, [*command[1:], *OPTIONS])
    eventually(lambda: is_ready(control_plane, name), f"{name} is Ready")


def join_control_plane(control_plane: Node, name: str, command: t.Sequence[str]) -> None:
    """Joins a control plane by the command that was printed, and waits until it is Ready."""
    arguments = [*command[1:], *OPTIONS]
    if MINOR >= 24:
        kubeadm_on(name, arguments)
    else:
        # The kubelet of 1.20 turns etcd away for good while it does not know yet how large the disk is.
        kubeadm_on(name, [*arguments, "--skip-phases", "preflight,control-plane-join"])
        size = f"get node {name} -o jsonpath={{.status.capacity.ephemeral-storage}} || true"
        eventually(lambda: control_plane.kubectl(size), f"{name} knows its disk")
        kubeadm_on(name, ["join", "phase", "control-plane-join", "all", "--control-plane"])
    eventually(lambda: is_ready(control_plane, name), f"{name} is Ready")


__all__ = ("IGNORED", "MINOR", "OPTIONS", "give_kubeadm", "is_ready", "join_control_plane", "join_worker", "kubeadm_on")
