# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reserved resources and thresholds that the kubelet refuses when it starts."""

from __future__ import annotations

import typing as t

import pytest
from resolving import faults_of

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resource_rules import resource_faults


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("systemReserved", {"memory": "aGi"}, "systemReserved.memory"),
        ("systemReserved", {"disk": "1Gi"}, "systemReserved.disk"),
        ("kubeReserved", {"cpu": "-200m"}, "kubeReserved.cpu"),
        ("evictionHard", {"memory.available": "5 %"}, "evictionHard.memory.available"),
        ("evictionHard", {"memory.avail": "5%"}, "evictionHard.memory.avail"),
        ("evictionHard", {"memory.available": "500%"}, "evictionHard.memory.available"),
        ("evictionHard", {"memory.available": "-1Gi"}, "evictionHard.memory.available"),
        ("evictionHard", {"memory.available": "0"}, "evictionHard.memory.available"),
        ("evictionSoft", {"memory.available": "1Gi"}, "evictionSoftGracePeriod.memory.available"),
        ("evictionSoftGracePeriod", {"memory.available": "x"}, "evictionSoftGracePeriod.memory.available"),
        ("evictionMinimumReclaim", {"memory.available": "x"}, "evictionMinimumReclaim.memory.available"),
        ("qosReserved", {"memory": "x"}, "qosReserved.memory"),
        ("qosReserved", {"cpu": "5%"}, "qosReserved.cpu"),
    ],
)
def test_what_the_kubelet_refuses(field: str, value: dict[str, str], path: str) -> None:
    """Breaks the kubelet's start."""
    assert [fault.path for fault in resource_faults("k", {field: value})] == [f"k.{path}"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"systemReserved": {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1G", "pid": "100"}},
        {"evictionHard": {"memory.available": "100Mi", "nodefs.available": "10%", "pid.available": "0%"}},
        {"evictionSoft": {"imagefs.available": "15.5%"}, "evictionSoftGracePeriod": {"imagefs.available": "1m30s"}},
        {"evictionMinimumReclaim": {"nodefs.inodesFree": "0", "containerfs.available": "5%"}},
        {"qosReserved": {"memory": "50%"}},
    ],
)
def test_what_it_takes(document: dict[str, t.Any]) -> None:
    """Breaks configurations that are right."""
    assert resource_faults("k", document) == []


def test_the_nearest_signal_is_offered(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the message, or the way of these rules into the configuration."""
    given = {"evictionHard": {"memory.avail": "5%"}}
    faults = faults_of(node_facts(), kubelet_configuration=given)
    assert "memory.available" in faults["kubelet_configuration.evictionHard.memory.avail"].cure
