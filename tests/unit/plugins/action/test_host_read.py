# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_read on the controller: what the phases have to know, all at once."""

from __future__ import annotations

import typing as t

from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED, plan_of, request

MakeConfig = t.Callable[..., Config]


def test_all_phases(make_config: MakeConfig) -> None:
    """Breaks init, which reads once: a phase would have to read for itself."""
    config = make_config("1.31.0")
    [(name, shipped)] = act("host_read", {"config": config.data}, {}, {"facts": {}}).trips
    assert (name, shipped) == ("host_read", request([plan_of(phase, config) for phase in PLANNED]))


def test_some_phases(make_config: MakeConfig) -> None:
    """Breaks roles that run alone: more is read than they need, or another phase's files."""
    shipped = act("host_read", {"config": make_config("1.31.0").data, "phases": ["etcd"]}, {}, {"facts": {}}).shipped
    assert shipped == {"config": {}, "paths": ["/etc/kubernetes/manifests/etcd.yaml"], "kubelet": False}
    wrong = act("host_read", {"config": make_config("1.31.0").data, "phases": ["images"]}, {})
    assert (wrong.trips, wrong.result["failed"]) == ([], True)


def test_nothing_to_know(make_config: MakeConfig) -> None:
    """Breaks auditing that is off with a trip to every host; what is returned can be passed on as facts."""
    action = act("host_read", {"config": make_config("1.31.0").data, "phases": ["audit"]}, {})
    assert (action.trips, action.result["facts"]) == ([], {"files": {}})


def test_declared_tokens(make_config: MakeConfig) -> None:
    """Breaks the second init of a cluster with declared tokens, of which nothing was read; only their phase needs them."""
    variables = {"kubewright_bootstrap_tokens": [{"token": "abcdef.0123456789abcdef"}]}
    for phases, secret in ((["bootstrap_token"], True), (["addons"], False)):
        arguments = {"config": make_config("1.31.0").data, "phases": phases}
        action = act("host_read", arguments, variables, {"facts": {}})
        assert ("0123456789abcdef" in str(action.shipped)) is secret
        assert "0123456789abcdef" not in str(action.result)
