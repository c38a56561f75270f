# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What etcd says of itself and of its cluster: its members, and its alarms."""

from __future__ import annotations

import typing as t
import urllib.parse

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import failure
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import add_client, unverified
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import (
    NO_ANSWER,
    Server,
    call,
    health,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.sockets import OPEN
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import on_host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

_ALARMS = {
    "NOSPACE": (
        "EtcdQuotaExceeded",
        "takes no more writes: its database has reached its quota",
        "Compact and defragment it (etcdctl compact, etcdctl defrag), raise --quota-backend-bytes, and then disarm the alarm "
        "(etcdctl alarm disarm).",
    ),
    "CORRUPT": (
        "EtcdCorrupt",
        "has found its data to differ from that of other members",
        "Replace this member from the others, or restore a snapshot.",
    ),
}


_NEVER = "it has never started"
_NO_QUORUM = "EtcdNoQuorum"
_HEALTHY = {"true": True, "false": False}
# Seconds for a connection.
_CONNECTING = 2.0


class Member(t.NamedTuple):
    """A member of the cluster. why: why it does not answer, empty where it does. is_healthy: whether it says that it is well, which
    needs a quorum; None where it does not say.
    """

    name: str
    url: str
    why: str
    is_healthy: bool | None


def _asking(seen: Situation) -> Server | None:
    """None where it is not etcd of this control plane's, or where there is no client certificate."""
    pod = seen.pods.get("kube-apiserver")
    if pod is None:
        return None
    server = pod.flag("etcd-servers").split(",")[0]
    context = unverified()
    certificate, key = (pod.flag(flag) for flag in ("etcd-certfile", "etcd-keyfile"))
    if certificate and key:
        paths = on_host(pod, certificate), on_host(pod, key)
        if paths[0] is None or paths[1] is None:
            return None
        # What would keep a reader waiting is no certificate.
        if any(seen.host.data(path) is None for path in paths if path is not None):
            return None
        try:
            add_client(context, seen.host.path(paths[0]), seen.host.path(paths[1]))
        except Exception:  # the certificates have a judge of their own
            return None
    return Server(server, context)


def _member(asking: Server, item: t.Mapping[str, t.Any]) -> Member:
    urls = [str(url) for url in item.get("clientURLs") or []]
    peers = [str(url) for url in item.get("peerURLs") or []]
    name = str(item.get("name") or "a member that has not started")
    if not urls:
        return Member(name, ", ".join(peers), _NEVER, None)
    try:
        answer = health(asking._replace(url=urls[0]))
    except NO_ANSWER as error:
        return Member(name, urls[0], failure(error), None)
    return Member(name, urls[0], "", _HEALTHY.get(str(answer.get("health")).lower()))


def members(asking: Server) -> list[Member]:
    """Those that have a vote. Raises OSError, HTTPException or ValueError where etcd does not answer."""
    # Without a quorum only the member's own view is to be had.
    answer = call(asking, "/cluster/member/list", {"linearizable": False})
    if "members" not in answer:
        # Servers before 3.5 do not know the field, refuse it, and give their own view in any case.
        answer = call(asking, "/cluster/member/list", {})
    found = [item for item in answer.get("members") or [] if isinstance(item, dict)]
    return [_member(asking, item) for item in found if not item.get("isLearner")]


def without_quorum(found: t.Sequence[Member]) -> Verdict | None:
    """What is wrong where too few members answer, and none of them is well; else None."""
    away = [member for member in found if member.why]
    # From here the others may only be out of reach: clients may be kept off, and peers not.
    if any(member.is_healthy for member in found):
        return None
    answering = len(found) - len(away)
    needed = len(found) // 2 + 1
    if not away or answering >= needed:
        return None
    evidence = [f"{member.name} ({member.url}): {member.why}" for member in away]
    shown = "; ".join(f"{member.name} ({member.url}) does not" for member in away)
    cause = f"has no quorum: {answering} of {len(found)} members {'answers' if answering == 1 else 'answer'}; {shown}"
    back = "one" if needed - answering == 1 else str(needed - answering)
    cure = (
        f"Bring back {back} of them. Where they are lost for good, make this member a cluster of its own from a snapshot (etcdutl snapshot "
        "restore), as etcd's documentation on disaster recovery says."
    )
    # One that has just been added may be about to start. And only who says that it is not well has no leader.
    is_sure = not any(member.why == _NEVER for member in away) and any(member.is_healthy is False for member in found)
    return Verdict("etcd", _NO_QUORUM, cause, evidence, cure, is_sure)


def _alarms(asking: Server) -> dict[str, t.Any] | None:
    """The alarms; None where they are not told. Who tells them has a quorum: the question is put to all members, as a write is.

    Raises HTTPException or ValueError.
    """
    try:
        answer = call(asking, "/maintenance/alarm", {"action": "GET"})
    except OSError:
        return None
    return answer if "header" in answer else None


def alarms(answer: t.Mapping[str, t.Any]) -> t.Iterator[Verdict]:
    """What the alarms mean that etcd tells of (rpc AlarmResponse)."""
    for item in answer.get("alarms") or []:
        known = _ALARMS.get(str(item.get("alarm")))
        if known is not None:
            fault, cause, cure = known
            yield Verdict("etcd", fault, cause, [f"alarm {item['alarm']} of member {item.get('memberID')}"], cure)


def takes_no_writes(verdict: Verdict) -> bool:
    """Whether etcd takes no more writes for sure, by an alarm or without a quorum, whatever goes on to answer."""
    is_alarm = verdict.fault in [fault for fault, _cause, _cure in _ALARMS.values()]
    return is_alarm or (verdict.fault == _NO_QUORUM and verdict.is_sure)


def _of_address(seen: Situation) -> Verdict | None:
    """Whether the API server asks for etcd where none is, while etcd of this host is well."""
    pod = seen.pods.get("kube-apiserver")
    if pod is None or "etcd" not in seen.pods or seen.is_well("kube-apiserver") or not seen.is_well("etcd"):
        return None
    servers = [server.strip() for server in pod.flag("etcd-servers").split(",") if server.strip()]
    refused = []
    for server in servers:
        try:
            parts = urllib.parse.urlsplit(server)
            outcome = seen.host.connection(parts.hostname or "", parts.port or 0, _CONNECTING)
        except ValueError:
            outcome = "it is no URL"
        if outcome != OPEN:
            refused.append(f"{server}: {outcome}")
    if not servers or len(refused) < len(servers):
        return None
    cure = "Correct etcd-servers of kube-apiserver: etcd of this host listens at " + (
        seen.pods["etcd"].flag("listen-client-urls") or "its own addresses"
    )
    cause = f"asks for etcd at {', '.join(servers)}, where none answers"
    return Verdict("kube-apiserver", "EtcdServersWrong", cause, [*refused, "etcd of this host is healthy"], cure + ".")


def judge_etcd(seen: Situation) -> t.Iterator[Verdict]:
    """Where a member of this host runs, or an external one is asked."""
    if "etcd" in seen.pods and "etcd" not in seen.running:
        return
    elsewhere = _of_address(seen)
    if elsewhere is not None:
        yield elsewhere
        return
    asking = _asking(seen)
    if asking is None:
        return
    try:
        told = _alarms(asking)
        if told is None:
            alone = without_quorum(members(asking))
            if alone is not None:
                yield alone
            return
        yield from alarms(told)
    except (*NO_ANSWER, AttributeError, TypeError) as error:
        # It may be another of several servers that answers the API server.
        if "etcd" not in seen.pods and not seen.is_well("kube-apiserver"):
            why = failure(error)
            cure = "See why the etcd servers do not answer from this host, or correct kubewright_etcd_external (etcd.external.endpoints)."
            cause = f"does not answer at {asking.url}"
            yield Verdict("etcd", "ExternalEtcdAway", cause, [f"{asking.url}: {why}"], cure, False)


__all__ = ("Member", "alarms", "judge_etcd", "members", "takes_no_writes", "without_quorum")
