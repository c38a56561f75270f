# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of node_info."""

from __future__ import annotations

from acting import act


def test_the_host_is_asked() -> None:
    """Breaks the reset: what the host says of itself is lost."""
    action = act("node_info", {}, {}, {"changed": False, "node": "cp1"})
    assert [name for name, _given in action.trips] == ["node_info"]
    assert action.result["node"] == "cp1"
