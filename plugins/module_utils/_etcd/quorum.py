# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The guard of the quorum: the member of a host is not stopped while another one is away.

Of two members none can be spared, and of three one: whoever stops this one while another is away takes the whole cluster down.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import (
    NO_ANSWER,
    Server,
    call,
    health,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member, members
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.of_host import (
    illness,
    own_peers,
    server,
    unhealthy,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

# Seconds in which the members that are left have another leader (by default they begin an election after one), and between two looks.
_ELECTION, _PAUSE = 5.0, 0.5


def others(found: t.Sequence[Member], peers: t.Collection[str]) -> list[Member]:
    """Those with a vote that are of other hosts; none where this host has none among them."""
    own = [member for member in found if set(member.peers) & set(peers)]
    return [member for member in found if member not in own and not member.is_learner] if own else []


def refuse_to_stop(host: Host, why: t.Callable[[Server, Member], str] = unhealthy) -> None:
    """Raises KubewrightError where another member is away. why: why one is not healthy, empty where it is.

    A member of this host that does not answer itself is no loss: what is about to be changed may be its cure.
    """
    peers = own_peers(host)
    if not peers:
        return
    try:
        asked = server(host)
        found, _cluster = members(functools.partial(call, asked))
    except KubewrightError:
        return
    away = [(member, reason) for member in others(found, peers) for reason in [why(asked, member)] if reason]
    if away:
        shown = "; ".join(f"{member.shown}: {reason}" for member, reason in away)
        raise KubewrightError(
            f"etcd of this host would have to be restarted, and other members are away: {shown}. The cluster could lose its quorum. Bring "
            "them back, or remove those whose host is lost for good (etcdctl member remove), and run again."
        )


def lost(
    host: Host,
    sleep: t.Callable[[float], None],
    monotonic: t.Callable[[], float],
    ask: t.Callable[[Server], t.Mapping[str, t.Any]] = health,
) -> str:
    """What the member of this host goes on saying is wrong, as that it has no leader; empty where it is well, or does not answer.

    ask: what a server says of itself; raises C(NO_ANSWER).
    """
    if not own_peers(host):
        return ""
    deadline = monotonic() + _ELECTION
    try:
        asked = server(host)
        while True:
            found = illness(ask(asked))
            if not found or monotonic() >= deadline:
                return found
            sleep(_PAUSE)
    except (KubewrightError, *NO_ANSWER):
        return ""


__all__ = ("lost", "others", "refuse_to_stop")
