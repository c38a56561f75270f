# SPDX-License-Identifier: GPL-3.0-or-later
"""Three control planes behind a load balancer and two workers, made by one playbook.

The tests follow each other on the same nodes.
"""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from certs_runs import report_certificates
from cluster_nodes import (
    CONTROL_PLANES,
    EVERYONE,
    WORKERS,
    Asking,
    Emptied,
    connect_pods,
    etcd_away,
    etcd_cluster,
    files_of,
    had_before_init,
    has_now,
    kubectl,
    lose_disk,
    on,
    ready_nodes,
    run_cluster,
    voters,
    with_kubelet,
)
from finished_node import eventually
from playbook_runs import play
from report_runs import run_report


def _profiling(value: str) -> dict[str, t.Any]:
    """Another flag beside that of the inventory."""
    return {"kubewright_apiserver_extra_args": {"shutdown-delay-duration": "5s", "profiling": value}}


CHANGED = _profiling("false")


def test_all_nodes_are_there() -> None:
    """Breaks the cluster: a node is missing, or a member of etcd has no vote."""
    assert eventually(lambda: ready_nodes() == EVERYONE, "all nodes are Ready")
    for node in CONTROL_PLANES:
        assert voters(node) == list(CONTROL_PLANES)
        assert kubectl("get --raw /readyz", node) == "ok"
    assert kubectl("-n kube-system get secrets -o name | grep -c bootstrap-token") == "1"


def test_the_second_run_changes_nothing() -> None:
    """Breaks when each run finds something to do on a control plane that has joined, or on a worker."""
    run = run_cluster({}, "--diff")
    assert run.changed == 0, run.output
    assert run_cluster({}, "--check").changed == 0


@pytest.mark.parametrize("node", EVERYONE)
def test_kubelets_serve_with_certificates_of_the_cluster(node: str) -> None:
    """Breaks logs, exec and metrics where these are verified: the request of a kubelet stays undecided, or asks for others' names."""
    shown = on(
        node,
        "openssl verify -CAfile /etc/kubernetes/pki/ca.crt /var/lib/kubelet/pki/kubelet-server-current.pem;"
        " openssl x509 -noout -subject -ext subjectAltName -in /var/lib/kubelet/pki/kubelet-server-current.pem",
    )
    assert ": OK" in shown
    assert f"CN = system:node:{node}" in shown or f"CN=system:node:{node}" in shown
    assert f"DNS:{node}" in shown
    assert "Pending" not in kubectl("get csr")


WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
      containers:
        - name: web
          image: kubewright.test/sleep:1
          imagePullPolicy: Never
          command: [sh, -c, "mkdir /www; hostname > /www/index.html; exec busybox httpd -f -p 8080 -h /www"]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
"""


def _asked(pod: str, address: str, port: int) -> str:
    """The name of the pod that answers another one at an address."""
    request = "printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n'"
    answer = kubectl(f'exec {pod} -- sh -c "{request} | busybox nc -w 5 {address} {port}"')
    return answer.splitlines()[-1]


def test_pods_reach_each_other_and_know_names() -> None:
    """Breaks what a cluster is for: pods of one node do not reach those of another one, a Service leads nowhere, or DNS knows no names."""
    connect_pods()
    on(CONTROL_PLANES[0], f"kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f - <<'END'\n{WEB}END")
    kubectl("rollout status deployment/web --timeout=120s", CONTROL_PLANES[0])
    shown = kubectl(
        "get pods -l app=web -o jsonpath='{range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP}{\"\\n\"}{end}'"
    )
    pods = [line.split() for line in shown.splitlines()]
    assert {node for _name, node, _address in pods} == set(WORKERS)
    for name, _node, _address in pods:
        for other, _its_node, address in pods:
            assert _asked(name, address, 8080) == other
    shown = kubectl(f"exec {pods[0][0]} -- busybox nslookup web.default.svc.cluster.local")
    service = kubectl("get service web -o jsonpath={.spec.clusterIP}")
    assert shown.split()[-1] == service
    assert _asked(pods[0][0], service, 80) in {name for name, _node, _address in pods}


def test_the_certificates_of_all_hosts() -> None:
    """Breaks the report: a host of the cluster is not in it, or what is well is said to be wrong."""
    run = report_certificates()
    assert run.code == 0, run.output
    assert [host["name"] for host in run.report["hosts"]] == EVERYONE
    for node in WORKERS:
        kinds = [entry["kind"] for entry in run.entries(node).values()]
        assert kinds == ["ca", "kubeconfig", "kubelet"]


def _reported(playbook: str, file: str) -> dict[str, dict[str, t.Any]]:
    run = run_report(playbook, None)
    assert run.code == 0, run.output
    return {host["name"]: host for host in json.loads(run.files[file])["hosts"]}


def test_the_preflight_of_all_hosts() -> None:
    """Breaks the report: a host of the cluster is not in it; or what has joined is checked as what makes a cluster, or as what joins."""
    found = _reported("preflight.yml", "preflight.json")
    assert sorted(found) == EVERYONE
    names = {host: {check["name"] for check in report["checks"]} for host, report in found.items()}
    assert all("Port-6443" not in names[node] and "Swap" in names[node] for node in WORKERS)
    assert all("Port-6443" in names[node] for node in CONTROL_PLANES)
    assert not {"JoinEndpoint", "EtcdMembers"} & set().union(*names.values())


def test_a_worker_that_is_cut_off() -> None:
    """Breaks the diagnosis of a node that is not ready: its kubelet is well, and nobody says that it asks in vain."""
    assert {host["status"] for host in _reported("diagnose.yml", "diagnosis.json").values()} == {"healthy"}
    rule = "OUTPUT -p tcp --dport 16443 -j REJECT"
    on(WORKERS[0], f"iptables -A {rule}")
    try:
        run = run_report("diagnose.yml", None)
    finally:
        on(WORKERS[0], f"iptables -D {rule}")
    assert run.code != 0
    hosts = {host["name"]: host for host in json.loads(run.files["diagnosis.json"])["hosts"]}
    (finding,) = hosts[WORKERS[0]]["findings"]
    assert (finding["component"], finding["fault"]) == ("kubelet", "ApiServerUnreachable")
    assert [name for name, host in hosts.items() if host["status"] != "healthy"] == [WORKERS[0]]


def _rows_of(path: pathlib.Path) -> dict[str, list[tuple[str, str]]]:
    plan = json.loads(path.read_text(encoding="utf-8"))
    assert plan["complete"]
    return {host["name"]: [(row["artefact"], row["action"]) for row in host["changes"]] for host in plan["hosts"]}


def test_a_flag_reaches_all_without_a_failed_request(tmp_path: pathlib.Path) -> None:
    """Breaks a change in the day: clients see it; or one of the control planes keeps the old flag; or the plan says something else."""
    before = files_of(*EVERYONE)
    planned = play({**CHANGED, "kubewright_plan_file": str(tmp_path / "plan.json")}, playbook="plan.yml")
    assert planned.code == 0, planned.shown()
    assert files_of(*EVERYONE) == before
    with Asking().meanwhile() as client:
        run = run_cluster({**CHANGED, "kubewright_plan_file": str(tmp_path / "done.json")})
    assert run.changed > 0
    rows = _rows_of(tmp_path / "plan.json")
    assert sorted(rows) == EVERYONE
    assert {name for name, changes in rows.items() if changes} == set(CONTROL_PLANES)
    assert _rows_of(tmp_path / "done.json") == rows
    assert client.count > 100
    assert client.failures == []
    for node in CONTROL_PLANES:
        assert "--profiling=false" in on(node, "tr '\\0' '\\n' < /proc/$(pgrep -x kube-apiserver)/cmdline")
    assert run_cluster(CHANGED).changed == 0


def test_a_setting_of_the_kubelets_leaves_pods_alone() -> None:
    """Breaks what runs: a change of the kubelet restarts pods, for which nobody has emptied the node; or a host keeps the old setting."""
    before = {node: on(node, "crictl ps -q | sort") for node in EVERYONE}
    setting = {**CHANGED, **with_kubelet("maxPods=99")}
    planned = run_cluster(setting, "--check")
    assert len([row for row in planned.rows if row.artefact == "/var/lib/kubelet/config.yaml"]) == len(EVERYONE)
    assert sorted(run_cluster(setting).rows) == sorted(planned.rows)
    for node in EVERYONE:
        assert "maxPods: 99" in on(node, "cat /var/lib/kubelet/config.yaml")
    assert {node: on(node, "crictl ps -q | sort") for node in EVERYONE} == before
    assert run_cluster(setting).changed == 0
    run_cluster(CHANGED)


BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
"""


def test_a_setting_that_pods_feel() -> None:
    """Breaks what runs: pods are made in another way and were not evicted; two nodes are emptied at a time; or one stays so."""
    on(CONTROL_PLANES[0], f"kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f - <<'END'\n{BUDGET}END")
    setting = {**CHANGED, **with_kubelet("cpuManagerPolicy='static', kubeReserved={'cpu': '100m'}")}
    planned = run_cluster(setting, "--check")
    assert len([row for row in planned.rows if row.artefact.startswith("pods of node ")]) == len(EVERYONE) - 1
    for declared, policy in ((setting, "static"), (CHANGED, "none")):
        with Emptied().meanwhile() as seen:
            run = run_cluster(declared)
        assert policy == "none" or sorted(run.rows) == sorted(planned.rows)
        # All but the one that leads.
        assert (seen.together, len(seen.names)) == (1, len(EVERYONE) - 1)
        for node in EVERYONE:
            assert f'"policyName":"{policy}"' in on(node, "cat /var/lib/kubelet/cpu_manager_state")
        # The taint goes a little after it.
        eventually(lambda: "unschedulable" not in kubectl("get nodes -o yaml"), "all nodes take pods")
        assert "kubewright.io" not in kubectl("get nodes -o yaml")
        kubectl("rollout status deployment/web --timeout=120s")
    assert run_cluster(CHANGED).changed == 0


@pytest.mark.parametrize("node", ["cluster-cp3", "cluster-cp2", "cluster-cp1"])
def test_a_lost_disk(node: str) -> None:
    """Breaks the replacement of a host, the first one too: the others are not asked, a second cluster is made, or --check foretells
    something else than is done then.
    """
    cluster = etcd_cluster(node)
    lose_disk(node)
    others = [name for name in CONTROL_PLANES if name != node]
    planned = run_cluster(CHANGED, "--check")
    run = run_cluster(CHANGED)
    # What its kubelet asks for to serve with has no name before.
    assert sorted(row for row in run.rows if not row.artefact.startswith("CertificateSigningRequest ")) == sorted(
        planned.rows
    )
    eventually(lambda: ready_nodes() == EVERYONE, "all nodes are Ready")
    for name in CONTROL_PLANES:
        assert voters(name) == list(CONTROL_PLANES)
        assert etcd_cluster(name) == cluster
    assert on(node, "sha256sum < /etc/kubernetes/pki/ca.crt") == on(others[0], "sha256sum < /etc/kubernetes/pki/ca.crt")
    assert run_cluster(CHANGED).changed == 0


def test_a_member_of_etcd_is_away() -> None:
    """Breaks the whole run for one host: the others are not brought in line; or their etcd is changed without a quorum to spare."""
    with etcd_away("cluster-cp2"):
        wrong = play({**CHANGED, "kubewright_etcd_extra_args": {"snapshot-count": "9000"}}, playbook="cluster.yml")
    assert wrong.code != 0
    assert "other members are away: cluster-cp2" in wrong.output
    eventually(lambda: ready_nodes() == EVERYONE, "all nodes are Ready", 300)
    for name in CONTROL_PLANES:
        assert "snapshot-count=10000" in on(name, "cat /etc/kubernetes/manifests/etcd.yaml")


@pytest.mark.parametrize(
    "away", [("cluster-cp1", "cluster-cp2"), ("cluster-cp2", "cluster-cp3")], ids=["first", "last"]
)
def test_the_quorum_is_lost(away: tuple[str, str]) -> None:
    """Breaks what is left of a cluster: it is changed without a quorum, or the run waits for minutes before it says so."""
    before = files_of(*EVERYONE)
    with etcd_away(*away):
        run = play({**CHANGED, "kubewright_etcd_extra_args": {"snapshot-count": "9000"}}, playbook="cluster.yml")
        assert files_of(*EVERYONE) == before
    assert (run.code, run.changed) == (2, 0)
    assert "etcd has no quorum" in run.output
    eventually(lambda: ready_nodes() == EVERYONE, "all nodes are Ready", 300)


def test_a_host_is_out_of_reach() -> None:
    """Breaks the day on which one host cannot be logged in to: the others are not brought in line, or another cluster is made."""
    # Connections that Ansible has kept open too.
    on("cluster-cp1", "systemctl stop ssh.socket ssh.service; pkill -9 sshd", check=False)
    try:
        run = play(_profiling("true"), playbook="cluster.yml")
    finally:
        on("cluster-cp1", "systemctl start ssh")
    assert run.code == 4
    for name in CONTROL_PLANES:
        flag = "true" if name != "cluster-cp1" else "false"
        assert f"--profiling={flag}" in on(name, "cat /etc/kubernetes/manifests/kube-apiserver.yaml")
    assert run_cluster(CHANGED).changed > 0


def test_a_node_is_removed() -> None:
    """Breaks when a node cannot be taken out: its pods, its member of etcd or its node stay."""
    removed = play({"kubewright_remove_node": WORKERS[1]}, playbook="remove-node.yml")
    assert removed.code == 0, removed.output
    assert ready_nodes() == [name for name in EVERYONE if name != WORKERS[1]]
    again = play({"kubewright_remove_node": WORKERS[1]}, playbook="remove-node.yml")
    assert (again.code, again.changed) == (0, 0)
    run_cluster(CHANGED)
    assert eventually(lambda: ready_nodes() == EVERYONE, "it has joined anew")


@pytest.mark.parametrize("node", [WORKERS[1], CONTROL_PLANES[1]])
def test_a_host_is_reset(node: str) -> None:
    """Breaks the reset: something of the cluster stays on the host or of the host in the cluster, or the host is not as it was before."""
    everyone = ready_nodes()
    asked = {"kubewright_reset": True, "kubewright_reset_also": ["interfaces", "rules", "logs"]}
    planned = play(asked, "--check", "--limit", node, playbook="reset.yml")
    assert (planned.code, ready_nodes()) == (0, everyone)
    run = play(asked, "--limit", node, playbook="reset.yml")
    assert run.code == 0, run.output
    assert has_now(node) == had_before_init(node)
    assert ready_nodes() == [name for name in everyone if name != node]
    if node in CONTROL_PLANES:
        left = [name for name in CONTROL_PLANES if name != node]
        assert voters(left[0]) == left
    assert play(asked, "--limit", node, playbook="reset.yml").changed == 0
    run_cluster(CHANGED)
    eventually(lambda: node in ready_nodes(), "it is back")


def test_the_last_control_plane_stays() -> None:
    """Breaks the cluster: all of it is reset by one command, because somebody has forgotten a word."""
    before = files_of(*EVERYONE)
    refused = play({"kubewright_reset": True}, playbook="reset.yml")
    assert (refused.code, refused.changed) == (2, 0)
    assert "kubewright_reset_force" in refused.output
    unasked = play({"kubewright_reset": "no", "kubewright_reset_force": True}, playbook="reset.yml")
    assert (unasked.code, unasked.changed) == (2, 0)
    assert files_of(*EVERYONE) == before


def test_the_whole_cluster_is_reset() -> None:
    """Breaks the end of a cluster: something stays on its hosts; or another one cannot be made of them."""
    asked = {
        "kubewright_reset": True,
        "kubewright_reset_force": True,
        "kubewright_reset_also": ["interfaces", "rules", "logs"],
    }
    run = play(asked, playbook="reset.yml")
    assert run.code == 0, run.output
    for node in EVERYONE:
        assert has_now(node) == had_before_init(node)
    assert play(asked, playbook="reset.yml").changed == 0
