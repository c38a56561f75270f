# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying a list of objects, and waiting for the Node."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from objects_in_memory import Server, config_map

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import (
    Applied,
    apply_objects,
    wait_for_node,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import DEFAULT_GROUP
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import check_files, sources
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


NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)
USUAL = {"usages": ["signing", "authentication"], "groups": [DEFAULT_GROUP], "lifetime": 86400.0}


def _named(name: str, data: dict[str, str]) -> dict[str, t.Any]:
    return dict(config_map(data), metadata={"name": name, "namespace": "kube-system"})


def _change(manifest: dict[str, t.Any], unseen: bool = True, expected: str | None = None) -> dict[str, t.Any]:
    return {"policy": "replace", "manifest": manifest, "unseen": unseen, "expected": expected}


def _apply(server: Server | None, changes: list[dict[str, t.Any]], check: bool = False) -> Applied:
    of = sources(server, changes, NOW, lambda _path: b"PEM")
    return apply_objects(server, changes, of, check)


def test_what_nobody_has_seen_is_created_or_updated_in_order() -> None:
    """Breaks the first run, whose host was read when no server answered: each phase has one look and one write."""
    server = Server(_named("b", {"a": "0"}), _named("c", {"a": "1"}))
    changes = [_change(_named(name, {"a": "1"})) for name in ("a", "b", "c")]
    applied = _apply(server, changes)
    assert [change.action for change in applied.changes] == ["created", "updated", "unchanged"]
    assert [method for method, _path in server.writes] == ["POST", "PUT"]
    assert applied.stale == []


def test_nothing_is_written_after_an_object_that_has_changed() -> None:
    """Breaks when a plan goes on that was made for another state: what was written before is told, so that nothing is lost."""
    server = Server(_named("b", {"a": "2"}))
    changes = [_change(_named(name, {"a": "1"}), unseen=False) for name in ("a", "b", "c")]
    applied = _apply(server, changes)
    assert [change.name for change in applied.changes] == ["kube-system/a"]
    assert applied.stale == ["ConfigMap kube-system/b"]
    assert len(server.writes) == 1


def test_check_mode_without_a_server() -> None:
    """Breaks the plan for a blank host: everything counts as created."""
    applied = _apply(None, [_change(_named("a", {})), {**_change({}), "manifest": None, "token": USUAL}], check=True)
    assert [(change.kind, change.action) for change in applied.changes] == [
        ("ConfigMap", "created"),
        ("Secret", "created"),
    ]


def test_a_random_token_is_made_once() -> None:
    """Breaks when a token that was made since the host was read gets another one beside it."""
    server, change = Server(), {**_change({}), "manifest": None, "token": {**USUAL, "token": None}}
    assert [item.action for item in _apply(server, [change]).changes] == ["created"]
    assert _apply(server, [change]).changes == []
    [secret] = server.objects.values()
    assert secret["metadata"]["name"].startswith("bootstrap-token-")


def test_cluster_info_is_not_made_without_a_ca() -> None:
    """Breaks kubeadm join when a cluster-info without a CA is published."""
    item = {"cluster_info": {"ca": "/pki/ca.crt"}}
    check_files([item], lambda _path: b"PEM")
    with pytest.raises(KubewrightError, match=r"/pki/ca.crt is not there: run the certs phase first"):
        check_files([item], lambda _path: None)
