# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""objects_apply on the controller: the changes go to the host as they are."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

ARGUMENTS: dict[str, t.Any] = {
    "phase": "x",
    "api": {"server": "https://192.0.2.10:6443", "timeout": 60.0},
    "changes": [{"kind": "a", "more": {"b": [1, None]}}],
}


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_added_or_left_out(check: bool) -> None:
    """Breaks the applier: a change that its action does not know would be lost on the way, and so would a field of one."""
    answer = {"changed": False, "stale": ["/a"], "diff": [], "warnings": ["w"]}
    action = act("objects_apply", ARGUMENTS, {}, answer, check=check)
    assert action.trips == [("objects_apply", ARGUMENTS)]
    assert {key: action.result[key] for key in answer} == answer


@pytest.mark.parametrize("option", sorted(ARGUMENTS.keys() - {"private_keys"}))
def test_a_task_that_leaves_something_out_asks_no_host(option: str) -> None:
    """Breaks the message where somebody calls it by hand."""
    action = act("objects_apply", {key: value for key, value in ARGUMENTS.items() if key != option}, {})
    assert (action.trips, action.result["failed"], option in action.result["msg"]) == ([], True, True)
