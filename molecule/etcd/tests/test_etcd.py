# SPDX-License-Identifier: GPL-3.0-or-later
"""An external etcd of three hosts, and a control plane that asks it.

The tests follow each other on the same nodes.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import typing as t

from certs_runs import report_certificates
from cluster_nodes import (
    CONTROL_PLANES,
    EVERYONE,
    MEMBERS,
    etcd_away,
    etcd_cluster,
    files_of,
    kubectl,
    lose_disk,
    on,
    ready_nodes,
    voters,
)
from finished_node import eventually
from playbook_runs import Run, play
from report_runs import run_report

CLIENT = "/etc/kubernetes/pki/apiserver-etcd-client.crt"
FLAG = {"kubewright_etcd_extra_args": {"snapshot-count": "9000"}}


def _is_whole(node: str) -> bool:
    with contextlib.suppress(AssertionError):
        return voters(node) == list(MEMBERS)
    return False


def run_etcd(variables: dict[str, t.Any], *options: str) -> Run:
    """A run of playbooks/etcd.yml that must succeed."""
    run = play(variables, *options, playbook="etcd.yml")
    assert run.code == 0, run.shown()
    return run


def test_the_members_are_there_and_the_control_plane_asks_them() -> None:
    """Breaks the etcd: a member has no vote, or the control plane has another one than it."""
    for node in MEMBERS:
        assert voters(node) == list(MEMBERS)
    assert eventually(lambda: ready_nodes() == EVERYONE, "the node is Ready")
    assert kubectl("get --raw /readyz") == "ok"
    addresses = [on(node, "hostname -i").strip() for node in MEMBERS]
    servers = ",".join(f"https://{address}:2379" for address in addresses)
    assert f"--etcd-servers={servers}" in on(CONTROL_PLANES[0], "cat /etc/kubernetes/manifests/kube-apiserver.yaml")


def test_what_a_host_of_etcd_has() -> None:
    """Breaks the host: it holds keys of the cluster, or its kubelet is open to others."""
    for node in MEMBERS:
        files = on(node, "cd /etc/kubernetes && find . -type f | sort").split()
        assert "./pki/etcd/ca.key" in files
        assert not [path for path in files if "/sa." in path or path.endswith(".conf") or path.startswith("./pki/ca")]
        assert on(node, "ls /etc/kubernetes/manifests").split() == ["etcd.yaml"]
        assert "127.0.0.1:10250" in on(node, "ss -ltn")
        assert "*:10250" not in on(node, "ss -ltn")


def test_a_second_run_changes_nothing() -> None:
    """Breaks when each run finds something to do."""
    before = files_of(*MEMBERS, *CONTROL_PLANES)
    assert run_etcd({}, "--check").changed == 0
    assert run_etcd({}).changed == 0
    assert files_of(*MEMBERS, *CONTROL_PLANES) == before


def test_the_reports() -> None:
    """Breaks the report of all hosts: those of etcd are not in it, or what is well is said to be wrong."""
    everyone = sorted([*EVERYONE, *MEMBERS])
    for playbook, file in (("preflight.yml", "preflight.json"), ("diagnose.yml", "diagnosis.json")):
        run = run_report(playbook, None)
        assert run.code == 0, run.output
        assert sorted(host["name"] for host in json.loads(run.files[file])["hosts"]) == everyone
    certificates = report_certificates()
    assert certificates.code == 0, certificates.output
    paths = [path.removeprefix("/etc/kubernetes/pki/") for path in certificates.entries(MEMBERS[0])]
    assert paths[:3] == ["etcd/ca.crt", "etcd/server.crt", "etcd/peer.crt"]


def _planned(path: pathlib.Path) -> dict[str, t.Any]:
    """The changes of each member, by a file of a plan."""
    hosts = json.loads(path.read_text(encoding="utf-8"))["hosts"]
    assert {host["status"] for host in hosts} == {"complete"}
    return {host["name"]: host["changes"] for host in hosts if host["name"] in MEMBERS}


def test_a_flag_goes_from_one_member_to_the_next(tmp_path: pathlib.Path) -> None:
    """Breaks a change: a member keeps the old flag, or does something else than was planned."""
    planned = run_etcd(FLAG, "--check")
    files = [tmp_path / "plan.json", tmp_path / "done.json"]
    plan, run = (
        play({**FLAG, "kubewright_plan_file": str(file)}, playbook=playbook)
        for file, playbook in zip(files, ("plan.yml", "etcd.yml"), strict=True)
    )
    assert (plan.code, run.code) == (0, 0), plan.shown() + run.shown()
    assert sorted(run.rows) == sorted(planned.rows)
    changes = _planned(files[0])
    assert changes == _planned(files[1])
    assert list(changes) == list(MEMBERS)
    for rows in changes.values():
        assert ("/etc/kubernetes/manifests/etcd.yaml", "change") in [(row["artefact"], row["action"]) for row in rows]
    for node in MEMBERS:
        assert "--snapshot-count=9000" in on(node, "tr '\\0' '\\n' < /proc/$(pgrep -x etcd)/cmdline")
    assert run_etcd(FLAG).changed == 0


def test_a_member_that_is_away() -> None:
    """Breaks the quorum: a second member is stopped while one is away."""
    with etcd_away(MEMBERS[2]):
        run = play({}, playbook="etcd.yml")
    assert run.code != 0
    assert f"other members are away: {MEMBERS[2]}" in run.output
    for node in MEMBERS:
        assert "--snapshot-count=9000" in on(node, "cat /etc/kubernetes/manifests/etcd.yaml")
    eventually(lambda: _is_whole(MEMBERS[2]), "it is back", 120)
    assert run_etcd(FLAG).changed == 0


def test_the_first_host_has_lost_its_disk() -> None:
    """Breaks the data: the first host begins an etcd of its own beside that of the others; or the control plane is left without one."""
    cluster = etcd_cluster(MEMBERS[1])
    lose_disk(MEMBERS[0])
    run_etcd(FLAG)
    for node in MEMBERS:
        assert (voters(node), etcd_cluster(node)) == (list(MEMBERS), cluster)
    assert kubectl("get --raw /readyz") == "ok"
    assert run_etcd(FLAG).changed == 0


def test_renewed_certificates_reach_the_control_plane() -> None:
    """Breaks the control plane when the certificate by which it asks etcd has ended, though it was renewed on the hosts of etcd."""
    before = on(CONTROL_PLANES[0], f"sha256sum < {CLIENT}")
    for node in MEMBERS:
        on(node, f"rm {CLIENT} {CLIENT.replace('.crt', '.key')}")
    assert run_etcd(FLAG).changed > 0
    after = on(CONTROL_PLANES[0], f"sha256sum < {CLIENT}")
    assert after != before
    assert after == on(MEMBERS[0], f"sha256sum < {CLIENT}")
    assert kubectl("get --raw /readyz") == "ok"
    assert run_etcd(FLAG).changed == 0
