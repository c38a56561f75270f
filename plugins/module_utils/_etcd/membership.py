# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The members of an etcd cluster: how one is added, made a voter and removed, and when that would be unsafe.

A call is given from outside: the path of the method below C(/v3), and its arguments; see C(client.call).
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import failure
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import NO_ANSWER

Call = t.Callable[[str, t.Mapping[str, t.Any]], t.Dict[str, t.Any]]
# Seconds between two looks.
_PAUSE = 0.5
_MEMBERS = "/cluster/member/"
# What etcd answers where a member has a vote already (all versions with learners: 3.4 and later).
_UNHEALTHY = "unhealthy cluster"
_HAS_VOTE = "can only promote a learner member"
_NOT_IN_SYNC = "in sync with leader"


class Member(t.NamedTuple):
    """id: decimal. name: empty before it was started. peers, clients: its URLs. is_learner: whether it has no vote yet."""

    id: str
    name: str
    peers: t.Sequence[str]
    clients: t.Sequence[str]
    is_learner: bool

    @property
    def shown(self) -> str:
        """For people."""
        return f"{self.name or 'a member that has not started'} ({', '.join(self.peers)})"


class Refused(KubewrightError):
    """etcd does not do what it was asked for."""


def _called(call: Call, method: str, arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    try:
        answer = call(_MEMBERS + method, arguments)
    except NO_ANSWER as error:
        raise KubewrightError(f"etcd does not answer ({failure(error)})") from None
    if "header" not in answer:
        why = answer.get("message") or answer.get("error") or ("it knows no such call" if not answer else str(answer))
        raise Refused(f"etcd refuses to {method} a member: {why}")
    return answer


def _urls(item: t.Mapping[str, t.Any], key: str) -> tuple[str, ...]:
    return tuple(str(url) for url in item.get(key) or [])


def _member(item: t.Mapping[str, t.Any]) -> Member:
    is_learner = bool(item.get("isLearner"))
    return Member(
        str(item["ID"]), str(item.get("name") or ""), _urls(item, "peerURLs"), _urls(item, "clientURLs"), is_learner
    )


def members(call: Call) -> tuple[list[Member], str]:
    """All, as a quorum knows them, and the id of their cluster. Raises KubewrightError."""
    try:
        answer = _called(call, "list", {"linearizable": True})
    except Refused:
        # Servers before 3.5 do not know the field.
        answer = _called(call, "list", {})
    return [_member(item) for item in answer.get("members") or []], str(answer["header"].get("cluster_id", ""))


def own(found: t.Sequence[Member], name: str, peer: str) -> Member | None:
    """The member with a name and a peer URL; one that has never started has no name.

    Raises KubewrightError where another one has the name or the URL: what belongs to which host is then not known.
    """
    for member in found:
        if peer in member.peers and member.name in ("", name):
            return member
        if peer in member.peers or member.name == name:
            raise KubewrightError(
                f"etcd has a member {member.shown}, and {name} ({peer}) is to join, so its name or its address is taken. If it is the same "
                "host with a new address or name, or the member of a host that is gone, remove it first (etcdctl member remove "
                f"{int(member.id):x}); else give this host a name and an address of its own."
            )
    return None


def named(found: t.Sequence[Member], name: str, peers: t.Collection[str]) -> Member | None:
    """The member with a name and one of the peer URLs, or None.

    Raises KubewrightError where one has the name or a URL alone: it may be another host's.
    """
    for member in found:
        fits = member.name in ("", name), bool(set(member.peers) & set(peers))
        if all(fits):
            return member
        if fits[1] or (member.name and fits[0]):
            raise KubewrightError(
                f"etcd has a member {member.shown}, and {name} is known at {', '.join(sorted(peers)) or 'no address'}, so it may be "
                f"another host's. Nothing is removed. Where it is the one, remove it by hand (etcdctl member remove {int(member.id):x})."
            )
    return None


def refuse_unhealthy(found: t.Sequence[Member], why: t.Callable[[Member], str], besides: Member | None) -> None:
    """Raises KubewrightError where a member is not healthy. why: why one is not, empty where it is. besides: one that is left out."""
    wrong = [(member, why(member)) for member in found if member != besides]
    shown = "; ".join(f"{member.shown}: {reason}" for member, reason in wrong if reason)
    if shown:
        raise KubewrightError(
            f"etcd's members are not all healthy: {shown}. Changing its members now could cost it its quorum. Mend this one first, or, "
            "where its host is lost for good, remove it (etcdctl member remove), and run again."
        )


def add(
    call: Call,
    peer: str,
    as_learner: bool,
    timeout: float,
    sleep: t.Callable[[float], None],
    monotonic: t.Callable[[], float],
) -> None:
    """Adds a member that has not started. timeout: for how many seconds another one may be too new. Raises KubewrightError."""
    deadline = monotonic() + timeout
    while True:
        try:
            _called(call, "add", {"peerURLs": [peer], **({"isLearner": True} if as_learner else {})})
            return
        except Refused as refused:
            # A member that has just come counts after five seconds (HealthInterval, server/etcdserver, 3.1 to 3.6).
            if _UNHEALTHY not in str(refused) or monotonic() >= deadline:
                raise
        sleep(_PAUSE)


def remove(call: Call, member: Member) -> None:
    """Raises KubewrightError."""
    _called(call, "remove", {"ID": member.id})


def promote(
    call: Call, name: str, peer: str, timeout: float, sleep: t.Callable[[float], None], monotonic: t.Callable[[], float]
) -> bool:
    """Waits until a member has started and is in sync, and gives it a vote; whether it had none. timeout: seconds.

    Raises KubewrightError where the time is up.
    """
    deadline = monotonic() + timeout
    while True:
        member = own(members(call)[0], name, peer)
        if member is None:
            raise KubewrightError(f"etcd has no member {name} ({peer}) any more: somebody has removed it. Run again.")
        cause = "it has not started" if not member.name else ""
        if member.name and not member.is_learner:
            return False
        if not cause:
            try:
                _called(call, "promote", {"ID": member.id})
                return True
            except Refused as refused:
                cause = str(refused)
                if _HAS_VOTE in cause and _NOT_IN_SYNC not in cause:
                    return False
        if monotonic() >= deadline:
            raise KubewrightError(
                f"the member {name} ({peer}) of etcd has no vote after {timeout:.0f} s: {cause}. See the log of etcd on its host, and "
                "whether its host reaches the others at port 2380."
            )
        sleep(_PAUSE)


__all__ = (
    "Call",
    "Member",
    "Refused",
    "add",
    "members",
    "named",
    "own",
    "promote",
    "refuse_unhealthy",
    "remove",
)
