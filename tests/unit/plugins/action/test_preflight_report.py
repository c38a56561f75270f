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
