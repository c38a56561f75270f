# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker that joins with the command that the playbook prints."""

from __future__ import annotations

import pathlib
import re
import shlex
import subprocess

from finished_node import Node, eventually

WORKER = "default-worker1"


def test_worker_joins_by_kubeadm(node: Node, second_run: str, kubernetes_binaries: pathlib.Path) -> None:
    """Breaks when the printed command, the token, its rules, cluster-info or the uploaded configuration are wrong."""
    printed = re.search(r'"(kubeadm join [^"]+)"', second_run)
    assert printed is not None
    subprocess.run(
        ["docker", "cp", str(kubernetes_binaries / "kubeadm"), f"{WORKER}:/usr/local/bin/kubeadm"], check=True
    )
    # Without crictl, which kubeadm looks for and does not need to join.
    command = [*shlex.split(printed.group(1)), "--ignore-preflight-errors=FileExisting-crictl"]
    command += ["--cri-socket", "/run/containerd/containerd.sock"]
    answer = subprocess.run(["docker", "exec", WORKER, *command], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    path = "'{.status.conditions[?(@.type==\"Ready\")].status}'"
    eventually(lambda: node.kubectl(f"get node {WORKER} -o jsonpath={path}") == "True", "the worker is Ready")
