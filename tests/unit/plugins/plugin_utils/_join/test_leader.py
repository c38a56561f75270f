# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which control plane the others join."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.leader import leader

WELL = {"state": "whole", "cluster": {"etcd_cluster": "7"}}
ILL = {"state": "whole", "cluster": None}
# Its API server is the load balancer's: another one answers.
HALF = {"state": "begun", "cluster": {"etcd_cluster": ""}}
BLANK = {"state": "blank", "cluster": None}
FAILED = {"failed": True, "msg": "x"}


@pytest.mark.parametrize(
    ("states", "chosen"),
    [
        ([WELL, WELL], 0),
        # The first host's disk is lost, or it is out of reach.
        ([BLANK, WELL], 1),
        ([None, WELL], 1),
        ([FAILED, WELL], 1),
        ([ILL, WELL], 1),
        # It says itself what is wrong.
        ([BLANK, ILL], 1),
        ([BLANK, BLANK], 0),
        # Of a join that was cut off; and of an init.
        ([HALF, WELL], 1),
        ([HALF, ILL], 1),
        ([BLANK, HALF], 1),
    ],
)
def test_who_leads(states: list[t.Any], chosen: int) -> None:
    """Breaks the cluster: a second one is made beside it, or the others are brought in line with one that is ill."""
    assert leader({f"h{number}": state for number, state in enumerate(states)}) == f"h{chosen}"


@pytest.mark.parametrize("silent", [None, FAILED, {"unreachable": True}])
def test_nobody_knows_whether_there_is_a_cluster(silent: t.Any) -> None:
    """Breaks the cluster whose other hosts are out of reach while the first is blank: it is initialised anew."""
    with pytest.raises(
        KubewrightError, match=r"none of h1 has a control plane, and h2 did not answer.*Nothing is initialised"
    ):
        leader({"h1": BLANK, "h2": silent})


def test_hosts_of_two_clusters() -> None:
    """Breaks both: one is brought in line with the other."""
    other = {"state": "whole", "cluster": {"etcd_cluster": "8"}}
    with pytest.raises(KubewrightError, match=r"of 2 clusters, by the ids of their etcd \(h1: 7, h3: 8\)"):
        leader({"h1": WELL, "h2": ILL, "h3": other})


def test_half_a_join_is_no_cluster() -> None:
    """Breaks the cluster whose other hosts are out of reach: it is initialised anew on a host that had begun to join it."""
    with pytest.raises(KubewrightError, match="Nothing is initialised"):
        leader({"h1": HALF, "h2": None})


def test_etcd_without_a_quorum() -> None:
    """Breaks the one member that is left: a run changes its host, and ends after minutes of waiting."""
    left = dict(ILL, etcd_problem="RAFT NO LEADER")
    with pytest.raises(KubewrightError, match=r"no quorum, .*\(h2: RAFT NO LEADER\).*Nothing is changed"):
        leader({"h1": ILL, "h2": left, "h3": None})
    # A member may be late to hear of the others.
    assert leader({"h1": left, "h2": WELL}) == "h2"
