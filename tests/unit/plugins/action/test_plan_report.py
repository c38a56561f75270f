# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""plan_report: what is shown, what is written where, and when it fails."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from acting import act
from plan_fleet import CHANGE, HOSTS, whole

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.model import RESULTS


def _variables(**hosts: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    named = {
        name: {RESULTS[key]: result for key, result in results.items()} | {"kubewright_cluster": name}
        for name, results in hosts.items()
    }
    return {"hostvars": named}


ALL = _variables(**{name: outcome.results for name, outcome in HOSTS.items()})


@pytest.mark.parametrize(
    ("hosts", "fail", "said"),
    [
        (["cp2"], "changes", None),
        (["cp1", "cp2"], "unplanned", None),
        (["cp1", "cp2"], "changes", "1 of 2 hosts differ from what is declared: cp1"),
        (["cp1", "cp3", "cp4"], "changes", "2 of 3 hosts could not be planned: cp3, cp4"),
        (["cp1", "cp3", "cp4"], "never", None),
        (["cp5"], "unplanned", None),
    ],
)
def test_when_it_fails(hosts: list[str], fail: str, said: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks pipelines: one goes on without a plan, or stops where nothing is wrong; or nothing is told before."""
    result = act("plan_report", {"hosts": hosts, "fail": fail}, ALL).result
    assert result.get("msg") == (f"plan_report: {said}" if said else None)
    assert bool(result.get("failed")) is (said is not None)
    assert all(f"{host}: " in capsys.readouterr().out for host in hosts[:1])
    assert result["shown"] is True


def test_each_host_is_in_its_own_file(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks several clusters in one inventory: the file of one has the hosts of another; or a host that is lost is in none."""
    one, other = str(tmp_path / "one.json"), str(tmp_path / "other.json")
    variables = _variables(a=whole(file=one, etcd=[CHANGE]), b=whole(file=other), c={"config": {"failed": True}})
    arguments = {"hosts": ["a", "b", "c"], "path": other, "show": False, "fail": "never"}
    result = act("plan_report", arguments, variables, check=True).result
    assert result["written"] == [one, other]
    found = {path: json.loads(pathlib.Path(path).read_text(encoding="ascii")) for path in (one, other)}
    assert [host["name"] for host in found[one]["hosts"]] == ["a"]
    assert [host["name"] for host in found[other]["hosts"]] == ["b", "c"]
    assert (found[one]["complete"], found[other]["complete"]) == (True, False)
    assert found[one]["check_mode"] is True
    assert capsys.readouterr().out == ""
    assert act("plan_report", {"hosts": ["a"], "show": False}, _variables(a=whole())).result["written"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"hosts": ["x"]}, "hosts: there is no host x in the inventory"),
        ({"hosts": ["cp1"], "fail": "often"}, "value of fail must be one of"),
        ({}, "hosts"),
        ({"hosts": ["cp6"], "path": "/dev/null/x"}, "/dev/null"),
    ],
)
def test_what_is_wrong_is_said(arguments: dict[str, t.Any], said: str) -> None:
    """Breaks with a traceback on what a playbook passes."""
    result = act("plan_report", arguments, ALL).result
    assert result["failed"]
    assert said in result["msg"]


def test_hosts_are_in_the_order_of_the_inventory(capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks the comparison of two plans: hosts that were grouped in a run come in any order."""
    variables = {**_variables(a=whole(), b=whole(), c=whole(), d={}), "groups": {"all": ["d", "c", "a", "b"]}}
    act("plan_report", {"hosts": ["a", "b", "c"]}, variables)
    shown = [line[0] for line in capsys.readouterr().out.splitlines() if line.endswith(": nothing changed")]
    assert shown == ["c", "a", "b"]


def test_plays_before_in_the_same_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks a site playbook with a play for each cluster: the file would have the hosts of the last one alone."""
    variables = {**_variables(a=whole(), b=whole(), other={"images": {}}), "groups": {"all": ["a", "other", "b"]}}
    act("plan_report", {"hosts": ["b"]}, variables)
    assert "2 hosts: 2 complete." in capsys.readouterr().out
