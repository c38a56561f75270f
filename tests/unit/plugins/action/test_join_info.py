# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""join_info is asked of the host, and of nobody else."""

from __future__ import annotations

import typing as t

from acting import act
from joined_cluster import cluster_of

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config


def test_the_host_is_asked() -> None:
    """Breaks every join: another module is run, or an option is lost."""
    action = act("join_info", {"timeout": 7}, {}, {"changed": False, "cluster": {"server": "x"}})
    assert action.trips == [("join_info", {"timeout": 7})]
    assert action.result["cluster"] == {"server": "x"}


def test_check_mode_shows_what_a_run_would_leave(make_config: t.Callable[..., Config]) -> None:
    """Breaks --check: workers keep silent about a setting of the kubelet that the same run is going to give them."""
    now, declared = cluster_of(make_config("1.31.0")), make_config("1.31.0", kubelet_configuration={"maxPods": 99})
    answer = {"changed": False, "cluster": now}
    given = {"config": declared.data}
    checked = act("join_info", given, {}, answer, check=True)
    assert checked.trips == [("join_info", {})]
    assert "maxPods: 99" in checked.result["cluster"]["kubelet"]["kubelet-config"]
    assert checked.result["cluster"]["server"] == now["server"]
    assert act("join_info", given, {}, answer).result["cluster"] == now
    assert act("join_info", given, {}, {"changed": False, "cluster": None}, check=True).result["cluster"] is None
