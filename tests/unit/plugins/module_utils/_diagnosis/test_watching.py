# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis beside a wait."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import watching as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.all import Diagnosis
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict

SURE = Verdict("etcd", "PortInUse", "cannot listen", [], "Stop it.")


def _diagnosis(*verdicts: Verdict) -> Diagnosis:
    return Diagnosis({}, list(verdicts), [], [])


@pytest.mark.parametrize(
    ("verdict", "component", "counts"),
    [
        (SURE, "kube-apiserver", True),
        (SURE, "etcd", True),
        (SURE, "kubelet", False),
        (SURE._replace(fault="ContainerRuntimeDown"), "etcd", False),
        (SURE._replace(is_sure=False), "etcd", False),
        (SURE._replace(fault="FileMissing"), "etcd", False),
        (SURE._replace(component="kube-scheduler"), "kube-apiserver", False),
    ],
)
def test_what_ends_a_wait(verdict: Verdict, component: str, counts: bool) -> None:
    """Breaks runs that would have come to a good end, or lets them wait in vain."""
    assert subject.sure_verdict(_diagnosis(verdict), component) == (verdict if counts else None)


class _Clock:
    """A clock of its own."""

    now = 0.0

    def __call__(self) -> float:
        """Its time."""
        return self.now


def _asked(watching: subject.Watching, clock: _Clock, seconds: float) -> Verdict | None:
    """What is said within so many seconds, each of which is asked in."""
    for _second in range(int(seconds)):
        clock.now += 1
        found = watching("etcd")
        if found is not None:
            return found
        deadline = time.monotonic() + 10
        while watching._thread is not None and watching._thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.001)
    return None


def _watching(*looks: Diagnosis) -> tuple[subject.Watching, _Clock, list[Diagnosis]]:
    clock, left = _Clock(), list(looks)
    return subject.Watching(lambda: left.pop(0), clock), clock, left


def test_what_all_looks_say_for_some_seconds_is_believed() -> None:
    """Breaks when what passes in a moment ends a run, and puts back a change that was right."""
    other = SURE._replace(cause="cannot write")
    passing = [SURE, SURE, other, SURE]
    watching, clock, left = _watching(*map(_diagnosis, passing), _diagnosis(), *map(_diagnosis, [SURE] * 9))
    assert _asked(watching, clock, 24) is None
    assert _asked(watching, clock, 60) == SURE
    assert len(left) >= 3


def test_nobody_looks_at_what_comes_at_once() -> None:
    """Breaks the speed of a usual run."""
    watching, clock, left = _watching(_diagnosis(SURE))
    assert _asked(watching, clock, 4) is None
    assert len(left) == 1


def test_a_look_that_fails() -> None:
    """Breaks the wait by whatever a look trips over."""

    def look() -> t.NoReturn:
        raise KeyError("x")

    clock = _Clock()
    assert _asked(subject.Watching(look, clock), clock, 30) is None
