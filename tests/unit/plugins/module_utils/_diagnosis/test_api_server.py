# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API server's own checks."""

from __future__ import annotations

from diagnosed_node import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import api_server as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.health import Health


def _found(node: Node, health: Health) -> list[tuple[str, str]]:
    seen = node.situation()
    seen = seen._replace(health={**seen.health, "kube-apiserver": health})
    return [(verdict.fault, verdict.cause) for verdict in subject.judge_api_server(seen)]


def test_an_api_server(node: Node) -> None:
    """Breaks the diagnosis: a check that fails is not named, or one that is away or well is judged here."""
    assert _found(node, Health(200, "ok")) == []
    assert _found(node, Health(0, "Connection refused")) == []
    text = "[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/a failed: not finished\n"
    assert _found(node, Health(500, text))[0][0] == "ApiServerWithoutEtcd"
    ((fault, cause),) = _found(node, Health(500, text.replace("[-]etcd", "[+]etcd")))
    assert (fault, cause) == ("ApiServerNotReady", "is not ready: poststarthook/a failed")
    assert _found(node, Health(503, ""))[0][1] == "is not ready: HTTP status 503 failed"
