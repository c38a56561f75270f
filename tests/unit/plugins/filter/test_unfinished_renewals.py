# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who stands in the way of the next renewal."""

from __future__ import annotations

import typing as t

import pytest
from renewal_results import CERTS, CONFIG, FAILED, GONE, RESTART, SKIPPED, WAIT, registered

from ansible_collections.kubewright.control_plane.plugins.filter.unfinished_renewals import FilterModule
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import (
    TASKS,
)


@pytest.mark.parametrize(
    ("first", "cluster", "expected"),
    [
        ([], "a", []),
        ([CONFIG, CERTS, RESTART, WAIT], "a", []),
        ([CONFIG, CERTS, RESTART, FAILED], "a", ["cp1"]),
        ([GONE], "a", ["cp1"]),
        ([CONFIG, SKIPPED, SKIPPED, SKIPPED], "a", ["cp1"]),
        ([CONFIG, CERTS, RESTART, FAILED], "b", []),
    ],
)
def test_one_control_plane_at_a_time(first: list[dict[str, t.Any]], cluster: str, expected: list[str]) -> None:
    """Breaks a cluster: its next control plane would go down while one has not come back; other clusters do not wait."""
    hosts = {
        "cp1": dict(registered(*first), kubewright_cluster="a"),
        # Its own renewal has begun, which must not stand in its own way.
        "cp2": dict(registered(CONFIG), kubewright_cluster=cluster),
        "cp3": {"kubewright_cluster": "a"},
    }
    assert (
        FilterModule().filters()["unfinished_renewals"](list(hosts), "cp2", hosts, {task: task for task in TASKS})
        == expected
    )
