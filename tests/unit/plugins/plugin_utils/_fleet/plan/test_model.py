# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of many hosts."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
from plan_fleet import CREATE, HOSTS, RESTART, plan, until, whole

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


def test_every_result_is_registered_by_a_role_of_init() -> None:
    """Breaks the plan in silence: a role registers its result under another name, so that its phase counts as left out."""
    texts = {path.parts[-3]: path.read_text(encoding="utf-8") for path in ROLES.glob("*/tasks/main.yml")}
    used = ["config", "init", *(phase.name for phase in PHASES)]
    registered = [name for role in used for name in re.findall(r"register: (\w+)", texts[role])]
    playbook = (ROLES.parent / "playbooks/plan.yml").read_text(encoding="utf-8")
    assert set(model.RESULTS.values()) == {*registered, *re.findall(r"register: (\w+)", playbook)}
    assert {phase.name for phase in PHASES} <= set(model.RESULTS)
    # In the order of the tasks, for what comes after a failure counts no more.
    order = [name for name in model.RESULTS if name in {phase.name for phase in PHASES}]
    assert order == [phase.name for phase in PHASES]


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
