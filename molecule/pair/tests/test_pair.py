# SPDX-License-Identifier: GPL-3.0-or-later
"""Two control planes behind a load balancer and a worker, made by one playbook: the smallest of all, for versions beside the newest.

The tests follow each other on the same nodes.
"""

from __future__ import annotations

import re

from chaos.kills import Kill, ended
from cluster_nodes import (
    CONTROL_PLANES,
    EVERYONE,
    WORKERS,
    Emptied,
    kubectl,
    on,
    ready_nodes,
    run_cluster,
    voters,
    with_kubelet,
)
from finished_node import eventually
from playbook_runs import play

FLAG = {"kubewright_apiserver_extra_args": {"profiling": "false"}}


def _is_whole() -> bool:
    return ready_nodes() == EVERYONE and all(voters(node) == list(CONTROL_PLANES) for node in CONTROL_PLANES)


def test_all_nodes_are_there() -> None:
    """Breaks the cluster: a node is missing, or a member of etcd has no vote; or a token is left."""
    assert eventually(_is_whole, "all nodes are Ready")
    assert kubectl("-n kube-system get secrets -o name | grep -c bootstrap-token") == "1"
    assert "Pending" not in kubectl("get csr")


def test_the_second_run_changes_nothing() -> None:
    """Breaks when each run finds something to do on a control plane that has joined, or on a worker."""
    assert run_cluster({}).changed == 0
    assert run_cluster({}, "--check").changed == 0


def test_a_flag_reaches_all() -> None:
    """Breaks a change: one of the control planes keeps the old flag, or does something else than was planned."""
    planned = run_cluster(FLAG, "--check")
    assert sorted(run_cluster(FLAG).rows) == sorted(planned.rows)
    for node in CONTROL_PLANES:
        assert "--profiling=false" in on(node, "tr '\\0' '\\n' < /proc/$(pgrep -x kube-apiserver)/cmdline")
    assert run_cluster(FLAG).changed == 0


def test_a_setting_that_pods_feel() -> None:
    """Breaks what runs: pods are made in another way and were not evicted; or a kubelet does not start with the checkpoint of before."""
    setting = {**FLAG, **with_kubelet("cpuManagerPolicy='static', kubeReserved={'cpu': '100m'}")}
    with Emptied().meanwhile() as seen:
        run_cluster(setting)
    assert (seen.together, seen.names) == (1, {*EVERYONE} - {CONTROL_PLANES[0]})
    for node in EVERYONE:
        assert '"policyName":"static"' in on(node, "cat /var/lib/kubelet/cpu_manager_state")
    assert run_cluster(setting).changed == 0
    run_cluster(FLAG)


def test_a_host_leaves_and_comes_back() -> None:
    """Breaks the replacement of a host: something of it stays in the cluster, or it cannot join by the same command."""
    for node in (WORKERS[0], CONTROL_PLANES[1]):
        run = play({"kubewright_reset": True}, "--limit", node, playbook="reset.yml")
        assert run.code == 0, run.output
        assert ready_nodes() == [name for name in EVERYONE if name != node]
        run_cluster(FLAG)
        eventually(_is_whole, f"{node} is back")
    assert run_cluster(FLAG).changed == 0


def _leave(*nodes: str) -> None:
    for node in nodes:
        run = play({"kubewright_reset": True}, "--limit", node, playbook="reset.yml")
        assert run.code == 0, run.output


def _tasks() -> list[tuple[str, str]]:
    """The tasks of a run in their order, each with its play."""
    shown = re.findall(r"^(PLAY|TASK) \[(.*)\] \*", run_cluster(FLAG, "--check").output, re.MULTILINE)
    found, play_name = [], ""
    for kind, name in shown:
        if kind == "PLAY":
            play_name = name
        else:
            found.append((play_name, name.rpartition(" : ")[2]))
    return found


def test_a_run_that_is_killed_at_every_task() -> None:
    """Breaks a join that is cut off anywhere: the next run fails, stands still, or leaves a member or a node that is none."""
    _leave(WORKERS[0], CONTROL_PLANES[1])
    begin = [name for name, _task in _tasks()].index("Join the other control planes, one after the other")
    task = begin
    while ended(Kill(task + 1, 0.0, FLAG, FLAG), "cluster.yml"):
        task += 1
    assert task > begin + 30
    eventually(_is_whole, "all nodes are Ready")
    run_cluster(FLAG)
    assert run_cluster(FLAG).changed == 0


def test_a_token_that_ends_midway() -> None:
    """Breaks a worker whose run was cut off for longer than its token holds: its kubelet asks with it without end."""
    _leave(WORKERS[0])
    start = _tasks().index(("Join the workers", "Configure and start the kubelet"))
    assert ended(Kill(start + 1, 0.0, FLAG, FLAG), "cluster.yml")
    assert "token" in on(WORKERS[0], "cat /etc/kubernetes/bootstrap-kubelet.conf")
    kubectl("-n kube-system delete secrets --field-selector type=bootstrap.kubernetes.io/token")
    run_cluster(FLAG)
    eventually(_is_whole, "all nodes are Ready")
    on(WORKERS[0], "! test -e /etc/kubernetes/bootstrap-kubelet.conf")
    assert run_cluster(FLAG).changed == 0
