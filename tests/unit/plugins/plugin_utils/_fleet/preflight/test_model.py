# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a host, and whether the run fails."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight import model
from preflight_fleet import CREATED, CRICTL, FEW_CPUS, SWAP, failed_row, fleet, row

OK_ROW = row("Mem")


def _report(*hosts: model.HostReport) -> model.Report:
    return model.Report("0.1.0", CREATED, list(hosts))


@pytest.mark.parametrize(
    ("checks", "status", "fails"),
    [
        ([OK_ROW], "passed", False),
        ([OK_ROW, failed_row("Swap", "hint")], "passed", False),
        ([OK_ROW, CRICTL], "warnings", False),
        ([OK_ROW, FEW_CPUS], "warnings", False),
        ([OK_ROW, SWAP], "failed", True),
        ([CRICTL, FEW_CPUS, SWAP], "failed", True),
        ([OK_ROW, dict(SWAP, severity="fatal")], "failed", True),
        ([dict(CRICTL, ignored=True)], "warnings", False),
        ([dict(OK_ROW, ignored=True)], "passed", False),
    ],
)
def test_the_checks_make_the_status(checks: list[dict[str, t.Any]], status: str, fails: bool) -> None:
    """Breaks when an error passes unwaived, a waived one fails, or one that nobody saw counts as passed."""
    host = model.host_report("cp1", "prod", {"checks": checks, "failed": True, "msg": "1 check failed"})
    assert (host.status, host.message) == (status, "")
    assert model.failing(_report(host)) == fails


@pytest.mark.parametrize(
    ("result", "unreachable", "failure", "status", "message"),
    [
        (None, "no route to host", None, "unreachable", "no route to host"),
        (None, "", None, "unreachable", ""),
        ({"checks": [OK_ROW]}, "lost on the way", None, "unreachable", "lost on the way"),
        (None, None, "a subnet\nis wrong", "invalid", "a subnet\nis wrong"),
        ({"checks": [OK_ROW]}, None, "a subnet is wrong", "invalid", "a subnet is wrong"),
        ({"failed": True, "msg": "no cryptography"}, None, None, "invalid", "no cryptography"),
        ({"checks": []}, None, None, "invalid", "No check ran on this host."),
        (None, None, None, "invalid", "No check ran on this host."),
    ],
)
def test_a_host_without_a_verdict_never_passes(
    result: dict[str, t.Any] | None, unreachable: str | None, failure: str | None, status: str, message: str
) -> None:
    """Breaks when a host on which nothing was checked is reported as ready, or without the reason."""
    host = model.host_report("cp1", "", result, unreachable, failure)
    assert (host.status, host.message) == (status, message)
    assert model.failing(_report(model.host_report("cp2", "", {"checks": [OK_ROW]}), host))


def test_a_report_of_no_host_does_not_fail() -> None:
    """Breaks a play whose pattern matches nothing."""
    assert not model.failing(_report())


def test_a_check_keeps_all_that_the_module_said() -> None:
    """Breaks when a text is lost between the module and the report."""
    host = model.host_report("cp1", "prod", {"checks": [FEW_CPUS]}, kubernetes_version="v1.31.2")
    assert host._replace(checks=[]) == model.HostReport("cp1", "prod", "warnings", "", "v1.31.2", [])
    assert [item._asdict() for item in host.checks] == [FEW_CPUS]


def test_a_check_without_a_part_is_no_check() -> None:
    """Breaks when a result of another shape is taken for one that passed."""
    with pytest.raises(KeyError):
        model.host_report("cp1", "", {"checks": [{"name": "Swap"}]})


def test_the_numbers_of_the_fleet() -> None:
    """Breaks when a status or an outcome is counted twice or not at all."""
    report = fleet()
    assert model.count_statuses(report) == {
        "passed": 16,
        "warnings": 16,
        "failed": 15,
        "unreachable": 2,
        "invalid": 1,
    }
    rows = [item for host in report.hosts for item in host.checks]
    assert model.count_outcomes(rows) == {"error": 16, "hint": 0, "waived": 5, "warning": 28, "ok": 2067}


def test_the_names_are_in_the_order_of_their_first_appearance() -> None:
    """Breaks when columns move: a check that only a later host has comes last."""
    first = model.host_report("cp1", "", {"checks": [row("B"), row("A"), row("B")]})
    second = model.host_report("cp2", "", {"checks": [row("C"), row("A"), failed_row("D")]})
    assert model.check_names(_report(first, second)) == ["B", "A", "C", "D"]
