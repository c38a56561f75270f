# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""diagnosis_report: what is shown, the files, and who is not healthy."""

from __future__ import annotations

import json
import pathlib

import pytest
from acting import act
from diagnosis_fleet import OUTCOMES


def test_diagnosis_report(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks when nothing is shown, the files are not written, or a host that is not healthy passes."""
    hostvars = {name: {"__it": outcome, "kubewright_cluster": cluster} for name, (cluster, outcome) in OUTCOMES.items()}
    arguments = {"hosts": ["cp1"], "directory": str(tmp_path / "report"), "registered": {"diagnosis": "__it"}}
    result = act("diagnosis_report", arguments, {"hostvars": hostvars}).result
    assert not result.get("failed")
    assert [pathlib.Path(path).name for path in result["written"]] == ["diagnosis.json", "diagnosis.html"]
    assert "cp1: healthy (east v1.37.2)" in capsys.readouterr().out
    result = act("diagnosis_report", dict(arguments, hosts=list(OUTCOMES)), {"hostvars": hostvars}).result
    assert result["msg"] == "diagnosis_report: 5 of 6 hosts are not healthy: cp2, cp3, cp4, cp5, cp6"
    found = json.loads((tmp_path / "report/diagnosis.json").read_text(encoding="utf-8"))
    assert [host["name"] for host in found["hosts"]] == list(OUTCOMES)
