# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of certificates that change share: the files of a node, what it serves, and how long its API was away."""

from __future__ import annotations

import re
import subprocess
import typing as t

import pytest
import testinfra
from finished_node import INVENTORY, PROJECT, Node

from leaves import LEAVES

FIRST, SECOND = "certificates-cp1", "certificates-cp2"
PKI = "/etc/kubernetes/pki"
KUBECONFIGS = ("admin.conf", "controller-manager.conf", "scheduler.conf")
# Where each of these is served: it asks for no client's certificate before it shows its own.
SERVED = {"apiserver": 6443, "etcd/server": 2379, "etcd/peer": 2380}


def _named(name: str) -> Node:
    return Node(testinfra.get_host(f"ansible://{name}?ansible_inventory={INVENTORY}"))


@pytest.fixture(scope="session")
def first() -> Node:
    """The control plane that the playbook has initialised."""
    return _named(FIRST)


@pytest.fixture(scope="session")
def second() -> Node:
    """The node that joins as a second control plane."""
    return _named(SECOND)


def on_node(name: str, command: str, text: str = "") -> str:
    """The output of a command on a node, as root and without Ansible; text: its input."""
    answer = subprocess.run(
        ["docker", "exec", "-i", name, "bash", "-c", command], input=text, check=True, capture_output=True, text=True
    )
    return answer.stdout


def sums(name: str) -> dict[str, str]:
    """The content of every certificate, key and kubeconfig of a node, as its hash, by path."""
    lines = on_node(
        name, f"find {PKI} /etc/kubernetes -maxdepth 2 -type f ! -path '*/manifests/*' | sort -u | xargs sha256sum"
    )
    return {line.split()[1]: line.split()[0] for line in lines.splitlines()}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The paths of the files that differ."""
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def served(name: str, port: int) -> str:
    """What openssl reads of the certificate that a node shows at a port."""
    show = f"openssl s_client -connect $(hostname -i | cut -d' ' -f1):{port} </dev/null 2>/dev/null"
    return on_node(name, f"{show} | openssl x509 -noout -text -fingerprint -sha256")


def fingerprint(text: str) -> str:
    """The fingerprint in what openssl says."""
    found = re.search(r"sha256 Fingerprint=(\S+)", text, re.IGNORECASE)
    assert found is not None
    return found.group(1)


def serves_its_files(name: str) -> bool:
    """Whether every server shows what lies on the disk."""
    return all(
        fingerprint(served(name, port))
        == fingerprint(on_node(name, f"openssl x509 -in {PKI}/{path}.crt -noout -fingerprint -sha256"))
        for path, port in SERVED.items()
    )


def verify_all(name: str) -> None:
    """Every leaf by openssl: signed by its CA, and its key its own."""
    for leaf, ca in LEAVES.items():
        on_node(name, f"openssl verify -CAfile {PKI}/{ca}.crt {PKI}/{leaf}.crt")
        on_node(
            name,
            f"diff <(openssl x509 -in {PKI}/{leaf}.crt -noout -pubkey) <(openssl pkey -in {PKI}/{leaf}.key -pubout)",
        )


def started(name: str) -> dict[str, float]:
    """When the process of each component was started, in seconds since the machine's start."""
    components = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    command = "for name in %s; do echo $name $(cut -d' ' -f22 /proc/$(pgrep -xo ${name:0:15})/stat); done"
    lines = on_node(name, command % " ".join(components)).splitlines()
    return {line.split()[0]: int(line.split()[1]) / 100.0 for line in lines}


def written(name: str, path: str) -> float:
    """When the content of a file was written, in seconds since the machine's start, as by C(started)."""
    moments = on_node(name, f"date +%s.%N; cut -d' ' -f1 /proc/uptime; stat -c %.9Y {path}").split()
    now, uptime, moment = map(float, moments)
    return uptime - (now - moment)


# Prints the longest time between two good answers, when its input ends, and how many there were.
_WATCH = """
import select, ssl, sys, time, urllib.request
context = ssl._create_unverified_context()
longest, answers, last = 0.0, 0, time.monotonic()
while not select.select([sys.stdin], [], [], 0.1)[0]:
    try:
        with urllib.request.urlopen("https://127.0.0.1:6443/healthz", context=context, timeout=2):
            longest, answers, last = max(longest, time.monotonic() - last), answers + 1, time.monotonic()
    except OSError:
        pass
print(max(longest, time.monotonic() - last), answers)
"""


class Watch:
    """Asks the API of a node ten times a second."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.away = 0.0

    def __enter__(self) -> Watch:
        """Begins."""
        command = ["docker", "exec", "-i", self.name, "python3", "-c", _WATCH]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *error: object) -> None:
        """Ends, with the longest time between two good answers in C(away), in seconds."""
        output, _errors = self.process.communicate("end\n")
        away, answers = output.split()
        assert int(answers) > 2
        self.away = float(away)


class Run(t.NamedTuple):
    """A run of the playbook. changed: from the recap of the first node."""

    code: int
    output: str
    changed: int


def play(*options: str) -> Run:
    """Runs the playbook with -vvv and --diff."""
    playbook = str(PROJECT / "playbooks/init-control-plane.yml")
    command = ["ansible-playbook", playbook, "-i", str(INVENTORY), "-vvv", "--diff", *options]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    output = answer.stdout + answer.stderr
    found = re.search(rf"{FIRST}\S*\s*:.*changed=(\d+)", output)
    return Run(answer.returncode, output, int(found.group(1)) if found else -1)


def secrets_of(name: str) -> set[str]:
    """Every line of every private key of a node, and the keys in its kubeconfigs."""
    lines = on_node(
        name,
        f"find {PKI} -name '*.key' | xargs cat; grep -h client-key-data /etc/kubernetes/*.conf | awk '{{print $2}}'; true",
    )
    # The first line of a key is the same for all of its kind.
    return {line for line in lines.split("\n") if len(line) > 40 and not line.startswith(("-----", "MII"))}
