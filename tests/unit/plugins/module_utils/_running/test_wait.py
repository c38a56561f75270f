# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the control plane, with a clock that only sleeping moves."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import Endpoint
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import (
    Health,
    Relief,
    WaitResult,
    wait_until_healthy,
)

KUBELET, API = Endpoint("kubelet", "http://k", False), Endpoint("kube-apiserver", "https://a", True)


def _wait(
    wanted: list[Endpoint], healthy_from: dict[str, float], timeout: float = 240.0, kubelet: float = 115.0
) -> tuple[WaitResult, float]:
    clock = [0.0]

    def probe(endpoint: Endpoint) -> Health:
        return Health(clock[0] >= healthy_from.get(endpoint.name, float("inf")), "no answer")

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    outcome = wait_until_healthy(wanted, probe, timeout, kubelet, sleep, lambda: clock[0])
    return outcome, clock[0]


def test_healthy_at_once_does_not_sleep() -> None:
    """Breaks the second run, which would lose time."""
    outcome, slept = _wait([KUBELET, API], {"kubelet": 0, "kube-apiserver": 0})
    assert (outcome.healthy, slept) == (True, 0.0)


def test_ends_when_the_last_required_is_healthy() -> None:
    """Breaks when the wait ends too early, or goes on for nothing."""
    wanted = [API, Endpoint("kube-scheduler", "https://s", True)]
    outcome, slept = _wait(wanted, {"kube-apiserver": 3, "kube-scheduler": 30})
    assert (outcome.healthy, slept, outcome.seconds) == (True, 30.0, 30.0)


@pytest.mark.parametrize(("healthy_at", "acted"), [(5.0, []), (20.0, [10.0]), (1000.0, [10.0])])
def test_relief_comes_once_and_only_where_the_api_server_stays_away(healthy_at: float, acted: list[float]) -> None:
    """Breaks when the kubelet is restarted although all is well, twice, or not at all."""
    clock = [0.0]
    seen: list[float] = []

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    relief = Relief(10.0, lambda: seen.append(clock[0]))
    wait_until_healthy(
        [API], lambda _endpoint: Health(clock[0] >= healthy_at, ""), 60.0, 60.0, sleep, lambda: clock[0], relief
    )
    assert seen == acted


def test_all_have_to_be_healthy_at_the_same_time() -> None:
    """Breaks the wait while one component goes down as the other comes up."""
    answers = [(True, False), (False, True), (True, True)]
    wanted = [API, Endpoint("etcd", "http://e", True)]
    rounds = [0]

    def probe(endpoint: Endpoint) -> Health:
        return Health(answers[rounds[0]][wanted.index(endpoint)], "")

    def sleep(_seconds: float) -> None:
        rounds[0] += 1

    assert wait_until_healthy(wanted, probe, 60.0, 60.0, sleep, lambda: 0.0).healthy
    assert rounds[0] == 2


def test_only_the_one_that_is_away_is_asked_again() -> None:
    """Breaks when a component that starts has to share its processor with questions to those that are well already."""
    asked: list[str] = []
    rounds = [0]

    def probe(endpoint: Endpoint) -> Health:
        asked.append(endpoint.name)
        return Health(endpoint is not API or rounds[0] == 3, "")

    def sleep(_seconds: float) -> None:
        rounds[0] += 1
        asked.append("-")

    wanted = [Endpoint("etcd", "http://e", True), API, Endpoint("kube-scheduler", "https://s", True)]
    assert wait_until_healthy(wanted, probe, 60.0, 60.0, sleep, lambda: 0.0).healthy
    away = ["kube-apiserver", "-"]
    assert asked == ["etcd", *away, *away, *away, "kube-apiserver", "etcd", "kube-scheduler"]


def test_a_sure_sign_ends_it() -> None:
    """Breaks the time until a mistake is told, or who is asked for."""
    verdict = Verdict("kube-apiserver", "EndsItself", "ends itself", [], "Correct it.")
    clock, asked = [0.0], t.cast("list[str]", [])

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    def sign(component: str) -> Verdict | None:
        asked.append(component)
        return verdict if clock[0] >= 3 else None

    outcome = wait_until_healthy(
        [API], lambda _endpoint: Health(False, "no"), 60.0, 60.0, sleep, lambda: clock[0], None, sign
    )
    assert outcome == WaitResult(False, 3.0, {"kube-apiserver": "no"}, verdict)
    assert set(asked) == {"kube-apiserver"}


@pytest.mark.parametrize(("took", "slept"), [(0.0, 1 / 64), (0.001, 1 / 64), (0.01, 0.04), (5.0, 0.25)])
def test_what_starts_is_left_alone_between_questions(took: float, slept: float) -> None:
    """Breaks the time of a start: an API server that answers each question slowly has nothing else to do; or its end is seen late."""
    clock, rests = [0.0], t.cast("list[float]", [])

    def probe(_endpoint: Endpoint) -> Health:
        clock[0] += took
        return Health(len(rests) == 2, "")

    wait_until_healthy([API], probe, 60.0, 60.0, rests.append, lambda: clock[0])
    assert rests == pytest.approx([slept, slept])


def test_at_the_end_every_one_is_named_that_is_not_healthy() -> None:
    """Breaks when only the first is named that was waited for."""
    wanted = [KUBELET, Endpoint("etcd", "http://e", True), API]
    outcome = _wait(wanted, {"kubelet": 1})[0]
    assert set(outcome.unhealthy) == {"etcd", "kube-apiserver"}


def test_times_out_with_what_was_wrong() -> None:
    """Breaks the end of a wait for a control plane that never comes, or the message says nothing."""
    outcome, slept = _wait([KUBELET, API], {"kubelet": 1})
    assert (outcome.healthy, slept) == (False, 240.0)
    assert outcome.unhealthy == {"kube-apiserver": "no answer"}


def test_a_timeout_of_zero_asks_once() -> None:
    """Breaks a mere look at the health."""
    assert _wait([API], {"kube-apiserver": 0}, 0)[0].healthy
    assert _wait([KUBELET._replace(required=True), API], {}, 0, 0)[1] == 0.0
    assert _wait([API], {}, 0) == (WaitResult(False, 0.0, {"kube-apiserver": "no answer"}), 0.0)


def test_patience_with_the_kubelet_beside_the_api_server() -> None:
    """K9: breaks when a kubelet that never starts is waited for as long as the API server."""
    outcome, slept = _wait([KUBELET, API], {})
    assert (outcome.healthy, slept) == (False, 115.0)
    assert set(outcome.unhealthy) == {"kubelet", "kube-apiserver"}
    assert _wait([KUBELET, API], {"kubelet": 114, "kube-apiserver": 200})[0].healthy


def test_where_the_kubelet_is_waited_for_it_has_the_whole_time() -> None:
    """D14: breaks slow hosts from 1.30 on: the kubelet has its time, and after it the control plane has its own."""
    wanted = [KUBELET._replace(required=True), API]
    assert _wait(wanted, {"kubelet": 150, "kube-apiserver": 160}, kubelet=240.0)[0].healthy
    assert _wait(wanted, {"kubelet": 150, "kube-apiserver": 380}, kubelet=240.0)[0].healthy
    assert _wait(wanted, {"kubelet": 150, "kube-apiserver": 400}, kubelet=240.0)[1] == 390.0
    assert _wait(wanted, {}, kubelet=30.0)[1] == 30.0
