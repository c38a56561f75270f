# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of the user that lose."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import resolve
from facts.ranges import MINORS


def _warnings(facts: dict[str, t.Any], minor: int, **given: t.Any) -> list[str]:
    variables = {f"kubewright_{name}": value for name, value in given.items()}
    read = read_input({"kubewright_kubernetes_version": f"1.{minor}.0", **variables})
    resolve(read, facts)
    return read.warnings


@pytest.mark.parametrize(
    ("given", "words", "minors"),
    [
        (
            {"kube_proxy_configuration": {"bindAddress": "127.0.0.1"}},
            "kubewright_kube_proxy_configuration.bindAddress: '127.0.0.1' is not used; '0.0.0.0' is",
            range(12, 18),
        ),
        (
            {"kubelet_configuration": {"rotateCertificates": False}},
            "kubewright_kubelet_configuration.rotateCertificates: False is not used; True is",
            range(12, 38),
        ),
        (
            {"kubelet_configuration": {"staticPodPath": "/x"}},
            "kubewright_kubelet_configuration.staticPodPath: the kubelet looks for static pods in '/x'",
            range(12, 38),
        ),
        (
            {"kubelet_configuration": {"healthzPort": 10000}},
            "kubewright_kubelet_configuration.healthzPort: 10000 is not used; 10248 is",
            range(12, 16),
        ),
        (
            {"kubelet_configuration": {"readOnlyPort": 10255}},
            "kubewright_kubelet_configuration.readOnlyPort: 10255 is not used; it is left out",
            range(12, 16),
        ),
    ],
)
def test_what_is_overridden_is_told(
    node_facts: t.Callable[..., dict[str, t.Any]], given: dict[str, t.Any], words: str, minors: range
) -> None:
    """Breaks when a value loses without a word, in the minors whose kubeadm overrides it."""
    told = [
        minor for minor in MINORS if any(text.startswith(words) for text in _warnings(node_facts(), minor, **given))
    ]
    assert told == list(minors)


@pytest.mark.parametrize("minor", MINORS)
def test_nothing_is_told_of_what_is_used(node_facts: t.Callable[..., dict[str, t.Any]], minor: int) -> None:
    """Breaks every run's output with warnings for nothing."""
    given = {
        "kubelet_configuration": {"maxPods": 20, "syncFrequency": "90s", "evictionHard": {"memory.available": "100Mi"}},
        "kube_proxy_configuration": {"mode": "ipvs", "conntrack": {"maxPerCore": 0}},
    }
    assert [text for text in _warnings(node_facts(), minor, **given) if "is not used" in text] == []
