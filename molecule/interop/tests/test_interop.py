# SPDX-License-Identifier: GPL-3.0-or-later
"""The real kubeadm on a control plane that was made without it, in the version of that control plane.

The tests follow each other on the same nodes.
"""

from __future__ import annotations

import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import typing as t

import pytest
import yaml
from finished_node import INVENTORY, PROJECT, Node, eventually, run_playbook
from kubeadm_joins import IGNORED, MINOR, give_kubeadm, is_ready, join_control_plane, join_worker, kubeadm_on
from playbook_runs import play

VERSION = os.environ["KUBERNETES_VERSION"]
FIRST, SECOND, WORKER = "interop-cp1", "interop-cp2", "interop-worker1"
KUBECONFIGS = [
    "admin.conf",
    "controller-manager.conf",
    "kubelet.conf",
    "scheduler.conf",
    *(["super-admin.conf"] if MINOR >= 29 else []),
]
CERTIFICATES = (
    *("apiserver", "apiserver-etcd-client", "apiserver-kubelet-client", "etcd-healthcheck-client", "etcd-peer"),
    *("etcd-server", "front-proxy-client", *(name for name in KUBECONFIGS if name != "kubelet.conf")),
)
AUTHORITIES = ("ca", "etcd-ca", "front-proxy-ca")
# The names by which kubeadm speaks of the files.
CA_FILES = ("ca", "front-proxy-ca", "etcd/ca")
LEAF_FILES = (
    *("apiserver", "apiserver-kubelet-client", "front-proxy-client", "etcd/server", "etcd/peer"),
    *("etcd/healthcheck-client", "apiserver-etcd-client"),
)


@pytest.fixture(scope="session", autouse=True)
def real_kubeadm(kubernetes_binaries: pathlib.Path) -> None:
    """The real kubeadm, on every node."""
    for name in (FIRST, SECOND, WORKER):
        give_kubeadm(kubernetes_binaries, name)


@pytest.fixture
def files_of_kubeadm(node: Node) -> t.Iterator[dict[str, str]]:
    """What the real kubeadm makes for the stored configuration on the worker before it joins, as C(every_file)."""
    on_worker(f"cat > /root/stored.yaml <<'END'\n{stored_configuration(node)}\nEND")
    for phase in ("certs", "kubeconfig"):
        on_worker(f"kubeadm init phase {phase} all --config /root/stored.yaml")
    yield every_file(on_worker)
    on_worker("rm -rf /etc/kubernetes/pki /etc/kubernetes/*.conf")


@pytest.fixture
def kubeadm_run(node: Node) -> t.Callable[[str], str]:
    """Runs the real kubeadm, which must succeed, and gives its output."""
    return lambda arguments: node.run(f"env KUBECONFIG=/etc/kubernetes/admin.conf kubeadm {arguments}")


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


def restarted_in(output: str) -> list[str]:
    """What a run with C(-v) has restarted because it ran with older files, by name."""
    found = re.search(r'"restarted": \{([^}]*)\}', output)
    assert found is not None, output
    return re.findall(r'"(kube[a-z-]*|etcd)":', found.group(1))


def on_worker(command: str) -> str:
    """The output of a command on the worker, which must succeed."""
    answer = subprocess.run(
        ["docker", "exec", WORKER, "sh", "-c", command], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


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
    assert sorted(existing) == KUBECONFIGS, output
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
    assert restarted_in(output) == ["kube-controller-manager", "kube-scheduler"]
    assert leaves(node) == renewed
    assert re.search(r"changed=0 .*failed=0", run_playbook())


def test_what_kubeadm_made_is_kept(node: Node, files_of_kubeadm: dict[str, str], tmp_path: pathlib.Path) -> None:
    """Breaks when a certificate or kubeconfig that the real kubeadm has made for the same configuration is made anew."""
    script = str(PROJECT / "tests/environment/node.sh")
    inventory = subprocess.run([script, "inventory", WORKER], check=True, capture_output=True, text=True).stdout
    (tmp_path / "nodes.yml").write_text(inventory, encoding="utf-8")
    for name in ("test-node.yml", "variables.yml"):
        shutil.copy(INVENTORY / name, tmp_path)
    endpoint = f"kubewright_control_plane_endpoint={node.variables['ansible_host']}"
    command = ["ansible-playbook", str(PROJECT / "molecule/interop/certificates.yml"), "-i", str(tmp_path), "--diff"]
    command += ["-e", endpoint]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    output = answer.stdout + answer.stderr
    assert re.search(r"changed=0 .*failed=0", output), output
    assert every_file(on_worker) == files_of_kubeadm


def test_stored_configuration(node: Node) -> None:
    """Breaks when what kubeadm reads in the cluster is not what was declared."""
    stored = yaml.safe_load(stored_configuration(node))
    assert stored["kubernetesVersion"] == VERSION
    assert stored["apiServer"]["certSANs"] == ["api.example.com"]
    assert stored["networking"]["podSubnet"] == "10.244.0.0/16"
    assert stored["scheduler"]["extraVolumes"][0]["name"] == "site"


def test_config_images_list(node: Node, kubeadm_run: t.Callable[[str], str], tmp_path: pathlib.Path) -> None:
    """Breaks when the images are others than those that kubeadm would pull, or the node lacks one of them."""
    node.run(f"cat > /root/stored.yaml <<'END'\n{stored_configuration(node)}\nEND")
    listed = kubeadm_run("config images list --config /root/stored.yaml 2>/dev/null").split()
    render = ["ansible-playbook", str(PROJECT / "playbooks/render.yml"), "-i", str(INVENTORY), "--limit", FIRST]
    subprocess.run([*render, "-e", f"kubewright_render_dir={tmp_path}"], check=True, capture_output=True, cwd=PROJECT)
    assert (tmp_path / FIRST / "images.txt").read_text(encoding="utf-8").split() == listed
    present = {tag for image in json.loads(node.run("crictl images -o json"))["images"] for tag in image["repoTags"]}
    # There is no image of CoreDNS of the oldest version's time.
    assert {image for image in listed if image not in present} == {
        image for image in listed if "coredns" in image and MINOR < 24
    }


def test_token_create_and_list(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm cannot add a token beside ours, or does not see ours."""
    token = kubeadm_run("token create --description interop").strip()
    listed = kubeadm_run("token list")
    assert re.search(rf"^{re.escape(token)} .* interop ", listed, re.MULTILINE)
    assert "The default bootstrap token" in listed
    kubeadm_run(f"token delete {token}")
    assert token not in kubeadm_run("token list")


def test_worker_joins_by_a_command_of_kubeadm(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when the rules for joining nodes, cluster-info or the stored configurations are not kubeadm's."""
    join_worker(node, WORKER, kubeadm_run("token create --print-join-command").split())
    assert node.kubectl(f"get node {WORKER} -o jsonpath='{{.status.capacity.pods}}'") == "50"


WORKER_FILES = (
    "/etc/kubernetes/pki/ca.crt",
    "/var/lib/kubelet/config.yaml",
    "/var/lib/kubelet/kubeadm-flags.env",
    "/var/lib/kubelet/instance-config.yaml",
)


def worker_state(node: Node) -> dict[str, str]:
    """The files of the worker that kubeadm writes, and what it writes about its node."""
    listed = " ".join(WORKER_FILES)
    rows = on_worker(f"for f in {listed}; do [ ! -e $f ] || echo \"$f $(stat -c '%a %U' $f) $(sha256sum < $f)\"; done")
    about = node.kubectl(
        f"get node {WORKER} -o jsonpath='{{.metadata.annotations}} {{.spec.taints}} {{.metadata.labels}}'"
    )
    socket = re.findall(r'"kubeadm[^"]*":"[^"]*"', about)
    return {**{row.split(" ", 1)[0]: row for row in rows.splitlines()}, "annotations": ", ".join(socket)}


def _cluster_playbook() -> str:
    """The output of the playbook that joins workers too, with the worker alone: the other node becomes a control plane later."""
    return run_playbook("--limit", f"{FIRST},{WORKER}", "--diff", name="cluster.yml")


def test_a_worker_that_kubeadm_has_joined(node: Node) -> None:
    """Breaks who takes over a cluster of kubeadm's: its workers are changed, or join anew."""
    assert is_ready(node, WORKER)
    output = _cluster_playbook()
    assert re.search(rf"{WORKER} .*changed=0 .*failed=0", output), output


def test_a_worker_joins_without_kubeadm(node: Node) -> None:
    """Breaks the join: a file or an annotation is another one than kubeadm's, a token is left, or the next run joins again."""
    before, tokens = worker_state(node), node.kubectl("-n kube-system get secrets -o name")
    files = on_worker("ls /etc/kubernetes")
    kubeadm_on(WORKER, ["reset", "--force"])
    node.kubectl(f"delete node {WORKER}")
    on_worker("mv /usr/local/bin/kubeadm /root/kubeadm")
    assert re.search(rf"{WORKER} .*failed=0", _cluster_playbook())
    eventually(lambda: is_ready(node, WORKER), f"{WORKER} is Ready")
    assert worker_state(node) == before
    assert node.kubectl("-n kube-system get secrets -o name") == tokens
    assert on_worker("ls /etc/kubernetes") == files
    output = _cluster_playbook()
    assert re.search(rf"{WORKER} .*changed=0 .*failed=0", output), output
    on_worker("mv /root/kubeadm /usr/local/bin/kubeadm")


def etcd_members(node: Node) -> str:
    """etcd's own list of its members, of which there may be learners."""
    flags = "--endpoints https://127.0.0.1:2379 --cacert {0}/ca.crt --cert {0}/server.crt --key {0}/server.key"
    return node.run(f"etcdctl {flags.format('/etc/kubernetes/pki/etcd')} member list")


def test_control_plane_joins_by_kubeadm(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm cannot hand the certificates on, or etcd or the stored configuration take no second one."""
    key = re.search(r"^([0-9a-f]{64})$", kubeadm_run("init phase upload-certs --upload-certs"), re.MULTILINE)
    assert key is not None
    command = kubeadm_run(f"token create --print-join-command --certificate-key {key.group(1)}").split()
    assert "--control-plane" in command
    join_control_plane(node, SECOND, command)
    subprocess.run(["docker", "cp", etcdctl(), f"{FIRST}:/usr/local/bin/etcdctl"], check=True)
    rows = etcd_members(node).splitlines()
    assert len(rows) == 2, rows
    assert all("started" in row and row.endswith("false") for row in rows), rows
    assert re.search(r"changed=0 .*failed=0", run_playbook())


@pytest.mark.skipif(MINOR < 24, reason="its members answer in another way, which unit tests have")
def test_a_lost_quorum(node: Node) -> None:
    """Breaks the night of who is called: a member of two is away, and after minutes nobody says why the API server does not answer."""
    on_second = ["docker", "exec", SECOND, "bash", "-c"]
    subprocess.run([*on_second, "systemctl stop kubelet; pkill -9 -x etcd"], check=True)
    run = play({})
    subprocess.run([*on_second, "systemctl start kubelet"], check=True)
    assert run.code != 0
    assert f"etcd has no quorum: 1 of 2 members answers; {SECOND} (https://" in run.message, run.output
    assert "does not" in run.message
    assert "Bring back one of them" in run.message
    eventually(
        lambda: node.code("kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz") == 0, "the API", 300
    )
    # What has ended for want of etcd may have to be started again.
    run_playbook()
    assert re.search(r"changed=0 .*failed=0", run_playbook())


# What kubeadm join writes on a control plane: which files, all of each but certificates and keys, and of these what they are for.
CONTROL_PLANE_STATE = """
cd /etc/kubernetes
find . -path ./tmp -prune -o -type f -printf '%p %m %u\\n' | sort
cd /var/lib/kubelet
cat /etc/kubernetes/manifests/*.yaml config.yaml kubeadm-flags.env
cat instance-config.yaml 2>/dev/null
cd /etc/kubernetes
sed 's/-data: .*/-data/' *.conf
for file in $(find pki -name '*.crt' | sort); do
  echo $file
  openssl x509 -in $file -noout -subject -issuer -ext basicConstraints,extendedKeyUsage,keyUsage,subjectAltName
done
"""


def _in_order(line: str) -> str:
    """The line, but for the order of etcd's members, which is that of their random ids."""
    begin, flag, members = line.partition("--initial-cluster=")
    return begin + flag + ",".join(sorted(members.split(","))) if flag else line


def control_plane_state(node: Node) -> list[str]:
    """The second control plane as kubeadm join leaves it, on its disk and in the cluster."""
    answer = subprocess.run(
        ["docker", "exec", SECOND, "bash", "-c", CONTROL_PLANE_STATE], capture_output=True, text=True, check=True
    )
    found = json.loads(node.kubectl(f"get node {SECOND} -o json"))
    about, taints = found["metadata"], found["spec"].get("taints") or []
    stored = node.kubectl("-n kube-system get configmap kubeadm-config -o json")
    lines = [*answer.stdout.splitlines(), *"\n".join(json.loads(stored)["data"].values()).splitlines()]
    lines = [_in_order(line) for line in lines]
    # The kubelet's network plugin and the attaching of volumes have nothing to do with a join.
    noted = [
        f"{key}={value}" for kind in ("labels", "annotations") for key, value in about[kind].items() if "kube" in key
    ]
    # What the cluster says of a node that has just become Ready goes by itself.
    kept = [f"{item['key']}:{item['effect']}" for item in taints if not item["key"].startswith("node.kubernetes.io/")]
    return [*lines, *sorted(noted), *sorted(kept)]


def test_a_control_plane_joins_without_kubeadm(node: Node) -> None:
    """Breaks the join: a file, a certificate, a label or what the cluster stores is another one than with the real kubeadm join."""
    before = control_plane_state(node)
    # It is among the workers too, which waive less; and kubeadm join has taken nobody's word for its taint.
    taint = {"key": f"node-role.kubernetes.io/{'master' if MINOR < 24 else 'control-plane'}", "effect": "NoSchedule"}
    own = {"kubewright_ignore_preflight_errors": ["ImagePull", "SystemVerification"], "kubewright_taints": [taint]}
    (INVENTORY / "second.yml").write_text(yaml.safe_dump({"control_plane": {"hosts": {SECOND: own}}}), encoding="utf-8")
    both = ("--limit", f"{FIRST},{SECOND}", "--diff")
    # Who takes over a cluster of kubeadm's changes nothing.
    output = run_playbook(*both, name="cluster.yml")
    assert len(re.findall(r"changed=0 .*failed=0", output)) == 2, output
    kubeadm_on(SECOND, ["reset", "--force"])
    node.kubectl(f"delete node {SECOND}")
    eventually(lambda: len(etcd_members(node).splitlines()) == 1, "etcd has one member")
    assert re.search(rf"{SECOND} .*failed=0", run_playbook(*both, name="cluster.yml"))
    eventually(lambda: is_ready(node, SECOND), f"{SECOND} is Ready")
    differences = list(difflib.unified_diff(before, control_plane_state(node), "kubeadm", "kubewright", lineterm=""))
    assert not differences, "\n".join(differences)
    output = run_playbook(*both, name="cluster.yml")
    assert len(re.findall(r"changed=0 .*failed=0", output)) == 2, output


def etcdctl() -> str:
    """The path of etcd's own client on this machine."""
    script = [PROJECT / "tests/environment/go-programs.sh", "etcd", "etcdctl"]
    return subprocess.run(script, check=True, capture_output=True, text=True).stdout.strip() + "/etcdctl"


def test_upgrade_plan(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm's health checks or its reading of the cluster fail. With a version it asks no network."""
    output = kubeadm_run(f"upgrade plan {VERSION} {IGNORED},CoreDNSUnsupportedPlugins")
    assert "Running cluster health checks" in output
    if MINOR < 24:
        assert f"Latest version in the v1.{MINOR} series: {VERSION}" in output
    else:
        assert f"Target version: {VERSION}" in output


def test_upgrade_diff_is_empty(kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when a manifest is not what kubeadm would write for the stored configuration."""
    lines = kubeadm_run(f"upgrade diff {VERSION}").splitlines()
    assert [line for line in lines if not line.startswith("[upgrade/diff]")] == []


def test_upgrade_apply_to_the_same_version(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm's own upgrade stumbles over what is there, or the next run fights with what it has done."""
    if MINOR < 24:
        # It would pull the image of CoreDNS first, which is not to be had.
        assert "Finished dryrunning successfully!" in kubeadm_run(f"upgrade apply {VERSION} --yes --dry-run {IGNORED}")
    else:
        output = kubeadm_run(f"upgrade apply {VERSION} --yes --force {IGNORED},CoreDNSUnsupportedPlugins")
        assert "SUCCESS" in output
    eventually(lambda: node.code("kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz") == 0, "the API")
    output = run_playbook("-v")
    if MINOR < 24:
        assert re.search(r"changed=0 .*failed=0", output), output
    else:
        # kubeadm has written the kubelet's configuration again, and leaves it to people to restart the kubelet.
        assert re.search(r"changed=1 .*failed=0", output), output
        assert restarted_in(output) == ["kubelet"]
        assert re.search(r"changed=0 .*failed=0", run_playbook())


def test_reset_of_a_joined_control_plane(node: Node) -> None:
    """Breaks when kubeadm cannot take the second one out again: etcd and the first one go on by themselves."""
    kubeadm_on(SECOND, ["reset", "--force"])
    node.kubectl(f"delete node {SECOND}")
    eventually(lambda: len(etcd_members(node).splitlines()) == 1, "etcd has one member")
    assert re.search(r"changed=0 .*failed=0", run_playbook())


def test_reset_and_a_new_control_plane(node: Node, kubeadm_run: t.Callable[[str], str]) -> None:
    """Breaks when kubeadm does not find what to take away, or a run does not make a new control plane after it."""
    before = node.run("cat /etc/kubernetes/pki/ca.crt")
    kubeadm_run("reset --force")
    assert node.run("find /etc/kubernetes -path /etc/kubernetes/tmp -prune -o -type f -print") == ""
    assert node.run("find /var/lib/etcd /var/lib/kubelet -type f") == ""
    assert json.loads(node.run("crictl ps -o json"))["containers"] == []
    assert "failed=0" in run_playbook()
    assert node.run("cat /etc/kubernetes/pki/ca.crt") != before
    eventually(lambda: is_ready(node, node.name), "the node is Ready")
    # The kubelet tells of its static pods only some time after it is Ready.
    eventually(lambda: "kube-apiserver" in node.kubectl("-n kube-system get pods -o name"), "the API server's pod")
    assert re.search(r"changed=0 .*failed=0", run_playbook())
