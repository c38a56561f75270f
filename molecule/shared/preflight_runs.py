# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of playbooks/preflight.yml, and of the real kubeadm's preflight beside them."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import typing as t
from xml.etree import ElementTree

import pytest
from report_runs import run_report

FIRST, SECOND = "preflight-cp1", "preflight-cp2"
# What kubeadm -v5 says when it makes a check, and the check's name.
_SAID = (
    (r"validating Kubernetes and kubeadm version", "KubernetesVersion"),
    (r"validating if the firewall is enabled and active", "Firewalld"),
    (r"validating availability of port (\d+)", "Port-{}"),
    (r"validating the existence of file (/etc/kubernetes/manifests\S+)", "FileAvailable-{}"),
    (r"validating if the connectivity type is via proxy or direct", "HTTPProxy"),
    (r"validating http connectivity to (?:the )?first IP address in the CIDR", "HTTPProxyCIDR"),
    (r"validating the container runtime version compatibility", "ContainerRuntimeVersion"),
    (r"validating the container runtime", "CRI"),
    (r"validating the contents of file (\S+)", "FileContent-{}"),
    (r"validating whether swap is enabled or not", "Swap"),
    (r"validating the presence of executable (\S+)", "FileExisting-{}"),
    (r"running (?:all|system verification) checks", "SystemVerification"),
    (r"checking whether the given node name is (?:valid and )?reachable using net.LookupHost", "Hostname"),
    (r"validating kubelet version", "KubeletVersion"),
    (r'validating if the "(kubelet)" service is enabled and active', "Service-Kubelet"),
    (r"validating the existence and emptiness of directory (\S+)", "DirAvailable-{}"),
    (r"validating the external etcd version", "ExternalEtcdVersion"),
)
MINOR = int(os.environ["KUBERNETES_VERSION"].split(".")[1])
CGROUP_V1 = not pathlib.Path("/sys/fs/cgroup/cgroup.controllers").exists()
# What is said of a healthy test node: it has no crictl, and shares the machine's cgroups.
HEALTHY = {
    **({"FileExisting-crictl": "warning"} if MINOR < 32 else {}),
    # Before containerd 2 the kubelet cannot ask the runtime for its cgroup driver.
    **({"ContainerRuntimeVersion": "warning"} if MINOR >= 35 and os.environ.get("NODE_CONTAINERD") == "debian" else {}),
    **({"SystemVerification": "warning" if MINOR < 35 else "error"} if MINOR >= 31 and CGROUP_V1 else {}),
}
# Without crictl kubeadm asks neither the runtime nor for images.
NEEDS_CRICTL = {"CRI", "FileExisting-crictl", "ImagePull"}


class Outcomes(t.NamedTuple):
    """A finished preflight. checks: the names of all checks of a host. failed: severity by name of those that failed.

    cures: by name. Each by the host's name. page: the HTML page. suites: the JUnit report.
    """

    code: int
    output: str
    status: dict[str, str]
    checks: dict[str, set[str]]
    failed: dict[str, dict[str, str]]
    cures: dict[str, dict[str, str]]
    page: str
    suites: ElementTree.Element


def on_node(command: str, node: str = FIRST) -> str:
    """The output of a command on a node, as root."""
    answer = subprocess.run(
        ["docker", "exec", node, "bash", "-c", command], check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, f"{command}: {answer.stdout}{answer.stderr}"
    return answer.stdout


def _is_fault(row: dict[str, t.Any]) -> bool:
    """Whether a check failed, for another reason than that the nodes share the machine's disk with everything else."""
    return not row["passed"] and row["name"] != "EtcdDiskLatency"


def check_hosts(variables: dict[str, t.Any] | None = None, *options: str) -> Outcomes:
    """Runs the playbook with extra variables and reads its report."""
    run = run_report("preflight.yml", variables, *options)
    hosts = json.loads(run.files["preflight.json"])["hosts"]
    failed = {host["name"]: [row for row in host["checks"] if _is_fault(row)] for host in hosts}
    return Outcomes(
        run.code,
        run.output,
        {host["name"]: host["status"] for host in hosts},
        {host["name"]: {row["name"] for row in host["checks"]} for host in hosts},
        {name: {row["name"]: row["severity"] for row in rows} for name, rows in failed.items()},
        {name: {row["name"]: row["cure"] for row in rows} for name, rows in failed.items()},
        run.files["preflight.html"],
        ElementTree.fromstring(run.files["preflight.xml"].encode()),
    )


class KubeadmOutcomes(t.NamedTuple):
    """What the real kubeadm's preflight checked, and what failed (severity by name)."""

    checks: set[str]
    failed: dict[str, str]


def read_kubeadm(text: str) -> KubeadmOutcomes:
    """The outcome of C(kubeadm init phase preflight -v5), by its output."""
    # These are made without a word.
    checks = {"IsPrivilegedUser", "NumCPU", "Mem"}
    for pattern, name in _SAID:
        for match in re.finditer(pattern, text):
            checks.add(name.format(*(group.replace("/", "-") for group in match.groups())))
    assert len(checks) > 10, text
    failed = {}
    for severity, name in re.findall(r"\[(WARNING|ERROR) ([^\]]+)\]", text):
        # Since 1.35 the name is written as the service's; it is waived by either.
        name = name.replace("Service-kubelet", "Service-Kubelet")
        if failed.get(name) != "error":
            failed[name] = severity.lower()
    return KubeadmOutcomes(checks - NEEDS_CRICTL, {name: failed[name] for name in set(failed) - NEEDS_CRICTL})


@pytest.fixture(scope="session")
def healthy() -> Outcomes:
    """The nodes as they are before any fault."""
    return check_hosts()


@pytest.fixture(scope="session")
def kubeadm_preflight(kubernetes_binaries: pathlib.Path) -> t.Iterator[t.Callable[[], KubeadmOutcomes]]:
    """Runs the real kubeadm's preflight on the first node."""
    path = "/root/kubeadm"
    subprocess.run(["docker", "cp", str(kubernetes_binaries / "kubeadm"), f"{FIRST}:{path}"], check=True)
    environment = "[ ! -e /etc/environment ] || { set -a; . /etc/environment; }"
    command = f"{environment}; {path} init phase preflight -v5 2>&1; true"
    yield lambda: read_kubeadm(on_node(command))
    on_node(f"rm {path}")
