# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restarts one after the other, with a clock that only sleeping moves."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.restart import (
    DRAINING,
    UNHEALTHY_PATIENCE,
    Ending,
    NotHealthy,
    Restarter,
    end,
    restart_in_turn,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import WaitResult


class _Host:
    """Components that are ill from the start or become so by their restart, and all that is done to them."""

    def __init__(self, ill: t.Collection[str] = (), ill_after: t.Collection[str] = ()) -> None:
        self.ill, self.ill_after = set(ill), set(ill_after)
        self.log: list[str] = []

    def restart(self, component: str) -> None:
        self.log.append(f"restart {component}")
        if component in self.ill_after:
            self.ill.add(component)

    def until_healthy(self, component: str, patience: float) -> WaitResult:
        if patience:
            self.log.append(f"wait {component} {patience:.0f}")
        healthy = component not in self.ill
        return WaitResult(healthy, 0.0 if healthy else patience, {} if healthy else {component: "refused"})

    def run(self, *components: str, others: t.Sequence[str] = (), uses_kubelet: bool = True) -> list[str]:
        restart_in_turn(components, others, Restarter(240.0, self.restart, self.until_healthy), uses_kubelet)
        return self.log


def test_each_is_healthy_before_the_next_goes_down() -> None:
    """Breaks when two components of a control plane are away at the same time."""
    assert _Host().run("etcd", "kube-apiserver") == [
        *("wait kubelet 240", "restart etcd", "wait etcd 240", "restart kube-apiserver", "wait kube-apiserver 240")
    ]


def test_nothing_to_do_asks_nobody() -> None:
    """Breaks the second run, which would wait for a kubelet on whom it does not depend."""
    assert _Host(ill=["kubelet"]).run() == []


def test_a_component_that_stays_away_ends_it() -> None:
    """Breaks when a second component is taken down although the first did not come back, or the message says too little."""
    host = _Host(ill_after=["etcd"])
    with pytest.raises(
        NotHealthy, match=r"etcd is not healthy after 240 s \(refused\): kube-apiserver not restarted"
    ) as caught:
        host.run("etcd", "kube-apiserver")
    assert host.log[-1] == "wait etcd 240"
    assert caught.value.components == ["etcd"]


def test_without_a_kubelet_nothing_is_stopped() -> None:
    """Breaks when a process is ended that nobody starts again."""
    host = _Host(ill=["kubelet"])
    with pytest.raises(NotHealthy, match="kubelet is not healthy"):
        host.run("etcd")
    assert host.log == ["wait kubelet 240"]
    assert _Host(ill=["kubelet"]).run("etcd", uses_kubelet=False)[0] == "restart etcd"


def test_a_kubelet_that_is_restarted_itself_comes_first() -> None:
    """Breaks the way out for a kubelet that cannot work without its new kubeconfig."""
    assert _Host().run("kubelet", "etcd")[:2] == ["restart kubelet", "wait kubelet 240"]


def test_what_was_ill_before_does_not_hold_up_the_rest() -> None:
    """Breaks the way out of a control plane whose certificates have all expired: one component is ill for another's sake."""
    host = _Host(ill=["etcd"])
    assert host.run("etcd", "kube-apiserver")[1:] == [
        "restart etcd",
        f"wait etcd {UNHEALTHY_PATIENCE:.0f}",
        "restart kube-apiserver",
        "wait kube-apiserver 240",
    ]


def test_what_the_kubelet_restarts_is_waited_for() -> None:
    """Breaks when a component goes down while another is still away because of its changed manifest."""
    assert _Host().run("kube-scheduler", others=["kube-apiserver"])[0] == "wait kube-apiserver 240"
    with pytest.raises(NotHealthy, match="nothing was restarted"):
        _Host(ill=["kube-apiserver"]).run("kube-scheduler", others=["kube-apiserver"])


def _end(alive_until: float, listening_until: float, timeout: float = 240.0) -> list[float]:
    """When each SIGTERM is sent to a process that lives and listens for so many seconds."""
    clock, sent = [0.0], []

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    end(
        Ending(
            timeout,
            lambda: sent.append(round(clock[0], 1)),
            lambda: clock[0] < alive_until and len(sent) < 2,
            lambda: clock[0] < listening_until,
            sleep,
            lambda: clock[0],
        )
    )
    return sent


def test_a_process_that_ends_is_told_once() -> None:
    """Breaks the orderly end: etcd closes its files, the API server answers what it has begun to answer."""
    assert _end(alive_until=0.5, listening_until=0.2) == [0.0]


def test_a_process_that_only_waits_for_others_is_told_twice() -> None:
    """Breaks the API server's absence: a minute for connections that others keep open in place of seconds."""
    first, second = _end(alive_until=60.0, listening_until=0.2)
    assert (first, second) == (0.0, pytest.approx(0.2 + DRAINING, abs=0.2))


def test_a_process_that_still_serves_is_left_to() -> None:
    """Breaks shutdown-delay-duration, by which an API server serves until load balancers have left it."""
    first, second = _end(alive_until=90.0, listening_until=70.0)
    assert (first, second) == (0.0, pytest.approx(70.0 + DRAINING, abs=0.2))
    assert _end(alive_until=900.0, listening_until=900.0, timeout=30.0) == [0.0]
