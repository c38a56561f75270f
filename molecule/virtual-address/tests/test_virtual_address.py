# SPDX-License-Identifier: GPL-3.0-or-later
"""Two control planes whose endpoint is an address that one of them has at a time.

The tests follow each other on the same nodes.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import subprocess
import urllib.request

import yaml
from cluster_nodes import CONTROL_PLANES, EVERYONE, kubectl, on, ready_nodes, run_cluster
from finished_node import eventually
from playbook_runs import PROJECT, play

ADDRESS = "172.17.255.40"
MANIFEST = "/etc/kubernetes/manifests/kube-vip.yaml"


def _holders() -> list[str]:
    return [node for node in CONTROL_PLANES if f" {ADDRESS}/" in on(node, "ip -4 address show eth0")]


def _answers() -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        context = ssl._create_unverified_context()
        with urllib.request.urlopen(f"https://{ADDRESS}:6443/readyz", timeout=5, context=context) as answer:
            return bool(answer.read() == b"ok")
    return False


def test_one_of_them_has_it() -> None:
    """Breaks the cluster: nobody has the address, or both have."""
    eventually(lambda: ready_nodes() == EVERYONE, "all nodes are Ready")
    eventually(_answers, "the API server answers at the address")
    assert len(_holders()) == 1
    assert f"server: https://{ADDRESS}:6443" in on(CONTROL_PLANES[0], "cat /etc/kubernetes/admin.conf")


def test_a_second_run_changes_nothing() -> None:
    """Breaks when each run finds something to do."""
    assert run_cluster({}).changed == 0
    assert run_cluster({}, "--check").changed == 0


def test_the_manifest_is_what_kube_vip_says_itself() -> None:
    """Breaks the endpoint with another version of kube-vip: it is told something else than it would tell itself."""
    script = str(PROJECT / "tests/environment/kube-vip-image.sh")
    program = subprocess.run([script, "program"], check=True, capture_output=True, text=True).stdout.strip()
    options = ["--interface", "eth0", "--address", ADDRESS, "--controlplane", "--arp", "--leaderElection"]
    shown = subprocess.run([program, "manifest", "pod", *options], check=True, capture_output=True, text=True).stdout
    theirs, ours = yaml.safe_load(shown), yaml.safe_load(on(CONTROL_PLANES[0], f"cat {MANIFEST}"))
    del theirs["metadata"]["creationTimestamp"]
    for pod in (theirs, ours):
        del pod["spec"]["containers"][0]["image"]
    assert ours == theirs


def _started(node: str) -> str:
    return on(node, "ps -o lstart= -p $(pgrep -x kube-vip)").strip()


def test_it_gets_a_renewed_kubeconfig() -> None:
    """Breaks the endpoint after a year: kube-vip goes on with a certificate that has ended, and loses its lease."""
    before = {node: _started(node) for node in CONTROL_PLANES}
    run = play({"kubewright_renew": "all"}, playbook="certs.yml")
    assert run.code == 0, run.shown()

    def is_new(node: str) -> bool:
        with contextlib.suppress(AssertionError):
            return _started(node) != before[node]
        return False

    for node in CONTROL_PLANES:
        eventually(lambda node=node: is_new(node), "kube-vip was restarted")  # type: ignore[misc]
        on(node, "cmp /proc/$(pgrep -x kube-vip)/root/etc/kubernetes/admin.conf /etc/kubernetes/admin.conf")
    eventually(_answers, "the API server answers at the address")
    assert run_cluster({}).changed == 0


def test_the_address_goes_to_the_other_one() -> None:
    """Breaks what it is for: the address is lost with the control plane that has it."""
    eventually(lambda: len(_holders()) == 1, "one of them has it")
    (holder,) = _holders()
    other = next(node for node in CONTROL_PLANES if node != holder)
    on(holder, "systemctl stop kubelet; pkill -TERM -x kube-vip")
    try:
        eventually(lambda: _holders() == [other] and _answers(), "the other one has it", 60)
    finally:
        on(holder, "systemctl start kubelet")
    eventually(lambda: ready_nodes() == EVERYONE, "all nodes are Ready")
    assert kubectl("get --raw /readyz", other) == "ok"
    assert run_cluster({}).changed == 0
