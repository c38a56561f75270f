# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document for programs."""

from __future__ import annotations

import json

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.json import (
    document,
    json_text,
)
from preflight_fleet import CREATED, FEW_CPUS, NAMES, SSH_MESSAGE, SWAP, fleet, single


def test_the_shape() -> None:
    """Breaks every program that reads the report: names, types and meanings are a contract of version 1."""
    report = single(SWAP, FEW_CPUS)
    read = json.loads(json_text(report))
    checks = read["hosts"][0].pop("checks")
    assert read == {
        "version": 1,
        "collection": {"name": "kubewright.control_plane", "version": "0.1.0"},
        "created": CREATED,
        "failing": True,
        "summary": {
            "hosts": {"total": 1, "passed": 0, "warnings": 0, "failed": 1, "unreachable": 0, "invalid": 0},
            "checks": {"total": 45, "ok": 43, "hint": 0, "warning": 0, "waived": 1, "error": 1},
        },
        "hosts": [
            {"name": "cp1", "cluster": "", "kubernetes_version": "v1.31.2", "status": "failed", "message": ""},
        ],
        "waived": [{"host": "cp1", "name": "NumCPU", "found": "1 CPU"}],
    }
    assert [check["name"] for check in checks] == list(NAMES)
    assert [check for check in checks if check["outcome"] != "ok"] == [
        dict(FEW_CPUS, outcome="waived"),
        dict(SWAP, outcome="error"),
    ]


def test_the_fleet() -> None:
    """Breaks when hosts are lost, or one without a verdict has no reason."""
    read = document(fleet())
    assert read["summary"]["hosts"]["total"] == len(read["hosts"]) == 50
    assert (read["hosts"][11]["status"], read["hosts"][11]["message"]) == ("unreachable", SSH_MESSAGE)
    assert read["hosts"][11]["checks"] == []
    assert len(read["waived"]) == read["summary"]["checks"]["waived"] == 5


def test_any_text_can_be_written() -> None:
    """Breaks for a text that is no UTF-8, as a file name may be: Python holds it as half of a surrogate pair."""
    report = single(dict(SWAP, found="swap on /dev/\udcff"))
    assert json.loads(json_text(report).encode("ascii"))["hosts"][0]["status"] == "failed"
