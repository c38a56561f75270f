# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying a list of objects, waiting for the Node, and the report."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import Change
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import report, wait_for_node
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NODE = {"kind": "Node", "metadata": {"name": "cp1"}}
REGISTERED = {"metadata": {"labels": {"kubernetes.io/hostname": "cp1"}}}


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Moves on."""
        self.now += seconds

    def monotonic(self) -> float:
        """The time."""
        return self.now


class Answers:
    """A client that gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: t.Any) -> None:
        self.answers = list(answers)

    def request(self, *_arguments: t.Any, **_more: t.Any) -> t.Any:
        """The next answer."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_waits_until_the_kubelet_has_registered_the_node() -> None:
    """K10.3: breaks the first run, where the Node appears a moment after the API server."""
    clock = Clock()
    client = Answers(ApiError(404, "none"), {"metadata": {"labels": None}}, {"metadata": {}}, REGISTERED)
    wait_for_node(client, NODE, 120.0, clock.sleep, clock.monotonic)
    assert clock.now == 1.5


def test_gives_up_when_the_time_is_up() -> None:
    """Breaks when a kubelet that never registers stops the run for ever."""
    clock = Clock()
    with pytest.raises(KubewrightError, match=r"Node cp1 was not registered within 120 s.*journalctl"):
        wait_for_node(Answers(ApiError(404, "none")), NODE, 120.0, clock.sleep, clock.monotonic)
    assert clock.now == 120.0


def test_other_refusals_are_not_waited_for() -> None:
    """Breaks when missing rights look like a missing node for two minutes."""
    clock = Clock()
    with pytest.raises(ApiError):
        wait_for_node(Answers(ApiError(403, "no")), NODE, 120.0, clock.sleep, clock.monotonic)
    assert clock.now == 0.0


def test_the_report_hides_the_data_of_secrets() -> None:
    """Breaks when a bootstrap token stands in the diff."""
    before = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"token-secret": "b2xk"}}
    after = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"token-secret": "bmV3", "token-id": "aWQ="}}
    result = report([Change("Secret", "kube-system/x", "updated", before, after)])
    text = json.dumps(result)
    assert not any(secret in text for secret in ("b2xk", "bmV3", "aWQ="))
    assert "token-id" in result["diff"][0]["after"]
    assert "token-id" not in result["diff"][0]["before"]


def test_changed_objects_and_diff_agree() -> None:
    """Breaks when an unchanged object is reported, or a created one shows a state before."""
    map_ = {"kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "1"}}
    changes = [
        Change("ConfigMap", "n/x", "created", None, map_),
        Change("ConfigMap", "n/y", "unchanged", map_, map_),
    ]
    result = report(changes)
    assert (result["changed"], result["objects"]) == (True, {"ConfigMap n/x": "created"})
    assert [(item["before_header"], item["before"]) for item in result["diff"]] == [("ConfigMap n/x (absent)", "")]
    assert report(changes[1:]) == {"changed": False, "objects": {}, "diff": []}
