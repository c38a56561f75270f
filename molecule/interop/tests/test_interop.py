# SPDX-License-Identifier: GPL-3.0-or-later
"""The real kubeadm on a control plane that was made without it. The tests follow each other on one node."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import typing as t

import pytest
import yaml
from finished_node import INVENTORY, PROJECT, Node, eventually, run_playbook

VERSION = os.environ["KUBERNETES_VERSION"]
MINOR = int(VERSION.split(".")[1])
FIRST, SECOND, WORKER = "interop-cp1", "interop-cp2", "interop-worker1"
CERTIFICATES = (
    *("admin.conf", "apiserver", "apiserver-etcd-client", "apiserver-kubelet-client", "controller-manager.conf"),
    *("etcd-healthcheck-client", "etcd-peer", "etcd-server", "front-proxy-client", "scheduler.conf"),
    *(("super-admin.conf",) if MINOR >= 29 else ()),
)
# What the kubeadm of that version finds wrong with a node in a container.
IGNORED = "--ignore-preflight-errors=SystemVerification,ImagePull,CoreDNSUnsupportedPlugins"
AUTHORITIES = ("ca", "etcd-ca", "front-proxy-ca")
# The names by which kubeadm speaks of the files.
CA_FILES = ("ca", "front-proxy-ca", "etcd/ca")
LEAF_FILES = (
    *("apiserver", "apiserver-kubelet-client", "front-proxy-client", "etcd/server", "etcd/peer"),
    *("etcd/healthcheck-client", "apiserver-etcd-client"),
)


@pytest.fixture(scope="session")
def worker_kubeadm(kubernetes_binaries: pathlib.Path) -> str:
    """The path of the real kubeadm on the worker."""
    path = "/usr/local/bin/kubeadm"
    subprocess.run(["docker", "cp", str(kubernetes_binaries / "kubeadm"), f"{WORKER}:{path}"], check=True)
    return path


@pytest.fixture
def files_of_kubeadm(node: Node, worker_kubeadm: str) -> t.Iterator[dict[str, str]]:
    """What the real kubeadm makes for the stored configuration on the worker before it joins, as C(every_file)."""
    on_worker(f"cat > /root/stored.yaml <<'END'\n{stored_configuration(node)}\nEND")
    for phase in ("certs", "kubeconfig"):
        on_worker(f"{worker_kubeadm} init phase {phase} all --config /root/stored.yaml")
    yield every_file(on_worker)
    on_worker("rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf")


@pytest.fixture
def kubeadm_run(node: Node, kubeadm: str) -> t.Callable[[str], str]:
    """Runs the real kubeadm, which must succeed, and gives its output."""
    return lambda arguments: node.run(f"env KUBECONFIG=/etc/kubernetes/admin.conf {kubeadm} {arguments}")


def leaves(node: Node) -> dict[str, str]:
    """The hash of every certificate and kubeconfig but those of the CAs."""
    files = node.run(
        "find /etc/kubernetes -name '*.crt' ! -name '*ca.crt' -o -name '*.conf' ! -name kubelet.conf"
    ).split()
    return {line.split()[1]: line.split()[0] for line in node.run(f"sha256sum {' '.join(files)}").splitlines()}


def stored_configuration(node: Node) -> str:
    """The ClusterConfiguration in the cluster."""
    return node.kubectl("-n kube-system get configmap kubeadm-config -o jsonpath={.data.ClusterConfiguration}")


def every_file(run: t.Callable[[str], str]) -> dict[str, str]:
    """The hash of every file of the certificates and every kubeconfig, keys and CAs as well. run: runs a command."""
    output = run("find /etc/kubernetes/pki /etc/kubernetes/*.conf -type f -exec sha256sum {} +")
    return {line.split()[1]: line.split()[0] for line in output.splitlines()}


def on_worker(command: str) -> str:
    """The output of a command on the worker, which must succeed."""
    answer = subprocess.run(
        ["docker", "exec", WORKER, "sh", "-c", command], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def stop_containers(node: Node) -> bool:
    """Stops what still runs; whether nothing does."""
    kill = "ctr -n k8s.io task ls | sed -n 's/ .* RUNNING$//p' | xargs -r -n 1 ctr -n k8s.io task kill --signal SIGKILL"
    node.code(f'bash -c "{kill}"')
    return "RUNNING" not in node.run("ctr -n k8s.io task ls")


def test_certs_check_expiration(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm misses a certificate, or takes one for somebody else's."""
    output = kubeadm_run("certs check-expiration")
    rows = {
        match[1]: match[2] for match in re.finditer(r"^(\S+)\s+\w{3} \d+, \d{4} .* (yes|no) *$", output, re.MULTILINE)
    }
    assert rows == dict.fromkeys((*CERTIFICATES, *AUTHORITIES), "no")


def test_init_phases_keep_every_byte(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm, with the configuration that is stored in the cluster, would make anything differently."""
    before = every_file(node.run)
    node.run(f"cat > /root/stored.yaml <<'END'\n{stored_configuration(node)}\nEND")
    output = kubeadm_run("init phase certs all --config /root/stored.yaml")
    assert sorted(re.findall(r"Using existing (\S+) certificate authority", output)) == sorted(CA_FILES), output
    assert sorted(re.findall(r"Using existing (\S+) certificate and key on disk", output)) == sorted(LEAF_FILES), output
    assert 'Using the existing "sa" key' in output
    assert "Generating" not in output
    output = kubeadm_run("init phase kubeconfig all --config /root/stored.yaml")
    existing = re.findall(r'Using existing kubeconfig file: "/etc/kubernetes/(\S+)"', output)
    assert sorted(existing) == ["admin.conf", "controller-manager.conf", "kubelet.conf", "scheduler.conf"], output
    assert every_file(node.run) == before


def test_certs_renew_all_and_a_run_that_keeps_them(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm cannot renew what was issued here, or a run takes kubeadm's certificates for wrong."""
    before = leaves(node)
    output = kubeadm_run("certs renew all")
    assert len(re.findall(r"^certificate .* renewed$", output, re.MULTILINE)) == len(CERTIFICATES), output
    renewed = leaves(node)
    assert [path for path in before if before[path] == renewed[path]] == []
    # kubeadm leaves it to people to restart what reads its files once; the next run does it, and nothing else.
    output = run_playbook("-v")
    assert re.search(r"changed=1 .*failed=0", output), output
    restarted = re.search(r'"restarted": \{([^}]*)\}', output)
    assert restarted is not None
    assert re.findall(r'"(kube[a-z-]+|etcd)":', restarted.group(1)) == ["kube-controller-manager", "kube-scheduler"]
    assert leaves(node) == renewed
    assert re.search(r"changed=0 .*failed=0", run_playbook())


def test_what_kubeadm_made_is_kept(files_of_kubeadm: dict[str, str], tmp_path: pathlib.Path) -> None:
    """Breaks when a certificate or kubeconfig that the real kubeadm has made for the same configuration is made anew."""
    script = str(PROJECT / "tests/environment/node.sh")
    inventory = subprocess.run([script, "inventory", WORKER], check=True, capture_output=True, text=True).stdout
    (tmp_path / "nodes.yml").write_text(inventory, encoding="utf-8")
    shutil.copy(INVENTORY / "variables.yml", tmp_path)
    command = ["ansible-playbook", str(PROJECT / "molecule/interop/certificates.yml"), "-i", str(tmp_path), "--diff"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    output = answer.stdout + answer.stderr
    assert re.search(r"changed=0 .*failed=0", output), output
    assert every_file(on_worker) == files_of_kubeadm


def test_config_view(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm does not understand the stored configuration."""
    output = kubeadm_run("config view")
    shown = yaml.safe_load(output[output.index("apiServer:") :])
    assert shown["kubernetesVersion"] == "v1.20.2"
    assert shown["apiServer"]["certSANs"] == ["api.example.com"]
    assert shown["networking"]["podSubnet"] == "10.244.0.0/16"
    assert shown["scheduler"]["extraVolumes"][0]["name"] == "site"


def test_token_create_and_list(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm cannot add a token beside ours, or does not see ours."""
    token = kubeadm_run("token create --description interop").strip()
    listed = kubeadm_run("token list")
    assert re.search(rf"^{re.escape(token)} .* interop ", listed, re.MULTILINE)
    assert "The default bootstrap token" in listed
    kubeadm_run(f"token delete {token}")
    assert token not in kubeadm_run("token list")


@pytest.mark.usefixtures("worker_kubeadm")
def test_worker_joins_by_a_command_of_kubeadm(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when the rules for joining nodes, cluster-info or the stored configurations are not kubeadm's."""
    command = kubeadm_run("token create --print-join-command").split()
    # Without crictl, which kubeadm looks for and does not need to join.
    options = ["--ignore-preflight-errors=FileExisting-crictl", "--cri-socket", "/run/containerd/containerd.sock"]
    answer = subprocess.run(["docker", "exec", WORKER, *command, *options], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    path = "'{.status.conditions[?(@.type==\"Ready\")].status}'"
    eventually(lambda: node.kubectl(f"get node {WORKER} -o jsonpath={path}") == "True", "the worker is Ready")
    assert node.kubectl(f"get node {WORKER} -o jsonpath='{{.status.capacity.pods}}'") == "50"


def test_upgrade_plan(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm's health checks or its reading of the cluster fail. With a version it asks no network."""
    output = kubeadm_run("upgrade plan v1.20.2 --ignore-preflight-errors=CoreDNSUnsupportedPlugins")
    assert "Running cluster health checks" in output
    assert "Latest version in the v1.20 series: v1.20.2" in output


def test_upgrade_diff_is_empty(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when a manifest is not what kubeadm would write for the stored configuration."""
    lines = kubeadm_run("upgrade diff v1.20.2").splitlines()
    assert [line for line in lines if not line.startswith("[upgrade/diff]")] == []


def test_upgrade_apply_would_succeed(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm's own upgrade stumbles over what is there."""
    assert "Finished dryrunning successfully!" in kubeadm_run("upgrade apply v1.20.2 --yes --dry-run")


def test_a_run_after_all_of_it_changes_nothing(node: Node) -> None:
    """Breaks when a run fights with what kubeadm has done since."""
    assert node.kubectl(f"get node {WORKER} -o name") == f"node/{WORKER}"
    assert re.search(r"changed=0 .*failed=0", run_playbook())


def test_reset_and_a_new_control_plane(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm does not find what to take away, or a run does not make a new control plane after it."""
    before = node.run("cat /etc/kubernetes/pki/ca.crt")
    kubeadm_run("reset --force")
    assert node.run("find /etc/kubernetes -path /etc/kubernetes/tmp -prune -o -type f -print") == ""
    assert node.run("find /var/lib/etcd /var/lib/kubelet -type f") == ""
    # Without crictl, kubeadm leaves the containers running and says so.
    eventually(lambda: stop_containers(node), "the containers are stopped")
    assert "failed=0" in run_playbook()
    assert node.run("cat /etc/kubernetes/pki/ca.crt") != before
    path = "'{.status.conditions[?(@.type==\"Ready\")].status}'"
    eventually(lambda: node.kubectl(f"get node {node.name} -o jsonpath={path}") == "True", "the node is Ready")
    # The kubelet tells of its static pods only some time after it is Ready.
    eventually(lambda: "kube-apiserver" in node.kubectl("-n kube-system get pods -o name"), "the API server's pod")
    assert re.search(r"changed=0 .*failed=0", run_playbook())
