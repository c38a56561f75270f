# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""diagnosis_info is asked of the host, and of nobody else."""

from __future__ import annotations

from acting import act


def test_the_host_is_asked() -> None:
    """Breaks the diagnosis: another module is run, or an option that does not exist is passed on."""
    action = act("diagnosis_info", {}, {}, {"changed": False, "healthy": True})
    assert action.trips == [("diagnosis_info", {})]
    assert action.result["healthy"]
    assert act("diagnosis_info", {"x": 1}, {}).result["failed"]
