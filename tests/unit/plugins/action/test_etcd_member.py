# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of etcd_member."""

from __future__ import annotations

import pytest
from acting import act

GIVEN = {"name": "cp2", "peer": "https://192.0.2.11:2380"}


@pytest.mark.parametrize(
    ("state", "changed", "rows"), [("present", True, ["etcd member cp2"]), ("present", False, []), ("voting", True, [])]
)
def test_the_plan(state: str, changed: bool, rows: list[str]) -> None:
    """Breaks the plan: a new member is not in it, or one that is there."""
    action = act("etcd_member", dict(GIVEN, state=state), {}, {"changed": changed})
    assert action.trips == [("etcd_member", dict(GIVEN, state=state))]
    assert [row["artefact"] for row in action.result["planned"]] == rows
