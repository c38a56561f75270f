# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of host_reset."""

from __future__ import annotations

from acting import act


def test_the_plan() -> None:
    """Breaks the plan: what goes is not in it."""
    row = ["/etc/kubernetes/admin.conf", "remove", "the host is reset"]
    planned = act("host_reset", {}, {}, {"changed": True, "removed": [row]}).result["planned"]
    assert [(item["artefact"], item["action"], item["reason"]) for item in planned] == [tuple(row)]
    assert act("host_reset", {}, {}, {"failed": True, "msg": "x"}).result["planned"] == []
