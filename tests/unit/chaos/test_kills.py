# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which runs make chaos kills, and what it compares."""

from __future__ import annotations

import importlib
import typing as t

import pytest


@pytest.fixture(name="kills")
def fixture_kills(monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any) -> t.Any:
    """The module, which takes its node from the environment."""
    for name in ("MOLECULE_PROJECT_DIRECTORY", "MOLECULE_EPHEMERAL_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("MOLECULE_SCENARIO_NAME", "chaos")
    return importlib.import_module("chaos.kills")


def test_a_seed_makes_the_same_kills(kills: t.Any) -> None:
    """Breaks who wants to see a failure again."""
    lengths = [20.0, 30.0, 40.0, 50.0]
    made = kills.inside(7, 20, lengths)
    assert made == kills.inside(7, 20, lengths) != kills.inside(8, 20, lengths)
    assert len(made) == 20
    assert {kill.task for kill in made} == {0}
    assert all(
        3 <= kill.seconds <= lengths[kills.BAD.index(kill.variables)] and kill.after == kills.OLD for kill in made
    )


def test_what_is_compared(kills: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the comparison: another content or mode is not seen, or another time is taken for a difference."""
    sha = "0f1e2d3c"
    found = {
        "/etc/kubernetes/manifests/etcd.yaml": f"f 600 root root  1796040000.1234567890 {sha}  /etc/x",
        "/etc/kubernetes/pki/apiserver.crt": "f 644 root root  1796040000.1 1  /etc/y",
        "/etc/kubernetes": "d 755 root root ",
        "ConfigMap a/b": '{"data": {"a": "1.5 "}}',
    }
    monkeypatch.setattr(kills, "node_state", lambda _on_node: found)
    assert kills.state() == {
        "/etc/kubernetes/manifests/etcd.yaml": f"f 600 root root  {sha}  /etc/x",
        "/etc/kubernetes": "d 755 root root ",
        "ConfigMap a/b": '{"data": {"a": "1.5 "}}',
    }


def test_what_is_told(kills: t.Any) -> None:
    """Breaks the sight of which kill went wrong."""
    assert str(kills.Kill(3, 0.0, {}, {})) == "killed at the beginning of task 3"
    assert str(kills.Kill(0, 4.25, {"a": 1}, {})) == "killed on the host after 4.2 s, with a"
