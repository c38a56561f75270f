# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which nodes may be emptied, and which take pods again."""

from __future__ import annotations

import typing as t

import pytest
from objects_in_memory import Object, Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.emptied_nodes import (
    CORDONED,
    SINCE,
    begin,
    is_emptied,
    keep_pods_away,
    restore,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import node_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NOW = "2026-01-02T00:00:00+00:00"


def _node(name: str, since: str = "", **spec: t.Any) -> Object:
    annotations = {SINCE: since} if since else {"a": "b"}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "annotations": annotations}, "spec": spec}


def _of(server: Server, name: str) -> Object:
    return server.objects[node_path(name)]


def test_one_after_the_other() -> None:
    """Breaks what runs: two nodes are emptied at a time, and the pods of the one have no place on the other."""
    server = Server(_node("w1"), _node("w2", "2026-01-01T00:00:00+00:00"), _node("w3"))
    with pytest.raises(KubewrightError, match=r"because 1 other nodes of the cluster are, .*: w2"):
        begin(server, "w1", 1, NOW)
    assert not is_emptied(_of(server, "w1"))
    begin(server, "w1", 2, NOW)
    assert _of(server, "w1")["metadata"]["annotations"] == {"a": "b", SINCE: NOW}
    # A run that goes on keeps the mark of the one before, whatever becomes of it.
    with pytest.raises(KubewrightError, match="w2"):
        begin(server, "w1", 1, "later")
    assert _of(server, "w1")["metadata"]["annotations"][SINCE] == NOW
    restore(server, "w2")
    begin(server, "w1", 1, "later")


def test_two_begin_in_the_same_moment() -> None:
    """Breaks the same where hosts run side by side: the second has marked itself between the mark of the first and its look."""
    server = Server(_node("w1"), _node("w2"))

    class Slow:
        """A client before whose look at all nodes another one has begun."""

        def request(self, method: str, path: str, body: t.Any = None, query: t.Any = None) -> Object:
            if method == "GET" and path.endswith("/nodes"):
                with pytest.raises(KubewrightError):
                    begin(server, "w2", 1, NOW)
            return server.request(method, path, body, query)

    begin(Slow(), "w1", 1, NOW)
    assert [is_emptied(_of(server, name)) for name in ("w1", "w2")] == [True, False]


def test_it_takes_pods_again() -> None:
    """Breaks the node after the change: it stays cordoned; or is not any more, though somebody else had done it."""
    server = Server(_node("w1"), _node("w2", unschedulable=True))
    for name in ("w1", "w2"):
        begin(server, name, 2, NOW)
        keep_pods_away(server, name)
    assert _of(server, "w1")["spec"] == {"unschedulable": True}
    assert _of(server, "w1")["metadata"]["annotations"] == {"a": "b", SINCE: NOW, CORDONED: "true"}
    assert (restore(server, "w1"), restore(server, "w2")) == (True, True)
    assert _of(server, "w1")["spec"] == {}
    assert _of(server, "w2")["spec"] == {"unschedulable": True}
    assert _of(server, "w1")["metadata"]["annotations"] == {"a": "b"}
    assert (restore(server, "w1"), restore(server, "w2")) == (False, False)


def test_the_kubelet_writes_the_node_too() -> None:
    """Breaks now and then: a node that has changed since it was read."""
    server = Server(_node("w1"))
    server.conflicts = 3
    keep_pods_away(server, "w1")
    assert _of(server, "w1")["spec"] == {"unschedulable": True}
    server.conflicts = 100
    with pytest.raises(ApiError):
        restore(server, "w1")
