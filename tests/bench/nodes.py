# SPDX-License-Identifier: GPL-3.0-or-later
"""The test nodes and hosts that are measured, by the scripts of tests/environment/."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import typing as t

import yaml
from bench.measured import Failed

PROJECT = pathlib.Path(__file__).resolve().parents[2]


def script(name: str, *arguments: str, minor: str = "") -> str:
    """The output of a script of tests/environment/. Raises Failed. minor: of Kubernetes, the newest by default."""
    return _output([str(PROJECT / "tests/environment" / name), *arguments], minor)


def _output(command: t.Sequence[str], minor: str = "") -> str:
    environment = {**os.environ, **({"KUBERNETES": minor} if minor else {})}
    answer = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, env=environment, cwd=PROJECT)
    if answer.returncode != 0:
        raise Failed(f"{' '.join(command)} has ended with {answer.returncode}\n{answer.stdout[-3000:]}")
    return answer.stdout


def in_node(node: str, *command: str) -> str:
    """The output of a command in a node."""
    return _output(["docker", "exec", node, *command])


@contextlib.contextmanager
def fresh_nodes(names: t.Sequence[str], minor: str) -> t.Iterator[None]:
    """Nodes that nothing has been done to, with all images; they are gone at the end."""
    script("node.sh", "destroy", *names)
    try:
        script("node.sh", "create", "--with-crictl", *names, minor=minor)
        yield
    finally:
        script("node.sh", "destroy", *names)


@contextlib.contextmanager
def small_hosts(prefix: str, count: int) -> t.Iterator[None]:
    """Hosts in which nothing but sshd runs."""
    script("fleet.sh", "destroy", prefix)
    try:
        script("fleet.sh", "create", prefix, str(count))
        yield
    finally:
        script("fleet.sh", "destroy", prefix)


def inventory(folder: pathlib.Path, minor: str, *nodes: str, names: int = 1) -> pathlib.Path:
    """The inventory of nodes, each of a cluster of its own, in a folder that is made. names: under how many names each is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    found = yaml.safe_load(script("node.sh", "inventory", *nodes, minor=minor))
    hosts = found["control_plane"]["hosts"]
    found["control_plane"]["hosts"] = {
        name if number == 0 else f"{name}-{number}": {
            **of,
            "kubewright_cluster": f"{name}-{number}",
            "kubewright_node_name": name,
        }
        for name, of in hosts.items()
        for number in range(names)
    }
    (folder / "hosts.yml").write_text(yaml.safe_dump(found), encoding="utf-8")
    (folder / "variables.yml").write_text(script("node.sh", "variables", minor=minor), encoding="utf-8")
    return folder


def received_bytes(node: str) -> int:
    """What a node has received over its network so far."""
    return int(in_node(node, "cat", "/sys/class/net/eth0/statistics/rx_bytes"))


def give_kubeadm(node: str, folder: pathlib.Path, minor: str) -> None:
    """Gives a node kubeadm and the configuration that our variables for it make, as kubeadm's own documents; see kubeadm_init.sh."""
    prepare = '. tests/environment/common.sh; . tests/kubeadm_init.sh; prepare_kubeadm "$@"'
    _output(["bash", "-c", prepare, "bash", node, str(folder)], minor)


__all__ = ("PROJECT", "fresh_nodes", "give_kubeadm", "in_node", "inventory", "received_bytes", "script", "small_hosts")
