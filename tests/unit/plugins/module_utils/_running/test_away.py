# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For how long the API server is away."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import threading
import time
import typing as t

import pytest
from healthy_by_files import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_healthy import LastHealthy, save
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.last_restarts import PATH, load
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import away
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Health

API = "kube-apiserver"


@pytest.fixture(name="node")
def fixture_node(tmp_path: pathlib.Path, sound: pathlib.Path) -> t.Iterator[Node]:
    """A node whose API server is an old process, and whose clock goes on with each look at it."""
    with contextlib.closing(Node(tmp_path, (sound / "ca.crt").read_bytes())) as node:
        node.since[API] = node.since["etcd"] = 1.0
        count = itertools.count()
        node.monotonic = lambda: float(next(count))  # type: ignore[method-assign]
        yield node


@pytest.mark.parametrize(
    ("looks", "since", "seconds"),
    [
        ([True, True], None, 0.0),
        # From the first look in vain to the first answer, each of which takes half a second.
        ([True, False, False, True], None, 2.5),
        ([False, True], -3.0, 4.5),
        ([True, True], -3.0, 3.5),
        ([True, False, True, False, True], None, 3.0),
        ([True, False], None, 0.0),
    ],
)
def test_stretches(looks: list[bool], since: float | None, seconds: float) -> None:
    """Breaks what the plan foretells: a stretch is not counted, or counted from its last look."""
    stretches = away.Stretches(since)
    for moment, is_there in enumerate(looks):
        stretches.look(is_there, float(moment), moment + 0.5)
    assert stretches.seconds == seconds
    assert stretches.first is looks[0]


def test_what_can_be_seen(node: Node) -> None:
    """Breaks what is told: a restart that is over, of long ago or of another component would count as one that nobody noticed."""
    now = 1000000.0
    node.clock = lambda: now  # type: ignore[method-assign]
    named = {API: now - 5, "etcd": now - 59, "kubelet": now - 30, "kube-scheduler": now}
    assert away.beginning(node, named) == ([API, "etcd", "kubelet"], None)
    assert away.beginning(node, {API: now - 3600, "etcd": now + 60}) == ([], None)
    # The new process is there already, or none is: it is away since the manifest was written.
    for started in (now - 2, now - 5):
        node.since[API] = started
        assert away.beginning(node, named) == ([API, "etcd", "kubelet"], 5.0)
    node.oldest_start = lambda _name: 0.0  # type: ignore[method-assign]
    assert away.beginning(node, named) == ([API, "etcd", "kubelet"], 59.0)
    assert away.beginning(node, {"kubelet": now - 30}) == (["kubelet"], None)
    # It may have come up long ago.
    node.oldest_start = lambda _name: now - 25  # type: ignore[method-assign]
    assert away.beginning(node, {API: now - 30}) == ([], None)


def _entered(
    node: Node,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[bool],
    restarting: dict[str, float],
) -> away.Away:
    """After all of these answers were given; the last one goes on."""
    left, over = list(answers), threading.Event()

    def probe(_endpoint: t.Any) -> Health:
        if len(left) == 1:
            over.set()
            return Health(left[0], "")
        return Health(left.pop(0), "")

    monkeypatch.setattr(away, "HealthProbe", lambda *_arguments: probe)
    with away.Away(node.control_plane(), node, restarting) as measured:
        assert over.wait(60)
    return measured


def test_what_was_measured_is_kept(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the next plan, which says nothing of how long the API server will be away, or says it of what was not restarted."""
    restarting = {API: time.time(), "kube-scheduler": time.time(), "kubelet": time.time()}
    measured = _entered(node, monkeypatch, [True, False, False, True], restarting)
    assert load(node) == {}
    measured.keep(pytest.fail)
    # Asked at 2 of a clock on which each look takes one second, and answered at 7.
    assert load(node) == {API: 5.0}


def test_nothing_is_measured_of_what_is_not_restarted(node: Node) -> None:
    """Breaks the first run, whose API server was never there; and every wait for what has not changed."""
    for restarting in ({}, {"kube-scheduler": time.time()}):
        with away.Away(node.control_plane(), node, restarting) as measured:
            pass
        measured.keep(pytest.fail)
        # A run without an API server of its own has nothing to ask.
        with away.Away(node.control_plane()._replace(endpoints=[]), node, {API: time.time()}) as measured:
            pass
        measured.keep(pytest.fail)
    assert not node.exists(PATH)


@pytest.mark.parametrize(
    ("answers", "healthy", "is_kept"),
    [
        ([True, True], (), True),
        ([False, True], (), False),
        ([False, True], ("etcd",), False),
        ([False, True], (API,), True),
    ],
)
def test_a_server_that_was_not_there_before(
    node: Node, monkeypatch: pytest.MonkeyPatch, answers: list[bool], healthy: tuple[str, ...], is_kept: bool
) -> None:
    """Breaks what a plan foretells after a control plane was mended that did not run: it was not away for a restart."""
    if healthy:
        save(node, LastHealthy(healthy, {}, 0.0, ""))
    _entered(node, monkeypatch, answers, {API: time.time()}).keep(pytest.fail)
    assert node.exists(PATH) is is_kept


def test_a_server_that_answers_all_the_time(node: Node) -> None:
    """Breaks over real HTTP: a server that is well counts as away."""
    with away.Away(node.control_plane(), node, {"kubelet": time.time()}) as measured:
        pass
    measured.keep(pytest.fail)
    assert load(node) == {"kubelet": 0.0}


def test_what_cannot_be_kept_is_told(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a run that has ended well, for a number."""
    (node.root / "var/lib/kubewright").write_text("no folder", encoding="ascii")
    told: list[str] = []
    _entered(node, monkeypatch, [True], {API: time.time()}).keep(told.append)
    (text,) = told
    assert text.startswith("wait_control_plane: /")


def test_what_cannot_be_asked_changes_nothing(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a good change: what the measuring trips over would be taken for its failure, and the change put back."""

    def probe(_endpoint: t.Any) -> t.NoReturn:
        raise RuntimeError("odd")

    monkeypatch.setattr(away, "HealthProbe", lambda *_arguments: probe)
    with away.Away(node.control_plane(), node, {API: time.time()}) as measured:
        pass
    measured.keep(pytest.fail)
    assert not node.exists(PATH)
