# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""etcd_info hands on what the host says."""

from __future__ import annotations

from acting import act


def test_the_host_is_asked() -> None:
    """Breaks the run of etcd.yml: nothing is asked, or the answer does not come back."""
    action = act("etcd_info", {}, {}, {"changed": False, "state": "blank", "cluster": None})
    assert len(action.trips) == 1
    assert action.result["state"] == "blank"
    wrong = act("etcd_info", {"host": "x"}, {})
    assert wrong.trips == []
    assert wrong.result["failed"]
