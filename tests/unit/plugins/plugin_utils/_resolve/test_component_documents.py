# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user's component configurations: unknown fields and wrong types."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import WrittenInteger
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_documents import (
    checked_document,
    ignored_values,
)


def _kubelet(document: dict[str, t.Any], version: str = "v1.31.0") -> tuple[dict[str, t.Any], list[Fault]]:
    return checked_document(Release(version).kubelet_fields, "k", document)


def _proxy(document: dict[str, t.Any], version: str = "v1.31.0") -> tuple[dict[str, t.Any], list[Fault]]:
    return checked_document(Release(version).kube_proxy_fields, "p", document)


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"}, {}),
        ({"maxPods": "110", "failSwapOn": "false"}, {"maxPods": 110, "failSwapOn": False}),
        ({"runtimeRequestTimeout": "90s"}, {"runtimeRequestTimeout": "1m30s"}),
        (
            {"kubeReserved": {"cpu": WrittenInteger(1), "memory": "1Gi"}},
            {"kubeReserved": {"cpu": "1", "memory": "1Gi"}},
        ),
        ({"evictionHard": {}}, {"evictionHard": {}}),
        ({"kubeReserved": None, "authentication": {"x509": None}}, {"authentication": {}}),
        (
            {"logging": {"options": {"json": {"infoBufferSize": 0}}}},
            {"logging": {"options": {"json": {"infoBufferSize": "0"}}}},
        ),
        ({"logging": {"flushFrequency": "5s"}}, {"logging": {"flushFrequency": "5s"}}),
        ({"memoryThrottlingFactor": 0.8}, {"memoryThrottlingFactor": 0.8}),
        (
            {"reservedMemory": [{"numaNode": 0, "limits": {"memory": "1Gi"}}]},
            {"reservedMemory": [{"numaNode": 0, "limits": {"memory": "1Gi"}}]},
        ),
        ({"staticPodURLHeader": {"A": ["b"]}}, {"staticPodURLHeader": {"A": ["b"]}}),
        ({"featureGates": {"A": True}}, {"featureGates": {"A": True}}),
    ],
)
def test_the_form_in_which_go_holds_it(given: dict[str, t.Any], held: dict[str, t.Any]) -> None:
    """Breaks when a value is written in another form than kubeadm's, so that every look finds a difference."""
    assert _kubelet(given) == (held, [])


@pytest.mark.parametrize(
    ("given", "path", "cure"),
    [
        ({"maxPod": 5}, "k.maxPod", "Did you mean maxPods?"),
        ({"authentication": {"x509": {"clientCaFile": "a"}}}, "k.authentication.x509.clientCaFile", "clientCAFile"),
        ({"maxPods": "many"}, "k.maxPods", ""),
        ({"maxPods": 1.5}, "k.maxPods", ""),
        ({"failSwapOn": "sometimes"}, "k.failSwapOn", ""),
        ({"clusterDomain": 5}, "k.clusterDomain", "Quote"),
        ({"clusterDNS": "10.0.0.10"}, "k.clusterDNS", ""),
        ({"clusterDNS": [5]}, "k.clusterDNS[0]", ""),
        ({"evictionHard": [1]}, "k.evictionHard", ""),
        ({"featureGates": {"A": "maybe"}}, "k.featureGates.A", ""),
        ({"syncFrequency": 60}, "k.syncFrequency", "unit"),
        ({"syncFrequency": "1 min"}, "k.syncFrequency", "unit"),
        ({"hairpinMode": "hairpin"}, "k.hairpinMode", "hairpin-veth"),
        ({"authentication": "none"}, "k.authentication", ""),
        ({"registerWithTaints": {}}, "k.registerWithTaints", ""),
        ({"registerWithTaints": [{"keys": "a"}]}, "k.registerWithTaints[0].keys", "Did you mean key?"),
        ({"reservedMemory": [{"limits": {"memory": "much"}}]}, "k.reservedMemory[0].limits.memory", ""),
        ({"memoryThrottlingFactor": "high"}, "k.memoryThrottlingFactor", ""),
        ({"logging": {"flushFrequency": "soon"}}, "k.logging.flushFrequency", ""),
    ],
)
def test_what_kubeadm_ignores_or_stops_at(given: dict[str, t.Any], path: str, cure: str) -> None:
    """Breaks the message for a misspelt field, which kubeadm drops in silence, or a value of another type."""
    faults = _kubelet(given)[1]
    assert [fault.path for fault in faults] == [path]
    assert cure in faults[0].cure


@pytest.mark.parametrize(
    ("version", "given", "fine"),
    [
        ("v1.18.0", {"enableServer": True}, False),
        ("v1.19.0", {"enableServer": True}, True),
        ("v1.27.0", {"logging": {"flushFrequency": "5s"}}, False),
        ("v1.28.0", {"logging": {"flushFrequency": "5s"}}, True),
        ("v1.23.0", {"logging": {"sanitization": True}}, True),
        ("v1.24.0", {"logging": {"sanitization": True}}, False),
        ("v1.33.0", {"memorySwap": {"swapBehavior": "UnlimitedSwap"}}, True),
        ("v1.34.0", {"memorySwap": {"swapBehavior": "UnlimitedSwap"}}, False),
        ("v1.34.0", {"memorySwap": {"swapBehavior": "LimitedSwap"}}, True),
    ],
)
def test_fields_of_other_minors(version: str, given: dict[str, t.Any], fine: bool) -> None:
    """D9.2: breaks when a field is promised that the minor's kubelet does not know."""
    assert (_kubelet(given, version)[1] == []) is fine


def test_empty_values_without_effect_are_named() -> None:
    """Breaks when a user who empties a default is left to believe that it worked."""
    fields = Release("v1.31.0").kubelet_fields
    document = {"evictionHard": {}, "clusterDNS": [], "authentication": {"webhook": {}}, "maxPods": 5}
    assert ignored_values(fields, "k", document) == ["k.evictionHard", "k.clusterDNS"]


def test_numbers_of_go() -> None:
    """Breaks qps, which Go writes without a fraction where it has none."""
    assert _proxy({"clientConnection": {"qps": 5.0}})[0] == {"clientConnection": {"qps": 5}}
    assert _proxy({"clientConnection": {"qps": 7.5}})[0] == {"clientConnection": {"qps": 7.5}}
