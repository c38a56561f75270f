# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of an etcd cluster, against one in memory."""

from __future__ import annotations

import itertools
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd import membership as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member

ONE = Member("1", "cp1", ("https://192.0.2.1:2380",), ("https://192.0.2.1:2379",), False)
PEER = "https://192.0.2.2:2380"
NOT_IN_SYNC = "etcdserver: can only promote a learner member which is in sync with leader"


class _Etcd:
    """Members by id. is_old: of before 3.5, in which one field is unknown; what it refuses it says in C(error) too.

    lag: how often a learner is not in sync yet.
    """

    def __init__(self, is_old: bool = False, lag: int = 0) -> None:
        self.members: list[dict[str, t.Any]] = [
            {"ID": "1", "name": "cp1", "peerURLs": list(ONE.peers), "clientURLs": list(ONE.clients)}
        ]
        self.is_old, self.lag = is_old, lag

    def __call__(self, path: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        method = path.rpartition("/")[2]
        if method == "list":
            if self.is_old and given:
                return self._refused('unknown field "linearizable"')
        elif method == "add":
            self.members.append(
                {"ID": "31", "name": "", "peerURLs": given["peerURLs"], "isLearner": given.get("isLearner")}
            )
        elif method == "remove":
            self.members = [member for member in self.members if member["ID"] != given["ID"]]
        elif self.lag:
            self.lag -= 1
            return self._refused(NOT_IN_SYNC)
        else:
            (member,) = [item for item in self.members if item["ID"] == given["ID"]]
            if not member.get("isLearner"):
                return self._refused("etcdserver: can only promote a learner member")
            member["isLearner"] = False
        return {"header": {"cluster_id": "77"}, "members": self.members}

    def _refused(self, why: str) -> dict[str, t.Any]:
        """As grpc-gateway says it: since etcd 3.6 of its second version."""
        return {"error": why, "message": why, "code": 9} if self.is_old else {"code": 9, "message": why, "details": []}


@pytest.mark.parametrize("is_old", [True, False])
@pytest.mark.parametrize("as_learner", [True, False])
def test_one_joins(is_old: bool, as_learner: bool) -> None:
    """Breaks the join of a control plane: its member is not added, gets no vote, or is given it before it is in sync."""
    etcd, slept = _Etcd(is_old, lag=2), t.cast("list[float]", [])
    assert subject.members(etcd) == ([ONE], "77")
    assert subject.own(subject.members(etcd)[0], "cp2", PEER) is None
    subject.add(etcd, PEER, as_learner, 9.0, lambda _seconds: None, itertools.count().__next__)
    found, _cluster = subject.members(etcd)
    assert [(member.name, member.is_learner) for member in found] == [("cp1", False), ("", as_learner)]
    assert subject.own(found, "cp2", PEER) == found[1]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        # Its host has started it.
        etcd.members[1]["name"] = "cp2"

    assert subject.promote(etcd, "cp2", PEER, 60.0, sleep, lambda: sum(slept)) is as_learner
    assert not subject.members(etcd)[0][1].is_learner
    assert not subject.promote(etcd, "cp2", PEER, 60.0, sleep, lambda: sum(slept))
    subject.remove(etcd, found[1])
    assert subject.members(etcd) == ([ONE], "77")


@pytest.mark.parametrize(("name", "cause"), [("", "it has not started"), ("cp2", "in sync with leader")])
def test_one_that_does_not_come(name: str, cause: str) -> None:
    """Breaks the cause: the run waits for ever, or says nothing of what it waits for."""
    etcd, slept = _Etcd(lag=99), t.cast("list[float]", [])
    subject.add(etcd, PEER, True, 9.0, lambda _seconds: None, itertools.count().__next__)
    etcd.members[1]["name"] = name
    with pytest.raises(KubewrightError, match=f"no vote after 5 s: .*{cause}"):
        subject.promote(etcd, "cp2", PEER, 5.0, slept.append, lambda: sum(slept))
    etcd.members.pop()
    with pytest.raises(KubewrightError, match=r"no member cp2 .* any more"):
        subject.promote(etcd, "cp2", PEER, 5.0, slept.append, lambda: sum(slept))


@pytest.mark.parametrize(("name", "peer"), [("cp1", PEER), ("cp2", ONE.peers[0])])
def test_what_is_taken(name: str, peer: str) -> None:
    """Breaks another host's member: it is taken for that of the one that joins, and removed."""
    with pytest.raises(KubewrightError, match="its name or its address is taken"):
        subject.own([ONE], name, peer)


def test_members_that_are_not_healthy() -> None:
    """Breaks the quorum: a member is added or removed while another one is away."""
    away = Member("2", "cp3", ("https://192.0.2.3:2380",), (), False)
    with pytest.raises(KubewrightError, match=r"not all healthy: cp3 \(https://192.0.2.3:2380\): it is off. .*quorum"):
        subject.refuse_unhealthy([ONE, away], lambda member: "it is off" if member == away else "", None)
    subject.refuse_unhealthy([ONE, away], lambda member: "it is off" if member == away else "", away)


def test_one_that_does_not_answer() -> None:
    """Breaks with a traceback."""

    def away(_path: str, _given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(KubewrightError, match=r"etcd does not answer \(Connection refused\)"):
        subject.members(away)
    with pytest.raises(KubewrightError, match="knows no such call"):
        subject.add(lambda _path, _given: {}, PEER, True, 9.0, lambda _seconds: None, itertools.count().__next__)


def test_what_is_refused_is_not_done() -> None:
    """Breaks the member that is refused its vote, and the node that is deleted while its member stays (etcd 3.6 and later)."""
    refused = {"code": 12, "message": "etcdserver: unhealthy cluster", "details": []}
    for act in (
        lambda call: subject.add(call, PEER, True, 9.0, lambda _seconds: None, itertools.count().__next__),
        lambda call: subject.remove(call, ONE),
        subject.members,
    ):
        with pytest.raises(KubewrightError, match="unhealthy cluster"):
            act(lambda _path, _given: refused)


@pytest.mark.parametrize(
    ("name", "peers", "found"),
    [("cp1", ONE.peers, ONE), ("cp9", [PEER], None)],
)
def test_the_member_of_a_node(name: str, peers: list[str], found: Member | None) -> None:
    """Breaks the removal of a node: its member stays."""
    assert subject.named([ONE], name, peers) == found


@pytest.mark.parametrize(("name", "peers"), [("cp1", [PEER]), ("cp9", ONE.peers)])
def test_a_member_that_may_be_another_nodes(name: str, peers: list[str]) -> None:
    """Breaks another host: its member is removed for its name or its address alone."""
    with pytest.raises(KubewrightError, match=r"may be another host's\. Nothing is removed"):
        subject.named([ONE], name, peers)


@pytest.mark.parametrize(("refusals", "is_added"), [(3, True), (30, False)])
def test_one_that_is_added_just_after_another(refusals: int, is_added: bool) -> None:
    """Breaks the third member: etcd takes none for five seconds after another one has come."""
    clock, left = [0.0], [refusals]

    def call(path: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        if left[0]:
            left[0] -= 1
            return {"message": "etcdserver: unhealthy cluster"}
        return {"header": {}, "member": {}}

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    if is_added:
        subject.add(call, PEER, True, 9.0, sleep, lambda: clock[0])
        assert (left, clock[0] > 0) == ([0], True)
        return
    with pytest.raises(KubewrightError, match="unhealthy cluster"):
        subject.add(call, PEER, True, 9.0, sleep, lambda: clock[0])
