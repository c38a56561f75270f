# SPDX-License-Identifier: GPL-3.0-or-later
"""Control planes whose CA keys are elsewhere: with somebody who signs by request, and on the controller."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess

import testinfra
from certs_runs import report_certificates
from finished_node import ADMIN, INVENTORY, PROJECT, Node, eventually, run_playbook
from kubeadm_joins import MINOR

FILES = INVENTORY.parent / "files"
ALICE = FILES / "alice.conf"
ELSEWHERE, HERE = "external-cp1", "external-cp2"
REQUESTS = {
    "apiserver": "missing",
    "apiserver-kubelet-client": "missing",
    "front-proxy-client": "missing",
    "etcd/server": "missing",
    "etcd/peer": "missing",
    "etcd/healthcheck-client": "missing",
    "apiserver-etcd-client": "missing",
    "admin.conf": "missing",
    "kubelet.conf": "missing",
    "controller-manager.conf": "missing",
    "scheduler.conf": "missing",
    **({"super-admin.conf": "missing"} if MINOR >= 29 else {}),
}
SUMS = "sha256sum /etc/kubernetes/pki/*.* /etc/kubernetes/pki/etcd/* /etc/kubernetes/*.conf"
# Folders that are not on the host's disk.
NOT_ON_DISK = " ".join(f"-path {path} -prune -o" for path in ("/proc", "/sys", "/dev"))


def named_node(name: str) -> Node:
    """One of the two hosts."""
    return Node(testinfra.get_host(f"ansible://{name}?ansible_inventory={INVENTORY}"))


def key_lines(text: str) -> list[str]:
    """The lines of a private key that no other key has."""
    lines = [line for line in text.splitlines() if line and not line.startswith("-----")]
    # The first line of a key is the same for all of its kind: version and sizes.
    return [line for line in lines[1:] if len(line) > 20]


def ca_keys(host: str) -> list[pathlib.Path]:
    """The files on the controller with the keys of a host's CAs."""
    names = ["kubernetes", "front-proxy", "etcd"] if host == ELSEWHERE else ["etcd"]
    kept = sorted((FILES / "authorities/signed-here").rglob("*.key")) if host == HERE else []
    return [FILES / f"{name}.key" for name in names] + kept


def openssl(*arguments: str) -> str:
    """The output of openssl on the controller."""
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout


def words(answer: subprocess.CompletedProcess[str]) -> str:
    """What a run said, whatever the width of the terminal."""
    return " ".join((answer.stdout + answer.stderr).split())


def fed(host: str, text: str, command: str) -> str:
    """The output of a command on a host that reads a secret: as nothing but its input, so that no log has it."""
    answer = subprocess.run(
        ["docker", "exec", "-i", host, "bash", "-c", command], input=text, check=True, capture_output=True, text=True
    )
    return answer.stdout


def files_with(host: str, lines: list[str]) -> list[str]:
    """The files on a host's disk that have one of these lines."""
    search = f"find / {NOT_ON_DISK} -path /run/needles -prune -o -type f -print0 | xargs -0 grep -lF -f /run/needles"
    return fed(host, "\n".join(lines) + "\n", f"cat >/run/needles; {search}; rm /run/needles").split()


def test_no_ca_key_on_the_disk(node: Node) -> None:
    """Breaks what this is for: the key of a CA is somewhere on the host."""
    keys = ca_keys(node.name)
    assert len(keys) == 3
    lines = [line for path in keys for line in key_lines(path.read_text(encoding="utf-8"))]
    assert len(lines) >= 3
    assert files_with(node.name, lines) == []
    # The search finds what is there.
    own = fed(node.name, "", "cat /etc/kubernetes/pki/sa.key")
    assert "/etc/kubernetes/pki/sa.key" in files_with(node.name, key_lines(own))
    assert node.run("find / -xdev -name 'ca.key' -o -xdev -name '*-ca.key'").strip() == ""


def test_every_private_key_is_roots_alone(node: Node) -> None:
    """Breaks when another user of the host can read a key, or one is left in a place for temporary files."""
    keys = f"find / {NOT_ON_DISK} -type f -print0 | xargs -0 grep -IlE '^-----BEGIN .*PRIVATE KEY-----'"
    found = fed(node.name, "", f"{keys} | xargs stat -c '%n %a %U'")
    files = {line.split()[0]: line.split()[1:] for line in found.splitlines()}
    ours = {
        path: mode for path, mode in files.items() if not path.startswith(("/etc/ssh/", "/usr/share/", "/usr/lib/"))
    }
    folders = {"/etc/kubernetes/pki", "/etc/kubernetes/pki/etcd", "/var/lib/kubelet/pki"}
    assert {path.rsplit("/", 1)[0] for path in ours} == folders
    assert {tuple(mode) for mode in ours.values()} == {("600", "root")}
    assert len(ours) >= 8


def test_no_key_waits(node: Node) -> None:
    """Breaks when keys whose certificates have come stay behind."""
    assert node.code("test -e /etc/kubernetes/.pending") != 0


def test_the_control_plane_signs_nothing(node: Node) -> None:
    """K5.4: breaks kube-controller-manager, which does not start with a key that is not there."""
    command = node.run("cat /etc/kubernetes/manifests/kube-controller-manager.yaml")
    assert "--cluster-signing-key-file=\n" in command
    eventually(lambda: node.kubectl(f"get node {node.name} --no-headers").split()[1] == "Ready", "the node is Ready")


def test_the_real_kubeadm_keeps_everything(node: Node, kubeadm: str) -> None:
    """Breaks when kubeadm takes the files for those of something else than a cluster with an external CA."""
    stored = "get configmap kubeadm-config -o jsonpath={.data.ClusterConfiguration}"
    node.run(f"kubectl --kubeconfig {ADMIN} -n kube-system {stored} >/run/kubeadm.yaml")
    before = node.run(SUMS)
    output = node.run(f"{kubeadm} init phase certs all --config /run/kubeadm.yaml")
    output += node.run(f"{kubeadm} init phase kubeconfig all --config /run/kubeadm.yaml")
    assert output.count("Using existing") == 11
    assert output.count("keyless certificate authority") == 3
    kubeconfigs = [name for name in REQUESTS if name.endswith(".conf")]
    assert output.count("External CA mode: Using user provided") == len(kubeconfigs)
    assert node.run(SUMS) == before


def test_exactly_what_was_missing_was_asked_for() -> None:
    """Breaks when the user of an external CA has to find out what to provide one run at a time, or is asked for too much."""
    text = (FILES / "asked.log").read_text(encoding="utf-8")
    assert dict(re.findall(r"- (\S+)\.csr \(([^)]*)\), by", text)) == REQUESTS
    assert f"The requests are in {FILES}/signing/{ELSEWHERE}. Put each certificate beside its request" in text
    assert "Traceback" not in text
    assert "PRIVATE KEY" not in text


def test_requests_for_what_is_changed() -> None:
    """Breaks when a running control plane loses its certificate while the new one is signed, or what comes back is not taken."""
    node, signing = named_node(ELSEWHERE), FILES / "signing" / ELSEWHERE
    assert list(signing.rglob("*.csr")) == []
    before = node.run(SUMS)
    names = json.dumps({"kubewright_apiserver_cert_sans": ["api.example.com"]})
    path = str(PROJECT / "playbooks/init-control-plane.yml")
    playbook = ["ansible-playbook", path, "-i", str(INVENTORY), "--limit", ELSEWHERE, "-e", names]
    answer = subprocess.run(playbook, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert answer.returncode != 0
    assert (
        "- apiserver.csr (SAN api.example.com missing), by /etc/kubernetes/pki/ca.crt" in answer.stdout + answer.stderr
    )
    assert [path.name for path in signing.rglob("*.csr")] == ["apiserver.csr"]
    # It asks for all names, by its own key, which lies apart from the one in use.
    asked = openssl("req", "-in", str(signing / "apiserver.csr"), "-verify", "-noout", "-text")
    assert "DNS:api.example.com" in asked
    assert node.run(SUMS) == before
    assert node.run("stat -c %a /etc/kubernetes/.pending /etc/kubernetes/.pending/apiserver.key").split() == [
        "700",
        "600",
    ]
    # A certificate for other names is refused, by its reason.
    (signing / "apiserver.crt").write_text(node.run("cat /etc/kubernetes/pki/etcd/server.crt"), encoding="utf-8")
    answer = subprocess.run(playbook, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert "apiserver.crt is for another key than that of the request" in words(answer)
    scenario = pathlib.Path(__file__).parents[1]
    subprocess.run(["bash", str(scenario / "sign.sh"), str(FILES), str(signing)], check=True, capture_output=True)
    output = run_playbook("--limit", ELSEWHERE, "-e", names)
    # Beside the certificate it is the stored configuration.
    assert re.search(r"changed=2 .*failed=0", output), output
    after = node.run(SUMS)
    changed = set(after.splitlines()) - set(before.splitlines())
    assert {line.split()[1].rsplit("/", 1)[1] for line in changed} == {"apiserver.crt", "apiserver.key"}
    served = node.run("openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -text")
    assert "DNS:api.example.com" in served
    assert re.search(r"changed=0 .*failed=0", run_playbook("--limit", ELSEWHERE, "-e", names))


def test_everything_is_renewed_by_the_controller() -> None:
    """Breaks the renewal where the keys of the CAs are on the controller."""
    run = report_certificates({"kubewright_renew": "all"}, "--limit", HERE)
    assert run.code == 0, run.output
    (host,) = run.report["hosts"]
    assert host["renewal"]["error"] == ""
    assert set(REQUESTS) - {"kubelet.conf"} <= {
        path.rsplit("/etc/kubernetes/", 1)[-1] for path in host["renewal"]["renewed"]
    }
    assert "PRIVATE KEY" not in run.output


def _user_data(path: pathlib.Path, field: str) -> str:
    text = re.search(rf"{field}: (\S+)", path.read_text(encoding="utf-8"))
    assert text is not None
    return subprocess.run(["base64", "-d"], input=text.group(1), check=True, capture_output=True, text=True).stdout


def test_a_kubeconfig_on_the_controller() -> None:
    """Breaks a person's access: whom the certificate names, for how long, and that the key is nowhere else."""
    assert ALICE.stat().st_mode & 0o777 == 0o600
    certificate = _user_data(ALICE, "client-certificate-data")
    command = ["openssl", "x509", "-noout", "-subject", "-nameopt", "sep_comma_plus_space,sname,utf8"]
    read = subprocess.run(command, input=certificate, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"(O|CN)=([^,\n]+)", read.replace(" = ", "="))) == {
        ("O", "developers"),
        ("O", "readers"),
        ("CN", "alice@example.com"),
    }
    end = ["openssl", "x509", "-noout", "-checkend", str(48 * 3600 + 60)]
    assert subprocess.run(end, input=certificate, check=False, capture_output=True, text=True).returncode == 1
    assert files_with(HERE, key_lines(_user_data(ALICE, "client-key-data"))) == []


def test_the_groups_of_a_kubeconfig_have_their_rights() -> None:
    """Breaks a team's access: the group in the certificate is not the one that rights are bound to."""
    node = named_node(HERE)
    binding = "create clusterrolebinding developers --clusterrole view --group developers --dry-run=client -o yaml"
    node.run(f"kubectl {binding} | kubectl --kubeconfig {ADMIN} apply -f -")
    # The controller has no kubectl: its kubeconfig is tried on the node.
    fed(HERE, ALICE.read_text(encoding="utf-8"), "umask 077; cat >/run/alice.conf")
    for kubeconfig in ("/run/alice.conf", "/root/team.conf"):
        assert node.kubectl("auth can-i list pods -A", kubeconfig) == "yes"
        assert node.run(f"kubectl --kubeconfig {kubeconfig} auth can-i delete pods -A || true").strip() == "no"
    node.run("rm /run/alice.conf")
    assert node.run("stat -c '%a %U' /root/team.conf").split() == ["600", "root"]
