# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for several actions alike; each has a file of its own in C(action/)."""

from __future__ import annotations

import typing as t

import pytest
from acting import act, facts_of_host


@pytest.mark.parametrize("name", ["host_files", "kube_apply", "kubelet_start", "bootstrap_token", "preflight_check"])
@pytest.mark.parametrize("config", [None, {}, "text"])
def test_without_a_configuration(name: str, config: t.Any) -> None:
    """Breaks the message when the resolved configuration is forgotten; the host must not be asked."""
    phase = {"host_files": {"phase": "etcd"}, "kube_apply": {"phase": "addons"}}.get(name, {})
    action = act(name, {**phase, "config": config}, {})
    assert (action.result["failed"], action.shipped) == (True, None)
    assert "config" in action.result["msg"]


@pytest.mark.parametrize("name", ["preflight_check", "cluster_config"])
def test_warnings_of_the_module_are_kept(
    make_config: t.Callable[..., t.Any], node_facts: t.Callable[..., t.Any], name: str
) -> None:
    """Breaks when warnings of the module are lost, or the list is changed that they came in: it is ansible-core's own."""
    given = ["of the host"]
    answer: dict[str, t.Any] = {"warnings": given, **facts_of_host(node_facts())}
    arguments: dict[str, t.Any] = {}
    if name == "preflight_check":
        answer.update(identity={}, facts={"user": {"uid": 1000}})
        arguments = {"config": make_config("1.31.0").data, "ignore": ["IsPrivilegedUser"]}
    result = act(name, arguments, {"kubewright_certificate_validity_period": "87601h"}, answer).result
    assert (given, result["warnings"][0], len(result["warnings"])) == (["of the host"], "of the host", 2)
