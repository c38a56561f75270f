# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""remaining_control_plane."""

from __future__ import annotations

from acting import act

WELL = {"item": "cp2", "state": "whole", "cluster": {"server": "x"}}


def test_it_is_chosen_by_what_was_registered() -> None:
    """Breaks the reset: what the loop has registered is not understood."""
    arguments = {"answers": [{"item": "cp1", "unreachable": True}, WELL], "is_node": True, "state": "whole"}
    action = act("remaining_control_plane", arguments, {})
    assert (action.trips, action.result["host"]) == ([], "cp2")
    failed = act("remaining_control_plane", {"answers": [], "is_node": True, "state": "begun"}, {}).result
    assert failed["msg"].startswith("reset: the host is the only control plane")
    assert act("remaining_control_plane", {"answers": [], "is_node": False, "state": "blank"}, {}).result["host"] == ""
