# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JoinEndpoint and EtcdMembers."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.reachability import check, question

MakeConfig = t.Callable[..., Config]
SERVER, PEER, CLIENT = "https://api.example.com:16443", "https://192.0.2.1:2380", "https://192.0.2.1:2379"


def _control_plane(make_config: MakeConfig, problem: str, **etcd: t.Any) -> Config:
    member = {"others": [PEER, CLIENT], **etcd}
    joined = {
        "server": "https://192.0.2.10:6443",
        "cluster_server": SERVER,
        "ca": "",
        "problem": problem,
        "etcd": member,
    }
    return Config(dict(make_config("1.31.0").data, joinedControlPlane=joined))


def _worker(make_config: MakeConfig, problem: str) -> Config:
    return Config(
        dict(make_config("1.31.0").data, join={"server": SERVER, "ca": "", "kubelet": "", "problem": problem})
    )


def test_what_is_tried(make_config: MakeConfig) -> None:
    """Breaks the check: the local address of a control plane is tried in place of the cluster's; or one that has joined is held up."""
    asked = question(_control_plane(make_config, "it is absent"))
    assert asked == {
        "targets": {SERVER: ["api.example.com", 16443], PEER: ["192.0.2.1", 2380], CLIENT: ["192.0.2.1", 2379]}
    }
    assert question(_worker(make_config, "it is absent")) == {"targets": {SERVER: ["api.example.com", 16443]}}
    for config in (_control_plane(make_config, ""), _worker(make_config, ""), make_config("1.31.0")):
        assert question(config) is None
        assert check(config, {}) == []


@pytest.mark.parametrize(("outcome", "passed"), [("open", True), ("refused", False), ("no answer in time", False)])
def test_what_is_said(make_config: MakeConfig, outcome: str, passed: bool) -> None:
    """Breaks joins: a port that nobody has opened is found out only by minutes of waiting."""
    outcomes = {SERVER: "open", PEER: outcome, CLIENT: "open"}
    found = check(_control_plane(make_config, "it is absent"), {"outcomes": outcomes})
    assert [(item.name, item.passed) for item in found] == [
        ("JoinEndpoint", True),
        ("EtcdMembers", passed),
        ("EtcdMembers", True),
    ]
    assert found[1].found == ("192.0.2.1:2380 is reached" if passed else f"192.0.2.1:2380: {outcome}")
