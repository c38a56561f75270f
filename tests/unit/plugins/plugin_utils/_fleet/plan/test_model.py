# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of many hosts."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml
from plan_fleet import CREATE, HOSTS, RESTART, plan, resolved, until, whole

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan import model
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ROLES = pathlib.Path(__file__).parents[6] / "roles"


def _host(results: t.Mapping[str, t.Any]) -> model.HostPlan:
    outcomes = {"cp1": model.PlanResults("", t.cast("t.Mapping[str, model.Registered]", results))}
    return model.fleet_plan(outcomes, "", "", True).hosts[0]


def test_each_host_is_said_to_be_what_it_is() -> None:
    """Breaks trust in the plan: one looks complete that is not."""
    found = plan()
    assert {host.name: host.status for host in found.hosts} == {
        "cp1": "complete",
        "cp2": "complete",
        "cp3": "failed",
        "cp4": "unreachable",
        "cp5": "incomplete",
        "cp6": "unknown",
    }
    messages = {host.name: host.message for host in found.hosts if host.message}
    assert messages == {
        "cp3": "Swap: found swap is on.\nTurn it off.",
        "cp4": "no route to host",
        "cp6": "The run has not come to this host.",
    }
    assert model.unplanned(found) == ["cp3", "cp4", "cp6"]
    assert model.changing(found) == ["cp1", "cp5"]
    assert {host.kubernetes_version for host in found.hosts} == {"v1.37.2", ""}
    counts = {"complete": 2, "incomplete": 1, "failed": 1, "unreachable": 1, "unknown": 1}
    assert model.count_hosts(found) == counts
    assert model.count_changes(found) == {"create": 1, "change": 1, "remove": 0, "restart": 1}


def test_the_rows_of_a_host() -> None:
    """Breaks the plan: a row is lost, at another phase, or comes twice."""
    first = plan().hosts[0]
    assert [(change["phase"], change["action"]) for change in first.changes] == [
        ("control_plane", "change"),
        ("control_plane", "restart"),
    ]
    assert [change["away_seconds"] for change in first.changes] == [None, 18.2]
    assert first.phases == [phase.name for phase in PHASES]
    assert _host(whole(restart=[RESTART])).changes[0]["phase"] == "wait_control_plane"
    assert "addons" not in plan().hosts[1].phases


def test_what_a_task_has_planned_that_fails() -> None:
    """Breaks the plan of a run that ends early: what was done before is not told, or what never came is."""
    failed = {"failed": True, "msg": "no registry", "planned": [CREATE]}
    found = _host({**until("images", failed), "certs": {"planned": [CREATE, RESTART]}})
    assert (found.status, found.message, len(found.changes)) == ("failed", "no registry", 1)
    lost = _host(until("addons", {"unreachable": True, "msg": "gone"}, certs=[CREATE]))
    assert (lost.status, len(lost.changes)) == ("unreachable", 1)


@pytest.mark.parametrize("odd", [{"planned": [{}]}, {"planned": "x"}, {"planned": [None]}, {"planned": 1}])
def test_results_that_are_none(odd: t.Any) -> None:
    """Breaks the plan of every host by what one of them has registered."""
    found = _host({**whole(), "certs": odd})
    assert found.status == "failed"
    assert found.message.startswith("the host's results are not those of this collection: ")


def test_what_a_terminal_would_obey() -> None:
    """Breaks the terminal of the one who reads: a message comes from a host."""
    found = _host({"config": {"failed": True, "msg": "\x1b[31mred\x1b[0m\x07"}})
    assert found.message == "red\\x07"


def _registered(*texts: str) -> list[str]:
    return [name for text in texts for name in re.findall(r"register: (\w+)", text)]


def _tasks(role: str) -> str:
    return (ROLES / role / "tasks/main.yml").read_text(encoding="utf-8")


PLAYBOOK = (ROLES.parent / "playbooks/plan.yml").read_text(encoding="utf-8")
# What no host changes by.
_ONLY_READ = {"__cluster_state_result", "__join_info_result"}


def test_every_result_is_registered_by_a_role_of_init() -> None:
    """Breaks the plan in silence: a role registers its result under another name, so that its phase counts as left out."""
    used = ["config", "init", *(phase.name for phase in PHASES)]
    registered = _registered(*map(_tasks, used), PLAYBOOK)
    assert set(model.RESULTS.values()) == set(registered) - _ONLY_READ
    assert {phase.name for phase in PHASES} <= set(model.RESULTS)
    # In the order of the tasks, for what comes after a failure counts no more.
    order = [name for name in model.RESULTS if name in {phase.name for phase in PHASES}]
    assert order == [phase.name for phase in PHASES]


@pytest.mark.parametrize("role", ["join_control_plane", "join_worker", "etcd_host"])
def test_every_change_of_a_host_that_joins_is_registered(role: str) -> None:
    """Breaks the plan of those that join in silence: a task changes something, and its result is not looked at, or in another order."""
    unseen = {"__join_token_result", "__etcd_answers_result", "__etcd_leader_result"}
    registered = [
        name
        for name in _registered(_tasks(role))
        if name not in unseen and name not in model.JOIN_CONFIGS and not name.endswith("_registered_result")
    ]
    # The last of a name counts.
    registered = [name for place, name in enumerate(registered) if name not in registered[place + 1 :]]
    assert registered == [name for name in model.JOIN_RESULTS.values() if name in registered]
    tasks = [
        task
        for block in yaml.safe_load(_tasks(role))
        for task in (*block.get("block", [block]), *block.get("always", []))
        if "register" not in task
    ]
    # The tokens of a run, and what reads alone.
    assert {task["name"] for task in tasks} <= {
        "Wait until the kubelet has its certificate",
        "Remove the token",
        "Write the plan of all hosts",
    }


def _joined(*left_out: str, **results: t.Any) -> model.HostPlan:
    found = {key: {"planned": []} for key in model.JOIN_RESULTS if key not in left_out}
    outcome = model.PlanResults("", {**found, "config": resolved(), **results}, joins=True)
    return model.fleet_plan({"w1": outcome}, "", "", True).hosts[0]


def test_a_host_that_joins() -> None:
    """Breaks the plan of workers: it never looks complete, or what one is emptied for is not told."""
    host = _joined("images", "shared_certs", "certs", "upload_config", node_drain={"planned": [RESTART]})
    assert (host.status, host.message, host.kubernetes_version) == ("complete", "", "v1.37.2")
    assert [change["phase"] for change in host.changes] == ["node_drain"]
    waits = _joined(*model.JOIN_RESULTS, config={"resolved": None, "planned": [CREATE]})
    assert (waits.status, waits.phases, [change["phase"] for change in waits.changes]) == ("complete", [], ["join"])
    ends = _joined(*list(model.JOIN_RESULTS)[5:], preflight={"failed": True, "msg": "Swap: found"})
    assert (ends.status, ends.message) == ("failed", "Swap: found")
    # What is only read can fail too.
    for key in ("read", "shared_certs_look"):
        broken = _joined("wait_control_plane", **{key: {"failed": True, "msg": "no space left"}})
        assert (broken.status, broken.message) == ("failed", "no space left")
    unasked = _joined(*model.JOIN_RESULTS, config={}, join_info={"unreachable": True, "msg": "no route"})
    assert (unasked.status, unasked.message) == ("unreachable", "no route")
    left_out = _joined("wait_control_plane")
    assert left_out.status == "incomplete"


def test_which_results_a_host_has() -> None:
    """Breaks the plan of a cluster: a worker is looked at as one that is initialised, or the leader as one that joins."""
    init, joins = {"__config_result": {"resolved": {}}}, {"__worker_config_result": {"resolved": {}}}
    assert model.names_of({}) == (model.RESULTS, False)
    assert model.names_of({**init, "__join_info_result": {"cluster": {}}}) == (model.RESULTS, False)
    names, is_joining = model.names_of(joins)
    assert (names["config"], is_joining) == ("__worker_config_result", True)
    names, is_joining = model.names_of({"__join_info_result": {"unreachable": True}})
    assert (names.get("config"), is_joining) == (None, True)
    # Of etcd, where no leader could be chosen.
    of_etcd = {"__etcd_leader_result": {"failed": True}}
    names, is_joining = model.names_of(of_etcd)
    assert (names["leader"], names.get("config"), is_joining) == ("__etcd_leader_result", None, True)
    names, is_joining = model.names_of({**of_etcd, "__etcd_host_config_result": {"resolved": None}})
    assert (names["config"], is_joining) == ("__etcd_host_config_result", True)


def test_a_run_without_hosts() -> None:
    """Breaks with a traceback."""
    empty = model.fleet_plan({}, "", "", True)
    assert (empty.hosts, model.unplanned(empty), len(HOSTS)) == ([], [], 6)


def test_what_a_condition_has_left_out_is_not_planned() -> None:
    """Breaks trust in the plan: a role that did not run on a host leaves a plan that looks complete, and says that nothing changes."""
    skipped = {key: {"skipped": True, "changed": False} for key in model.RESULTS}
    assert _host(skipped).status == "unknown"
    made = whole()
    assert _host({**made, "kubeconfig": {"skipped": True}}).status == "complete"
    assert _host({**made, "addons": {"skipped": True}}).status == "incomplete"
