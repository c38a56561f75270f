# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan on a control plane that runs: it is what a run then does, and making it changes nothing.

The tests take the control plane that those of test_failure.py have left, and leave it so.
"""

from __future__ import annotations

import json
import pathlib
import stat
import typing as t

import pytest
from playbook_runs import NODE, Run, on_node, play

MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"
# What test_failure.py has declared last.
DECLARED = {"kubewright_apiserver_extra_args": {"profiling": "false"}}
CHANGED = {
    "kubewright_apiserver_extra_args": {"profiling": "false", "audit-log-maxage": "3"},
    "kubewright_apiserver_cert_sans": ["api.example.com"],
    "kubewright_kubelet_extra_args": {"v": "3"},
}
Plan = dict[str, t.Any]


def _planned(
    path: pathlib.Path, variables: dict[str, t.Any], *options: str, playbook: str = "plan.yml"
) -> tuple[Run, Plan]:
    """A run, and the plan that it has written."""
    run = play({**variables, "kubewright_plan_file": str(path)}, *options, playbook=playbook)
    assert "Traceback" not in run.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return run, json.loads(path.read_text(encoding="ascii"))


def _rows(plan: Plan) -> list[tuple[str, str]]:
    (host,) = plan["hosts"]
    return [(change["artefact"], change["action"]) for change in host["changes"]]


def _state() -> str:
    """Files with contents and times, objects with their versions, and when the components were started."""
    kinds = "configmaps,secrets,roles,rolebindings,serviceaccounts,daemonsets,deployments,services"
    columns = "K:.kind,N:.metadata.name,G:.metadata.generation,D:.data,S:.spec"
    return on_node(
        "find /etc/kubernetes /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /var/lib/kubewright -type f"
        " -printf '%p %m %T@ ' -exec sha256sum {} \\; 2>/dev/null | sort;"
        f"kubectl --kubeconfig /etc/kubernetes/admin.conf get {kinds} -A -o custom-columns={columns};"
        "for name in kubelet etcd kube-apiserver kube-controller-manager kube-scheduler; do"
        " ps -o pid=,lstart= -p $(pgrep -xo $name | head -1); done"
    )


@pytest.mark.parametrize("options", [(), ("--diff", "-e", "ansible_check_mode=false"), ("--tags", "control_plane")])
def test_a_plan_changes_nothing(tmp_path: pathlib.Path, options: tuple[str, ...]) -> None:
    """Breaks the one who only wants to look: a file, an object or a process is another one after it."""
    before = _state()
    run, plan = _planned(tmp_path / "plan.json", CHANGED, *options)
    assert run.code == 0, run.output[-5000:]
    assert _state() == before
    assert (plan["check_mode"], plan["complete"]) == (True, "--tags" not in options)
    assert f"  {MANIFEST} " in run.output
    assert "      + --audit-log-maxage: 3\n" in run.output


def test_the_plan_is_what_a_run_does(tmp_path: pathlib.Path) -> None:
    """Breaks trust in the plan: a run does more, or less, or says it in another way. The next plan knows how long it took."""
    _run, plan = _planned(tmp_path / "plan.json", CHANGED)
    checked, other = _planned(tmp_path / "check.json", CHANGED, "--check", playbook="init-control-plane.yml")
    assert checked.code == 0, checked.output[-5000:]
    done, written = _planned(tmp_path / "done.json", CHANGED, playbook="init-control-plane.yml")
    assert done.code == 0, done.output[-5000:]
    assert (written["check_mode"], written["complete"]) == (False, True)
    assert _rows(plan) == _rows(other) == _rows(written)
    fields = [
        {change["artefact"]: change["fields"] for change in item["hosts"][0]["changes"]}
        for item in (plan, other, written)
    ]
    assert fields[0] == fields[1] == fields[2]
    assert fields[0][MANIFEST] == [{"name": "--audit-log-maxage", "after": "3"}]
    assert {"name": "--v", "after": "3"} in fields[0]["/var/lib/kubelet/kubeadm-flags.env"]
    run, back = _planned(tmp_path / "back.json", DECLARED)
    assert run.code == 0, run.output[-5000:]
    away = {change["artefact"]: change["away_seconds"] for change in back["hosts"][0]["changes"]}
    assert 0.5 < away["kube-apiserver"] < 120
    assert f"(the API server was away for {away['kube-apiserver']:.0f} s when this was done last)" in run.output
    assert on_node("stat -c '%a %U' /var/lib/kubewright /var/lib/kubewright/*") == "700 root\n600 root\n"
    assert play(DECLARED).code == 0


def test_a_pipeline_that_looks_for_drift(tmp_path: pathlib.Path) -> None:
    """Breaks a pipeline: it goes on where something differs, or stops where nothing does."""
    run, plan = _planned(tmp_path / "plan.json", {**DECLARED, "kubewright_plan_fail": True})
    assert (run.code, _rows(plan), plan["complete"]) == (0, [], True), run.output[-5000:]
    # The kubelet would follow a manifest at once.
    on_node("chmod 0666 /var/lib/kubelet/config.yaml")
    run, plan = _planned(tmp_path / "plan.json", {**DECLARED, "kubewright_plan_fail": True})
    assert run.code == 2
    assert run.message == f"plan_report: 1 of 1 hosts differ from what is declared: {NODE}"
    (change,) = plan["hosts"][0]["changes"]
    assert (change["artefact"], change["action"]) == ("/var/lib/kubelet/config.yaml", "change")
    assert change["fields"] == [{"name": "mode", "before": "0666", "after": "0644"}]
    assert play(DECLARED).code == 0


def test_a_plan_that_ends_early_says_so(tmp_path: pathlib.Path) -> None:
    """Breaks trust in the file: it looks complete though a host was refused, or is out of reach, or that of a run before stays."""
    path = tmp_path / "plan.json"
    run, plan = _planned(path, {**DECLARED, "kubewright_service_subnet": "10.97.0.0/16"})
    assert run.code == 2
    assert (plan["complete"], plan["hosts"][0]["status"]) == (False, "failed")
    assert "RunningCluster" in plan["hosts"][0]["message"]
    run, plan = _planned(path, {**DECLARED, "ansible_port": 1})
    assert run.code == 2
    assert (plan["complete"], plan["hosts"][0]["status"]) == (False, "unreachable")
    assert f"{NODE}: UNREACHABLE" in run.output
    wrong = play({"kubewright_plan_file": str(path), "kubewright_bind_port": "many"})
    assert wrong.code == 2
    assert not path.exists()
