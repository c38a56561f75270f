# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node in the API."""

from __future__ import annotations

from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import addresses, annotate, is_ready

NODE = {
    "kind": "Node",
    "metadata": {"name": "worker1", "annotations": {"theirs": "x"}},
    "status": {
        "conditions": [{"type": "Ready", "status": "True"}],
        "addresses": [{"type": "Hostname", "address": "w"}, {"type": "InternalIP", "address": "192.0.2.12"}],
    },
}


def test_annotations() -> None:
    """Breaks what kubeadm upgrade reads of a node; others' annotations; or --check."""
    server = Server(NODE)
    assert annotate(server, "worker1", {"ours": "y"}, is_check=True)
    assert server.writes == []
    assert annotate(server, "worker1", {"ours": "y"}, is_check=False)
    assert server.objects["/api/v1/nodes/worker1"]["metadata"]["annotations"] == {"theirs": "x", "ours": "y"}
    writes = len(server.writes)
    assert not annotate(server, "worker1", {"ours": "y"}, is_check=False)
    assert len(server.writes) == writes


def test_what_it_says_of_itself() -> None:
    """Breaks the choice of a member of etcd by its address; or a node that nobody has heard of is drained."""
    assert addresses(NODE) == ["192.0.2.12"]
    assert addresses({}) == []
    assert is_ready(NODE)
    assert not is_ready({})
