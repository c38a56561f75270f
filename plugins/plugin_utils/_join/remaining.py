# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which control plane takes a node out of its cluster when its host is reset."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane_state import BLANK, WHOLE

_ANOTHER = "it is of another cluster, by its CA"
_BEGIN = "-----BEGIN CERTIFICATE-----"


def _why(answer: t.Mapping[str, t.Any]) -> str:
    if answer.get("unreachable"):
        return "it is out of reach"
    if "state" not in answer:
        return str(answer.get("msg") or "it has not answered")
    return "it has no control plane" if answer["state"] == BLANK else str(answer.get("problem") or "it has not joined")


class Leaver(t.NamedTuple):
    """The host that is reset. state: of its own control plane. is_node: whether it is a node of a cluster. ca: of that (PEM), or empty."""

    state: str
    is_node: bool
    ca: str


def _blocks(pem: str) -> set[str]:
    return {"".join(block.split()) for block in pem.split(_BEGIN)[1:]}


def _is_of(answer: t.Mapping[str, t.Any], leaver: Leaver) -> bool:
    """Whether a control plane is of the same cluster, by the CA that nodes know it by."""
    return not leaver.ca or bool(_blocks(leaver.ca) & _blocks(str((answer.get("cluster") or {}).get("ca"))))


def remaining(answers: t.Mapping[str, t.Mapping[str, t.Any]], leaver: Leaver, force: bool) -> str:
    """The first whole control plane of the same cluster that answers; empty where none does and none is needed.

    answers: of the other control planes of the inventory's cluster, by their hosts. Raises KubewrightError where the host is the last
    control plane, or nobody can say so.
    """
    well = {host: answer for host, answer in answers.items() if answer.get("state") == WHOLE and answer.get("cluster")}
    for host, answer in well.items():
        if _is_of(answer, leaver):
            return host
    state, is_node = leaver.state, leaver.is_node
    if not is_node or force:
        return ""
    if not answers and state != BLANK:
        raise KubewrightError(
            "the host is the only control plane of its cluster: the cluster, with all of its data in etcd, ends with it. Nothing is "
            "removed. Where that is meant, set kubewright_reset_force to true."
        )
    shown = (
        "; ".join(f"{host}: {_ANOTHER if host in well else _why(answer)}" for host, answer in answers.items())
        or "the group control_plane has no host of it"
    )
    what = "its member of etcd and its node" if state != BLANK else "its node"
    raise KubewrightError(
        f"no other control plane of its cluster answers ({shown}), so {what} cannot be taken out of it. Nothing is removed. Bring one "
        "back, or, where the cluster is gone or goes too, set kubewright_reset_force to true."
    )


__all__ = ("Leaver", "remaining")
