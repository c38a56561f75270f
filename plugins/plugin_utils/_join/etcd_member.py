# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The member of etcd of a host that joins the others, or has joined them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd_peer

Values = dict[str, t.Any]
_GATE = "EtcdLearnerMode"


def etcd_member(config: Config, cluster: t.Mapping[str, t.Any]) -> Values | None:
    """What a host has to know of its member of etcd; see C(Config.joined_control_plane). None where etcd is external.

    cluster: what join_info or etcd_info says. Raises KubewrightError where the host has data and no member.
    """
    if config.local_etcd is None:
        return None
    peer, name = etcd_peer(config), config.node_name
    members = cluster.get("etcd_members") or []
    own = [member for member in members if peer in member["peers"]]
    is_absent = not config.node["etcd_has_data"]
    if members and not own and not is_absent:
        raise KubewrightError(
            f"the host has data of etcd in {config.local_etcd['dataDir']}, and etcd has no member {name} ({peer}). If it is of no use any "
            "more, move it away, and run again: the host then joins anew."
        )
    others = [
        f"{member['name'] or format(int(member['id']), 'x')}={member['peers'][0]}"
        for member in members
        if member["peers"] and peer not in member["peers"]
    ]
    gate = config.feature_gates.get(_GATE)
    return {
        "name": name,
        "peer": peer,
        "is_absent": is_absent,
        # That of a host that has lost its data is another one.
        "has_vote": not is_absent and bool(own) and bool(own[0]["name"]) and not own[0]["is_learner"],
        "learner": config.release.etcd_learner if gate is None else gate,
        "cluster": ",".join([*others, f"{name}={peer}"]),
        "others": [
            url
            for member in members
            if peer not in member["peers"]
            for url in (*member["peers"][:1], *member["clients"][:1])
        ],
    }


__all__ = ("etcd_member",)
