# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has to know of its member of etcd."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join.etcd_member import etcd_member

MEMBER = {
    "id": "1",
    "name": "cp1",
    "peers": ["https://192.0.2.11:2380"],
    "clients": ["https://192.0.2.11:2379"],
    "is_learner": False,
}


def test_one_of_another_host(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the join: the new member is not told of the others, or the others are not tried before it is added."""
    config = make_config("1.37.0")
    found = etcd_member(config, {"etcd_members": [MEMBER]}) or {}
    assert found["is_absent"]
    assert found["cluster"].startswith("cp1=https://192.0.2.11:2380,")
    assert found["others"] == ["https://192.0.2.11:2380", "https://192.0.2.11:2379"]


def test_an_external_etcd(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks control planes whose etcd is elsewhere: a member is added to it."""
    config = make_config("1.37.0", etcd_external={"endpoints": ["https://192.0.2.5:2379"]})
    assert etcd_member(config, {"etcd_members": []}) is None
