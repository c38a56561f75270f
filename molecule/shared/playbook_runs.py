# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the playbook on the node of a scenario: what they print, change and plan."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import typing as t

import pytest
from run_output import Row, changed_tasks, environment, failed_message, rows

PROJECT = pathlib.Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
INVENTORY = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "inventory"
NODE = os.environ["MOLECULE_SCENARIO_NAME"] + "-cp1"


class Run(t.NamedTuple):
    """A finished run of the playbook. message: the failed task's, in one piece. changed: from the recap.

    rows: what changed, or would with --check.
    """

    code: int
    output: str
    message: str
    changed: int
    rows: list[Row]

    def shown(self) -> str:
        """What is told of a run that went otherwise than a test expects: the cause first, where only a line of it is seen."""
        return f"{self.message}\n{self.output[-5000:]}"


def on_node(command: str) -> str:
    """The output of a command on the node, as root, that must succeed."""
    answer = subprocess.run(
        ["docker", "exec", NODE, "bash", "-c", command], check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    return answer.stdout


def _environment() -> dict[str, str]:
    return {**environment(), "ANSIBLE_CALLBACKS_ENABLED": "kubewright.control_plane.plan"}


def command_line(variables: dict[str, t.Any], *options: str, playbook: str = "init-control-plane.yml") -> list[str]:
    """How a playbook is run with extra variables."""
    path = str(PROJECT / "playbooks" / playbook)
    return ["ansible-playbook", path, "-i", str(INVENTORY), "-e", json.dumps(variables), *options]


def play(variables: dict[str, t.Any], *options: str, playbook: str = "init-control-plane.yml") -> Run:
    """Runs a playbook with extra variables."""
    command = command_line(variables, *options, playbook=playbook)
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=_environment(), check=False)
    output = answer.stdout + answer.stderr
    return Run(answer.returncode, output, failed_message(output), changed_tasks(output), rows(output))


@pytest.fixture(scope="session")
def state() -> t.Callable[[], str]:
    """What a run may change on the node, to compare before and after."""
    folders = "/etc/kubernetes /var/lib/kubelet /var/lib/etcd /var/log/kubernetes"
    return lambda: on_node(f"find {folders} -printf '%p %m %s %T@\\n' 2>/dev/null | sort; true")
