# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_keep on the controller: what is to be kept goes to the host as it is."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

ARGUMENTS: dict[str, t.Any] = {"phase": "x", "paths": ["/a"], "control_plane": {"a": {"b": [1, None]}}}


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_added_or_left_out(check: bool) -> None:
    """Breaks the way back: a file would be lost on the way."""
    answer = {"changed": False, "kept": ["/a"], "warnings": ["w"]}
    action = act("host_keep", ARGUMENTS, {}, answer, check=check)
    assert action.trips == [("host_keep", ARGUMENTS)]
    assert {key: action.result[key] for key in answer} == answer


@pytest.mark.parametrize("option", sorted(ARGUMENTS.keys() - {"private_keys"}))
def test_a_task_that_leaves_something_out_asks_no_host(option: str) -> None:
    """Breaks the message where somebody calls it by hand."""
    action = act("host_keep", {key: value for key, value in ARGUMENTS.items() if key != option}, {})
    assert (action.trips, action.result["failed"], option in action.result["msg"]) == ([], True, True)
