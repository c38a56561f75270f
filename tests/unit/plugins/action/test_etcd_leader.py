# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""etcd_leader: by what the hosts have answered."""

from __future__ import annotations

import typing as t

from acting import act

WHOLE = {"state": "whole", "cluster": {"etcd_cluster": "1"}, "etcd_problem": ""}
BLANK = {"state": "blank", "cluster": None, "etcd_problem": ""}


def _chosen(*answers: dict[str, t.Any], host: str = "etcd1") -> dict[str, t.Any]:
    items = [{**answer, "item": f"etcd{number}"} for number, answer in enumerate(answers, 1)]
    return t.cast("dict[str, t.Any]", act("etcd_leader", {"answers": items}, {"inventory_hostname": host}).result)


def test_who_is_chosen() -> None:
    """Breaks the replacement of the first host: it begins an etcd of its own beside that of the others."""
    first = _chosen(BLANK, BLANK, BLANK)
    assert (first["leader"], first["leads"], first["cluster"]) == ("etcd1", True, None)
    replaced = _chosen(BLANK, WHOLE, WHOLE)
    assert (replaced["leader"], replaced["leads"], replaced["cluster"]) == ("etcd2", False, WHOLE["cluster"])


def test_who_cannot_be_chosen() -> None:
    """Breaks the data: a second etcd is begun while a host is away that may have the first, or all of the members are lost."""
    away = _chosen(BLANK, {"unreachable": True, "msg": "no route"}, BLANK)
    assert "none of etcd1, etcd3 has a member of etcd, and etcd2 did not answer" in away["msg"]
    lost = _chosen({**WHOLE, "cluster": None, "etcd_problem": "RAFT NO LEADER"}, BLANK)
    assert "etcd has no quorum" in lost["msg"]
    two = _chosen(WHOLE, {**WHOLE, "cluster": {"etcd_cluster": "2"}})
    assert "the members of etcd are of 2 clusters" in two["msg"]
    own = _chosen({"failed": True, "msg": "the host has a control plane"}, WHOLE)
    assert own["msg"] == "etcd: the host has a control plane"
    assert "found none of etcd9" in _chosen(WHOLE, host="etcd9")["msg"]


def test_one_that_leads_and_does_not_answer() -> None:
    """Breaks the cause: the others fail by it, and nobody says who it is or why; in check mode they are said to join."""
    silent = {**WHOLE, "cluster": None, "problem": "Connection refused"}
    other = _chosen(silent, WHOLE | {"cluster": None}, host="etcd2")
    assert "the member of etcd1, which leads, does not answer (Connection refused)" in other["msg"]
    own = _chosen(silent, BLANK)
    assert (own["leads"], own["cluster"], own["state"]) == (True, None, "whole")
