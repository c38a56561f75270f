# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""preflight_report: the table, the files, and who is not ready."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from acting import act

MEM = {
    "name": "Mem",
    "severity": "error",
    "passed": False,
    "found": "1 MB",
    "wanted": "1700 MB",
    "cure": "Give it more.",
}


def test_preflight_report(
    make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaks when the table is not printed, the files are not written, or a host out of reach passes."""
    config = make_config("1.31.0").data
    passing = {"checks": [dict(MEM, passed=True, ignored=False)], "identity": {}}
    hostvars = {
        "cp1": {"__preflight_config": {"resolved": config}, "__preflight_result": passing},
        "cp2": {"__preflight_config": {"unreachable": True, "msg": "no route"}},
    }
    names = {"config": "__preflight_config", "preflight": "__preflight_result"}
    arguments = {"hosts": ["cp1"], "directory": str(tmp_path / "report"), "registered": names}
    result = act("preflight_report", arguments, {"hostvars": hostvars}).result
    assert not result.get("failed")
    assert {pathlib.Path(path).name for path in result["written"]} == {
        "preflight.json",
        "preflight.xml",
        "preflight.html",
    }
    assert "cp1" in capsys.readouterr().out
    result = act("preflight_report", dict(arguments, hosts=["cp1", "cp2"]), {"hostvars": hostvars}).result
    assert result["failed"]
    assert result["msg"] == "preflight_report: 1 of 2 hosts are not ready: cp2"
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = act("preflight_report", dict(arguments, directory=str(tmp_path / "file/x")), {"hostvars": hostvars}).result
    assert result["failed"]
    assert result["msg"].startswith("preflight_report: ")


def test_a_host_that_joins(make_config: t.Callable[..., t.Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks the preflight of a second control plane: it is judged as one that makes a cluster, or by nothing at all."""
    config, passed = {"resolved": make_config("1.31.0").data}, dict(MEM, passed=True, ignored=False)
    joins = {"checks": [dict(MEM, name="EtcdMembers", ignored=False)], "identity": {}}
    hostvars = {
        "cp1": {"c": config, "p": {"checks": [passed], "identity": {}}, "jc": {"skipped": True, "changed": False}},
        "cp2": {"c": config, "p": {"checks": [passed], "identity": {}}, "jc": config, "jp": joins},
        "cp3": {
            "c": config,
            "p": {"checks": [passed], "identity": {}},
            "jc": {"failed": True, "msg": "another cluster"},
        },
    }
    names = {"config": "c", "preflight": "p", "join_config": "jc", "join_preflight": "jp"}
    arguments = {"hosts": ["cp1", "cp2", "cp3"], "registered": names}
    result = act("preflight_report", arguments, {"hostvars": hostvars}).result
    assert result["msg"] == "preflight_report: 2 of 3 hosts are not ready: cp2, cp3"
    shown = capsys.readouterr().out
    assert "EtcdMembers" in shown
    assert "another cluster" in shown


def test_a_cluster_of_which_nobody_knows_who_leads(
    make_config: t.Callable[..., t.Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaks trust in the report: hosts of two clusters pass, as each is checked as one that makes a cluster."""
    config, passed = {"resolved": make_config("1.31.0").data}, dict(MEM, passed=True, ignored=False)
    wrong = {"failed": True, "msg": "the control planes are of 2 clusters"}
    hostvars = {"cp1": {"c": config, "p": {"checks": [passed], "identity": {}}, "l": wrong}}
    arguments = {"hosts": ["cp1"], "registered": {"config": "c", "preflight": "p", "leader": "l"}}
    assert act("preflight_report", arguments, {"hostvars": hostvars}).result["failed"]
    assert "the control planes are of 2 clusters" in capsys.readouterr().out
