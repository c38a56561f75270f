# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of node_drain."""

from __future__ import annotations

from acting import act


def test_the_plan() -> None:
    """Breaks the plan: nobody is told that pods are restarted; or a run has a row more than its --check."""
    arguments = {"name": "worker1", "reasons": ["cpuManagerPolicy from none to static"]}
    (row,) = act("node_drain", arguments, {}, {"changed": True}).result["planned"]
    assert (row["artefact"], row["action"]) == ("pods of node worker1", "restart")
    assert "cpuManagerPolicy from none to static" in row["reason"]
    assert act("node_drain", arguments, {}, {"changed": False}).result["planned"] == []
    again = {"name": "worker1", "state": "schedulable"}
    (row,) = act("node_drain", again, {}, {"changed": True}).result["planned"]
    assert (row["artefact"], row["action"]) == ("node worker1", "change")
    untold = act("node_drain", {**again, "planned": False}, {}, {"changed": True}).result
    assert (untold["planned"], untold["changed"]) == ([], False)
