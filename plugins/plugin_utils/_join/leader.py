# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which control plane of a cluster the others are brought in line with, whichever of them is well."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import BEGUN, WHOLE


class Words(t.NamedTuple):
    """What the hosts of a cluster are called: one of them, and many. without: what a lost quorum means for them."""

    one: str
    many: str
    without: str


CONTROL_PLANES = Words("control plane", "control planes", ", so no API server can answer")
MEMBERS = Words("member of etcd", "members of etcd", "")

# What join_info returned for a host that was asked, and None for one that was not, or could not be reached.
State = t.Mapping[str, t.Any]


def _refuse_two(whole: t.Mapping[str, State], words: Words) -> None:
    """Raises KubewrightError where they are of different clusters."""
    clusters = {host: (state.get("cluster") or {}).get("etcd_cluster") for host, state in whole.items()}
    ids = {cluster for cluster in clusters.values() if cluster}
    if len(ids) > 1:
        shown = ", ".join(f"{host}: {cluster}" for host, cluster in clusters.items() if cluster)
        raise KubewrightError(
            f"the {words.many} are of {len(ids)} clusters, by the ids of their etcd ({shown}). Nothing is changed. Tell them apart by "
            "kubewright_cluster, or take what is not of this cluster out of the inventory."
        )


def _refuse_lost_quorum(whole: t.Mapping[str, State], words: Words) -> None:
    """Raises KubewrightError where no host answers, and a member of etcd says why."""
    says = {host: state.get("etcd_problem") for host, state in whole.items()}
    shown = ", ".join(f"{host}: {problem}" for host, problem in says.items() if problem)
    if shown and not any(state["cluster"] for state in whole.values()):
        raise KubewrightError(
            f"etcd has no quorum, as its members say that are left ({shown}){words.without}. Nothing is changed. Bring the other members "
            "back: most of them have to run and to reach each other at port 2380, with certificates that have not expired "
            "(certs.yml -e kubewright_renew=true). Where they are lost for good, restore etcd from a snapshot (etcd.io: disaster recovery)."
        )


def leader(states: t.Mapping[str, State | None], words: Words = CONTROL_PLANES) -> str:
    """The first whole control plane that answers; else the first whole one, which then says what is wrong; else, where all have
    answered, the first on which one was begun, and else the first of all.

    states: of the hosts of one cluster, in the order of the inventory. Raises KubewrightError where there is no whole control plane on the
    hosts that answered and others did not answer: they may have the cluster, and a second one would be made. And where etcd has no quorum.
    """
    answered = {host: state for host, state in states.items() if state is not None and "state" in state}
    whole = {host: state for host, state in answered.items() if state["state"] == WHOLE}
    _refuse_two(whole, words)
    _refuse_lost_quorum(whole, words)
    if whole:
        return next((host for host, state in whole.items() if state["cluster"]), next(iter(whole)))
    silent = [host for host in states if host not in answered]
    if silent:
        raise KubewrightError(
            f"none of {', '.join(answered) or 'the hosts'} has a {words.one}, and {', '.join(silent)} did not answer, or the run leaves "
            "them out, so nobody knows whether the cluster is there. Nothing is initialised: it could be a second cluster. Bring them "
            "back, run without --limit, or take them out of the inventory."
        )
    return next((host for host, state in answered.items() if state["state"] == BEGUN), next(iter(states)))


def refuse_failed(leaders: t.Sequence[str], is_ready: t.Mapping[str, bool], has_failed: t.Mapping[str, bool]) -> None:
    """Raises KubewrightError where a control plane has failed in this run.

    leaders: that were chosen, none where that has failed. is_ready, has_failed: of the control planes that take part in the run; where none
    does, as with --limit, there is nothing to wait for.
    """
    if not is_ready:
        return
    wrong = [host for host in leaders if not is_ready[host]] + [host for host, failed in has_failed.items() if failed]
    if wrong:
        raise KubewrightError(
            f"{', '.join(wrong)} has failed in this run, so this host stays as it was. Mend that first."
        )
    if not leaders:
        raise KubewrightError(
            "no control plane of its cluster was chosen, so this host stays as it was. See above why."
        )


__all__ = ("CONTROL_PLANES", "MEMBERS", "State", "Words", "leader", "refuse_failed")
