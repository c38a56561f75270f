# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the playbook that go wrong, and the one that mends them."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import typing as t

import pytest
from run_output import changed_tasks, environment, failed_message

PROJECT = pathlib.Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
INVENTORY = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "inventory"
NODE = "failure-cp1"


class Run(t.NamedTuple):
    """A finished run of the playbook. message: the failed task's, in one piece. changed: from the recap."""

    code: int
    output: str
    message: str
    changed: int


def on_node(command: str) -> str:
    """The output of a command on the node, as root."""
    return subprocess.run(
        ["docker", "exec", NODE, "bash", "-c", command], check=True, capture_output=True, text=True
    ).stdout


def play(variables: dict[str, t.Any], *options: str, playbook: str = "init-control-plane.yml") -> Run:
    """Runs a playbook with extra variables."""
    path = str(PROJECT / "playbooks" / playbook)
    command = ["ansible-playbook", path, "-i", str(INVENTORY), "-e", json.dumps(variables), *options]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=environment(), check=False)
    output = answer.stdout + answer.stderr
    return Run(answer.returncode, output, failed_message(output), changed_tasks(output))


@pytest.fixture(scope="session")
def state() -> t.Callable[[], str]:
    """What a run may change on the node, to compare before and after."""
    folders = "/etc/kubernetes /var/lib/kubelet /var/lib/etcd /var/log/kubernetes"
    return lambda: on_node(f"find {folders} -printf '%p %m %s %T@\\n' 2>/dev/null | sort; true")
