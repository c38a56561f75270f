# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a cluster of several hosts: commands on them, what they are made of, and a client that never stops asking."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time
import typing as t
import urllib.request

import yaml
from playbook_runs import Run, play

# By scenario, how many control planes and workers.
_SIZES = {"cluster": (3, 2), "pair": (2, 1), "etcd": (1, 0), "virtual-address": (2, 0)}
_NAME = os.environ["MOLECULE_SCENARIO_NAME"]
CONTROL_PLANES = tuple(f"{_NAME}-cp{number + 1}" for number in range(_SIZES[_NAME][0]))
WORKERS = tuple(f"{_NAME}-worker{number + 1}" for number in range(_SIZES[_NAME][1]))
# Of an external etcd.
MEMBERS = tuple(f"{_NAME}-member{number + 1}" for number in range(3 if _NAME == "etcd" else 0))
EVERYONE = sorted([*CONTROL_PLANES, *WORKERS])
_INVENTORY = pathlib.Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "inventory"
_KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf "


def on(node: str, command: str, check: bool = True) -> str:
    """The output of a command on a node, as root."""
    answer = subprocess.run(
        ["docker", "exec", node, "bash", "-c", command], check=False, capture_output=True, text=True
    )
    assert not check or answer.returncode == 0, f"{node}: {command}: {answer.stdout}{answer.stderr}"
    return answer.stdout


def kubectl(arguments: str, node: str = "") -> str:
    """The output of kubectl on a control plane, by default the first that answers."""
    for name in [node] if node else CONTROL_PLANES:
        answer = subprocess.run(
            ["docker", "exec", name, "bash", "-c", _KUBECTL + arguments], check=False, capture_output=True, text=True
        )
        if answer.returncode == 0:
            return answer.stdout.strip()
    raise AssertionError(f"kubectl {arguments}: {answer.stdout}{answer.stderr}")


def ready_nodes() -> list[str]:
    """The names of the nodes that are Ready."""
    items = json.loads(kubectl("get nodes -o json"))["items"]
    is_ready = {"type": "Ready", "status": "True"}
    return sorted(
        item["metadata"]["name"]
        for item in items
        if any(is_ready.items() <= condition.items() for condition in item["status"]["conditions"])
    )


# What a node asks its own member of etcd.
_MEMBERS = """
import ssl, urllib.request
context = ssl.create_default_context(cafile="/etc/kubernetes/pki/etcd/ca.crt")
context.load_cert_chain("/etc/kubernetes/pki/etcd/server.crt", "/etc/kubernetes/pki/etcd/server.key")
request = urllib.request.Request("https://127.0.0.1:2379/v3/cluster/member/list", b"{}")
print(urllib.request.urlopen(request, context=context).read().decode())
"""


def _of_etcd(node: str) -> dict[str, t.Any]:
    found: dict[str, t.Any] = json.loads(on(node, f"python3 - <<'END'\n{_MEMBERS}END"))
    return found


def voters(node: str) -> list[str]:
    """The names of etcd's members that have a vote, by the member of a node."""
    return sorted(member.get("name", "") for member in _of_etcd(node)["members"] if not member.get("isLearner"))


def etcd_cluster(node: str) -> str:
    """The id of the cluster of etcd that a node's member is of."""
    return str(_of_etcd(node)["header"]["cluster_id"])


def lose_disk(node: str) -> None:
    """Takes all from a node that Kubernetes has there, at once, as a new machine in its place has nothing."""
    script = (
        "systemctl stop kubelet; for pod in $(crictl pods -q); do crictl rmp -f $pod; done;"
        " awk '$2 ~ \"^/var/lib/kubelet/\" { print $2 }' /proc/mounts | xargs -r umount;"
        " rm -rf /etc/kubernetes /var/lib/etcd/* /var/lib/kubelet/*"
    )
    on(node, script, check=False)
    assert on(node, "find /etc/kubernetes /var/lib/etcd -type f 2>/dev/null | wc -l").strip() == "0"


def files_of(*nodes: str) -> dict[str, str]:
    """What each node has on its disks of Kubernetes, with the times, but what etcd and the kubelet write without end."""
    find = "find /etc/kubernetes /var/lib/kubelet/*.* /var/lib/kubelet/pki /var/lib/kubewright -type f -printf '%p %m %s %T@\\n' | sort"
    return {node: on(node, find) for node in nodes}


def has_now(node: str) -> list[str]:
    """What a node has, by host-inventory.sh."""
    script = pathlib.Path(__file__).with_name("host-inventory.sh").read_text(encoding="utf-8")
    return on(node, f"bash -s <<'END'\n{script}END").splitlines()


def had_before_init(node: str) -> list[str]:
    """The same, before anything of Kubernetes was there."""
    return on(node, "cat /root/before-init.txt").splitlines()


def connect_pods() -> None:
    """Gives each node the routes to the pods of the others, as a cloud or a network plugin does: 10.244.N.0/24 is at 172.17.0.N."""
    shown = "ip -4 -o address show eth0 | awk '{ print $4 }' | cut -d/ -f1"
    found = {node: on(node, shown).strip() for node in (*CONTROL_PLANES, *WORKERS)}
    for node in found:
        for other, address in found.items():
            if other != node:
                on(node, f"ip route replace 10.244.{address.rpartition('.')[2]}.0/24 via {address}")


@contextlib.contextmanager
def etcd_away(*nodes: str) -> t.Iterator[None]:
    """As long as it lasts, no member of etcd runs on the nodes, and no API server."""
    try:
        for node in nodes:
            on(node, "systemctl stop kubelet; pkill -9 -x etcd; pkill -9 -x kube-apiserver", check=False)
        yield
    finally:
        for node in nodes:
            on(node, "systemctl start kubelet")


def endpoint() -> str:
    """The address of the load balancer, with its port."""
    found = yaml.safe_load((_INVENTORY / "endpoint.yml").read_text(encoding="utf-8"))
    return str(found["control_plane"]["vars"]["kubewright_control_plane_endpoint"])


def _of_user(node: str) -> ssl.SSLContext:
    """By which a request is the administrator's, as admin.conf of a node has it."""
    config = yaml.safe_load(on(node, "cat /etc/kubernetes/admin.conf"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with tempfile.NamedTemporaryFile() as pem:
        for part in ("client-certificate-data", "client-key-data"):
            pem.write(base64.b64decode(user[part]))
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


def run_cluster(variables: dict[str, t.Any], *options: str) -> Run:
    """A run of playbooks/cluster.yml that must succeed."""
    run = play(variables, *options, playbook="cluster.yml")
    assert run.code == 0, run.output[-8000:]
    return run


def with_kubelet(settings: str) -> dict[str, t.Any]:
    """Variables by which the kubelets get settings beside those of the inventory. settings: keyword arguments of a template's dict."""
    own = f"hostvars['{CONTROL_PLANES[0]}'].test_node_kubelet_configuration"
    return {"kubewright_kubelet_configuration": f"{{{{ dict({own}, serverTLSBootstrap=true, {settings}) }}}}"}


class Asking:
    """A client that asks the cluster's endpoint ten times a second, each time on a new connection, for an object that is in etcd.

    failures: when a request failed, and why.
    """

    def __init__(self) -> None:
        self.count, self.failures = 0, t.cast("list[str]", [])
        self._ends, self._context = threading.Event(), _of_user(CONTROL_PLANES[0])
        self._url = f"https://{endpoint()}/api/v1/namespaces/kube-system/configmaps/kubeadm-config"

    def _ask(self) -> None:
        while not self._ends.wait(0.1):
            self.count += 1
            try:
                with urllib.request.urlopen(self._url, timeout=10, context=self._context) as answer:
                    answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{time.strftime('%H:%M:%S')} {error}")

    @contextlib.contextmanager
    def meanwhile(self) -> t.Iterator[Asking]:
        """Asks until the end."""
        thread = threading.Thread(target=self._ask, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            is_alive = thread.is_alive()
            self._ends.set()
            thread.join()
            assert is_alive, "the client has ended before"


class Emptied:
    """Looks all the time which nodes take no pods. together: the most at one time. names: all that ever were."""

    def __init__(self) -> None:
        self.together, self.names = 0, t.cast("set[str]", set())
        self._ends = threading.Event()

    def _look(self) -> None:
        while not self._ends.wait(0.5):
            with contextlib.suppress(AssertionError):
                found = kubectl("get nodes -o jsonpath='{.items[?(@.spec.unschedulable==true)].metadata.name}'").split()
                self.together = max(self.together, len(found))
                self.names.update(found)

    @contextlib.contextmanager
    def meanwhile(self) -> t.Iterator[Emptied]:
        """Looks until the end."""
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ends.set()
            thread.join()


__all__ = (
    "CONTROL_PLANES",
    "EVERYONE",
    "MEMBERS",
    "WORKERS",
    "Asking",
    "Emptied",
    "connect_pods",
    "endpoint",
    "etcd_away",
    "etcd_cluster",
    "files_of",
    "had_before_init",
    "has_now",
    "kubectl",
    "lose_disk",
    "on",
    "ready_nodes",
    "run_cluster",
    "voters",
    "with_kubelet",
)
