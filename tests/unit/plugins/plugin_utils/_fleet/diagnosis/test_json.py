# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis for programs."""

from __future__ import annotations

import json

from diagnosis_fleet import FINDING, OUTCOMES

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.json import json_text
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import diagnosis_report


def test_what_programs_read() -> None:
    """Breaks who reads it: a name is gone, or means something else."""
    text = json_text(diagnosis_report(OUTCOMES, "1.0.0", "2026-11-30T12:00:00Z"))
    assert text.isascii()
    found = json.loads(text)
    assert set(found) == {"version", "collection", "created", "failing", "hosts"}
    assert (found["version"], found["failing"]) == (1, True)
    assert set(found["hosts"][0]) == {
        "name",
        "cluster",
        "kubernetes_version",
        "status",
        "message",
        "components",
        "findings",
    }
    assert found["hosts"][1]["findings"][0] == FINDING
    well = {name: outcome for name, outcome in OUTCOMES.items() if name == "cp1"}
    assert not json.loads(json_text(diagnosis_report(well, "1.0.0", "")))["failing"]
