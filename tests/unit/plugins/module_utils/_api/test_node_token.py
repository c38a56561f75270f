# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bootstrap token for one node."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import node_token as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import usable_token
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NOW = datetime.datetime(2026, 11, 30, tzinfo=datetime.timezone.utc)


def _node(ready: str | None, **annotations: str) -> dict[str, t.Any]:
    conditions = [] if ready is None else [{"type": "Ready", "status": ready}]
    return {
        "kind": "Node",
        "metadata": {"name": "worker1", "annotations": annotations},
        "status": {"conditions": conditions},
    }


def test_it_is_made_and_removed() -> None:
    """Breaks a join: the token cannot log in; or the cluster is left with a token that nobody knows of."""
    server = Server()
    token = subject.grant(server, "worker1", NOW)
    (secret,) = server.objects.values()
    assert usable_token([secret], NOW, []) == token
    assert usable_token([secret], NOW + datetime.timedelta(seconds=subject.LIFETIME + 1), []) is None
    assert subject.revoke(server, token.partition(".")[0])
    assert server.objects == {}
    assert not subject.revoke(server, token.partition(".")[0])


@pytest.mark.parametrize("ready", [None, "False", "Unknown"])
def test_a_node_that_is_not_ready_is_taken_over(ready: str | None) -> None:
    """Breaks a host that is installed anew under its name."""
    subject.refuse_taken_name(Server(_node(ready)), "worker1", "192.0.2.11")
    subject.refuse_taken_name(Server(), "worker1", "192.0.2.11")


def test_a_name_that_is_taken() -> None:
    """Breaks a cluster: a host takes the place of another one that runs, as one with a copied inventory would."""
    with pytest.raises(KubewrightError, match=r"there is a node worker1 already, which is Ready.*kubewright_node_name"):
        subject.refuse_taken_name(Server(_node("True")), "worker1", "192.0.2.11")


def test_a_host_that_has_just_lost_its_disk() -> None:
    """Breaks its replacement: its own node, which counts as Ready for a while, keeps it out."""
    node = _node("True")
    node["status"]["addresses"] = [
        {"type": "Hostname", "address": "192.0.2.11"},
        {"type": "InternalIP", "address": "192.0.2.12"},
    ]
    subject.refuse_taken_name(Server(node), "worker1", "192.0.2.12")
    with pytest.raises(KubewrightError, match="which is Ready"):
        subject.refuse_taken_name(Server(node), "worker1", "192.0.2.11")


def test_it_is_waited_for() -> None:
    """Breaks who waits for ever, or does not wait: the token is gone before the node is there."""
    server, slept = Server(), t.cast("list[float]", [])

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            server.store("/api/v1/nodes/worker1", _node(None))

    subject.wait_for_node(server, "worker1", 9.0, sleep, lambda: sum(slept))
    assert len(slept) == 3
    with pytest.raises(KubewrightError, match="has not registered the node worker2 after 9 s"):
        subject.wait_for_node(server, "worker2", 9.0, sleep, lambda: sum(slept))
