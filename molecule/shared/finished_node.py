# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of finished control planes share."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import time
import typing as t

import pytest

PROJECT = pathlib.Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
INVENTORY = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "inventory"
ADMIN = "/etc/kubernetes/admin.conf"


def eventually(check: t.Callable[[], t.Any], what: str, seconds: float = 180.0) -> t.Any:
    """The first true answer of a check; fails with the last answer when the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(1)


class Node:
    """A control plane node, as root."""

    def __init__(self, host: t.Any) -> None:
        self.host = host
        self.name: str = host.backend.get_hostname()
        self.variables: dict[str, t.Any] = host.ansible.get_variables()

    def run(self, command: str) -> str:
        """The output of a command that must succeed."""
        with self.host.sudo():
            answer = self.host.run(command)
        assert answer.rc == 0, f"{command}: {answer.stdout}{answer.stderr}"
        return answer.stdout

    def code(self, command: str) -> int:
        """The exit code of a command."""
        with self.host.sudo():
            return self.host.run(command).rc

    def kubectl(self, arguments: str, kubeconfig: str = ADMIN) -> str:
        """The output of kubectl."""
        return self.run(f"kubectl --kubeconfig {kubeconfig} {arguments}").strip()

    def variable(self, name: str, default: t.Any) -> t.Any:
        """A variable of the scenario."""
        return self.variables.get(f"kubewright_{name}", default)


@pytest.fixture
def node(host: t.Any) -> Node:
    """The control plane node under test."""
    return Node(host)


@pytest.fixture(scope="session")
def kubernetes_binaries() -> pathlib.Path:
    """The folder with the real kubeadm."""
    script = PROJECT / "tests/environment/kubernetes.sh"
    return pathlib.Path(subprocess.run([script], check=True, capture_output=True, text=True).stdout.strip())


@pytest.fixture
def kubeadm(node: Node, kubernetes_binaries: pathlib.Path) -> t.Iterator[str]:
    """The path of the real kubeadm on the node, there for one test only."""
    path = "/root/kubeadm"
    subprocess.run(["docker", "cp", str(kubernetes_binaries / "kubeadm"), f"{node.name}:{path}"], check=True)
    yield path
    node.run(f"rm {path}")


def run_playbook(*options: str, name: str = "init-control-plane.yml") -> str:
    """The output of a run of a playbook that must succeed."""
    playbook = PROJECT / "playbooks" / name
    command = ["ansible-playbook", str(playbook), "-i", str(INVENTORY), *options]
    without_colours = {**os.environ, "ANSIBLE_FORCE_COLOR": "0", "ANSIBLE_NOCOLOR": "1"}
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=without_colours, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


def executed_modules(output: str) -> list[str]:
    """The names of the modules that were executed on hosts, by what a run printed with -vvv."""
    return re.findall(r"Using module file \S+/(\w+)\.py", output)


@pytest.fixture(scope="session")
def second_run() -> str:
    """The output of running the playbook once more, as a user sees it with -vvv."""
    return run_playbook("-vvv", "--diff")
