# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a control plane comes up, a line for each step."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.progress import Progress
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.wait import Health

UP, AWAY = Health(True, ""), Health(False, "https://h:6443/livez: Connection refused")


def test_a_usual_start() -> None:
    """Breaks what is told on the way: a step is left out, or told twice."""
    said: list[str] = []
    progress = Progress(said.append)
    progress({"kubelet": UP, "etcd": AWAY}, "etcd", 1.0)
    progress({"kubelet": UP, "etcd": AWAY}, "etcd", 2.5)
    progress({"kubelet": UP, "etcd": AWAY}, "etcd", 5.0)
    progress({"kubelet": UP, "etcd": UP, "kube-apiserver": UP}, None, 6.0)
    assert said == [
        "kubelet is healthy after 1.0 s",
        f"waiting for etcd: {AWAY.text} (2 s)",
        "etcd is healthy after 6.0 s",
        "kube-apiserver is healthy after 6.0 s",
    ]


def test_what_changes_is_told_soon_and_the_same_seldom() -> None:
    """Breaks logs: a line for each of 64 looks in a second, or a minute of silence."""
    said: list[str] = []
    progress = Progress(said.append)
    for tenth in range(700):
        text = "a" if tenth < 100 else f"b{tenth % 2}"
        progress({"etcd": Health(False, text)}, "etcd", tenth / 10)
    assert said[:2] == ["waiting for etcd: a (2 s)", "waiting for etcd: b0 (10 s)"]
    assert len(said) <= 1 + 30


def test_what_goes_away_again() -> None:
    """Breaks the sight of a component that comes and goes."""
    said: list[str] = []
    progress = Progress(said.append)
    for health in (UP, AWAY, UP):
        progress({"etcd": health}, "etcd", 0.5)
    assert said == [
        "etcd is healthy after 0.5 s",
        f"etcd is not healthy any more: {AWAY.text}",
        "etcd is healthy after 0.5 s",
    ]
