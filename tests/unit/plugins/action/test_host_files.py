# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_files on the controller."""

from __future__ import annotations

import typing as t

from acting import act


def test_a_phase_without_files_asks_no_host(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks when auditing that is off, or an external etcd, costs a trip to every host."""
    action = act("host_files", {"phase": "audit", "config": make_config("1.31.0").data}, {})
    assert (action.shipped, action.result["changed"], action.result["replaced"]) == (None, False, [])
