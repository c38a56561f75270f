# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what the tasks registered to the report."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.table import table
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.report import (
    PreflightResults,
    fleet_report,
)

ROW = {"name": "Mem", "severity": "error", "passed": True, "ignored": False, "found": "f", "wanted": "w", "cure": "c"}


def _config(**changed: t.Any) -> dict[str, t.Any]:
    resolved: dict[str, t.Any] = {
        "ClusterConfiguration": {"kubernetesVersion": "v1.31.0"},
        "ignorePreflightErrors": [],
        "preflightErrors": [],
    }
    return {"resolved": {**resolved, **changed}}


def _preflight(machine_id: str) -> dict[str, t.Any]:
    identity = {"hostname": machine_id, "node_name": machine_id, "machine_id": "same", "product_uuid": None}
    return {"checks": [ROW], "identity": {**identity, "clock_offset": [0.0, 0.4]}}


def test_every_host_is_a_row() -> None:
    """Breaks when a host is lost that could not be reached, whose input is wrong or on which the module broke."""
    outcomes = {
        "ok": PreflightResults("", _config(), {"checks": [ROW], "identity": {}}),
        "failed": PreflightResults("", _config(), {"checks": [dict(ROW, passed=False)], "identity": {}}),
        "gone": PreflightResults("", {"unreachable": True, "msg": "timed out"}, {}),
        "gone later": PreflightResults("", _config(), {"unreachable": True, "msg": "timed out"}),
        "wrong": PreflightResults("", {"failed": True, "msg": "The configuration has 1 fault"}, {"skipped": True}),
        "broken": PreflightResults(
            "", _config(), {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "sudo: a password"}
        ),
        "never asked": PreflightResults("", {}, {}),
    }
    report = fleet_report(outcomes, "1.0.0", "2026-01-31T12:00:00Z")
    assert {host.name: host.status for host in report.hosts} == {
        "ok": "passed",
        "failed": "failed",
        "gone": "unreachable",
        "gone later": "unreachable",
        "wrong": "invalid",
        "broken": "invalid",
        "never asked": "invalid",
    }
    messages = {host.name: host.message for host in report.hosts}
    assert messages["gone"] == "timed out"
    assert messages["wrong"] == "The configuration has 1 fault"
    assert messages["broken"] == "MODULE FAILURE\nsudo: a password"
    assert [host.kubernetes_version for host in report.hosts][:3] == ["v1.31.0", "v1.31.0", ""]


def test_hosts_are_compared_in_their_cluster() -> None:
    """Breaks when hosts of different clusters are compared, or waivers do not reach the comparison."""
    outcomes = {
        "a1": PreflightResults("a", _config(), _preflight("a1")),
        "a2": PreflightResults("a", _config(preflightErrors=["DuplicateMachineID"]), _preflight("a2")),
        "b1": PreflightResults("b", _config(), _preflight("b1")),
    }
    hosts = fleet_report(outcomes, "1.0.0", "2026-01-31T12:00:00Z").hosts
    assert [host.status for host in hosts] == ["warnings", "failed", "passed"]
    failed = {host.name: [row.name for row in host.checks if not row.passed] for host in hosts}
    assert failed == {"a1": ["DuplicateMachineID"], "a2": ["DuplicateMachineID"], "b1": []}


ODD: list[t.Any] = [None, "x", 5, [], [1], {}, {"a": 1}, {"broken": "no answer within 20 s"}]
ODD += [dict(_preflight("x")["identity"], clock_offset=offset) for offset in (None, "xx", [1], ["a", "b"], [1, 2, 3])]
ODD += [dict(_preflight("x")["identity"], machine_id=[])]


@pytest.mark.parametrize("identity", ODD, ids=repr)
def test_a_host_with_an_odd_identity(identity: t.Any) -> None:
    """Breaks the report of all hosts for one of them: it is only not compared with the others."""
    outcomes = {name: PreflightResults("", _config(), _preflight(name)) for name in ("a", "b")}
    outcomes["odd"] = PreflightResults("", _config(), {"checks": [ROW], "identity": identity})
    found = {host.name: host for host in fleet_report(outcomes, "1.0.0", "2026-01-31T12:00:00Z").hosts}
    assert [row.name for row in found["a"].checks if not row.passed] == ["DuplicateMachineID"]
    assert "odd" not in found["a"].checks[-1].found
    assert found["odd"].status in ("passed", "warnings")


@pytest.mark.parametrize("checks", [None, 5, "x", [None], [{}], [dict(ROW, passed=[])], [{"name": 1}]], ids=repr)
@pytest.mark.parametrize(
    "config", [_config(), {"resolved": {}}, {"resolved": []}, {"resolved": {"ClusterConfiguration": 1}}], ids=repr
)
def test_a_host_with_odd_results(checks: t.Any, config: t.Any) -> None:
    """Breaks the report of all hosts for one of them."""
    odd = PreflightResults("", config, {"checks": checks, "identity": _preflight("x")["identity"]})
    outcomes = {"odd": odd, "a": PreflightResults("", _config(), _preflight("a"))}
    found = {host.name: host for host in fleet_report(outcomes, "1.0.0", "2026-01-31T12:00:00Z").hosts}
    assert found["a"].status == "warnings"
    assert found["odd"].status in ("invalid", "passed", "warnings", "failed")
    for report in found.values():
        assert table(fleet_report(outcomes, "1.0.0", "2026-01-31T12:00:00Z"), 80), report


def test_a_version_of_any_length() -> None:
    """Breaks the table: a column was left without any width."""
    config = _config(ClusterConfiguration={"kubernetesVersion": "v1.36.0+" + "x" * 500})
    report = fleet_report({"a": PreflightResults("", config, _preflight("a"))}, "1.0.0", "2026-01-31T12:00:00Z")
    assert table(report, 80)


@pytest.mark.parametrize(
    "offset",
    [[10**400, 10**400], [float("nan"), 1.0], [float("inf"), 1.0], [True, False]],
    ids=["digits", "nan", "inf", "bool"],
)
def test_clocks_that_no_host_has(offset: list[t.Any]) -> None:
    """Breaks the report of all hosts for one of them."""
    odd = _preflight("odd")
    odd["identity"]["clock_offset"] = offset
    outcomes = {name: PreflightResults("", _config(), _preflight(name)) for name in ("a", "b")}
    outcomes["odd"] = PreflightResults("", _config(), odd)
    assert len(fleet_report(outcomes, "1.0.0", "2026-01-31T12:00:00Z").hosts) == 3
