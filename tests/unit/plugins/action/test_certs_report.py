# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certs_report: the table, the file, and who needs attention."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from acting import act

import certificates_fleet


def test_certs_report(
    make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaks when the table is not printed, the file is not written, or what is not well or out of reach passes."""
    config = {"resolved": make_config("1.31.0").data}
    wrong = {"certificates": [certificates_fleet.WRONG._asdict()]}
    hostvars = {
        "cp1": {"__certs_config": config, "__certs_result": {"certificates": [certificates_fleet.CA._asdict()]}},
        "cp2": {"__certs_config": {"unreachable": True, "msg": "no route"}},
        "cp3": {"__certs_config": config, "__certs_result": wrong, "kubewright_cluster": "prod"},
    }
    names = {"config": "__certs_config", "certificates": "__certs_result"}
    arguments = {"hosts": ["cp1"], "directory": str(tmp_path / "report"), "registered": names}
    result = act("certs_report", arguments, {"hostvars": hostvars}).result
    assert not result.get("failed")
    assert (result["changed"], result["written"]) == (False, [str(tmp_path / "report/certificates.json")])
    assert "pki/ca.crt" in capsys.readouterr().out
    result = act("certs_report", {"hosts": ["cp1", "cp2", "cp3"], "registered": names}, {"hostvars": hostvars}).result
    assert (result["failed"], result["written"]) == (True, [])
    assert result["msg"] == "certs_report: 2 of 3 hosts need attention: cp2, cp3"
    (tmp_path / "file").write_text("", encoding="utf-8")
    arguments["directory"] = str(tmp_path / "file/x")
    result = act("certs_report", arguments, {"hostvars": hostvars}).result
    assert result["failed"]
    assert result["msg"].startswith("certs_report: ")
