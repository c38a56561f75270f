# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of node_annotate."""

from __future__ import annotations

from acting import act


def test_the_plan() -> None:
    """Breaks the plan: what is changed is not in it, or what is not."""
    arguments = {"name": "worker1", "annotations": {"a": "b"}}
    changed = act("node_annotate", arguments, {}, {"changed": True}).result
    assert [(row["artefact"], row["action"]) for row in changed["planned"]] == [("Node worker1", "change")]
    assert act("node_annotate", arguments, {}, {"changed": False}).result["planned"] == []
