# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_bootstrap on the controller: what the node has to know, and what is planned."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

TOKEN = "abcdef.0123456789abcdef"


@pytest.fixture(name="config")
def fixture_config(make_config: t.Callable[..., Config]) -> dict[str, t.Any]:
    """Of a worker."""
    join = {"server": "https://192.0.2.1:6443", "ca": "CA", "kubelet": "", "problem": "it names another CA"}
    return dict(make_config("1.31.0", node_name="worker1").data, join=join)


def test_what_the_node_is_told(config: dict[str, t.Any]) -> None:
    """Breaks the join: another server, CA or name; or the token is shown."""
    action = act("kubelet_bootstrap", {"config": config, "token": TOKEN}, {})
    ((name, given),) = action.trips
    assert name == "kubelet_bootstrap"
    assert (given["server"], given["ca"], given["node"], given["token"]) == (
        "https://192.0.2.1:6443",
        "CA",
        "worker1",
        TOKEN,
    )
    assert given["preferences"]
    assert action.hidden
    assert action.result["planned"] == [
        {"artefact": "/etc/kubernetes/kubelet.conf", "action": "create", "reason": "it names another CA", "fields": []}
    ]


def test_check_mode_asks_nobody(config: dict[str, t.Any]) -> None:
    """Breaks --check: it needs a token that nobody has made."""
    begins = act("kubelet_bootstrap", {"config": config}, {}, check=True)
    ends = act("kubelet_bootstrap", {"config": config, "state": "absent"}, {}, check=True)
    assert (begins.trips, ends.trips) == ([], [])
    assert (begins.result["changed"], ends.result["changed"]) == (True, False)
    assert (len(begins.result["planned"]), ends.result["planned"]) == (1, [])


def test_the_configuration_of_a_control_plane(make_config: t.Callable[..., Config]) -> None:
    """Breaks with a traceback where somebody calls it by hand."""
    result = act("kubelet_bootstrap", {"config": make_config("1.31.0").data}, {}).result
    assert result["failed"]
    assert "worker_config" in result["msg"]
