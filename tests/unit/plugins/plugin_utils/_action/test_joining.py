# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both configurations of nodes that join ask the host."""

from __future__ import annotations

import typing as t

import pytest
from acting import act
from joined_cluster import cluster_of
from resolving import resolved

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

MakeFacts = t.Callable[..., dict[str, t.Any]]


@pytest.mark.parametrize("action", ["worker_config", "control_plane_config"])
@pytest.mark.parametrize("identity", [None, [], {"problem": "x"}])
def test_an_answer_that_is_none(node_facts: MakeFacts, action: str, identity: t.Any) -> None:
    """Breaks with a traceback where something stands between the controller and the host."""
    cluster = cluster_of(Config(resolved(node_facts(), "1.37.0")))
    answer = {"facts": {"files": {}, "answers": {"config": node_facts(), "join": identity}}}
    result = act(action, {"cluster": cluster}, {"kubewright_kubernetes_version": "1.37.0"}, answer).result
    assert result["failed"]
    assert "answers in another way" in result["msg"]
