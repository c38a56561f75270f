# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback plan."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.callback import plan

MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"
CHANGED = {
    "planned": [
        {"artefact": MANIFEST, "action": "change", "reason": "it differs"},
        {"artefact": "kube-apiserver", "action": "restart", "reason": "its manifest changes"},
    ],
    "diff": [
        {"before_header": MANIFEST, "after_header": MANIFEST, "before": "a: [--v=1]\n", "after": "a: [--v=2]\n"},
        {"before_header": "x (absent)", "after_header": "x", "before": "", "after": "b: 1\n"},
    ],
}


class Recorded:
    """A callback and what it has shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: bool) -> None:
        self.shown: list[str] = []
        monkeypatch.setattr(plan.context, "CLIARGS", options)
        self.callback = plan.CallbackModule()
        self.callback._display = self

    def banner(self, text: str) -> None:
        """Of the table."""
        self.shown.append(text)

    def display(self, text: str, **_more: t.Any) -> None:
        """A line."""
        self.shown.append(text)

    def result(self, values: t.Any, host: str = "cp1", name: str = "result") -> None:
        """A task that ends so."""
        where = types.SimpleNamespace(get_name=lambda: host)
        names = {"result": {"result": values, "host": where}, "_result": {"_result": values, "_host": where}}
        self.callback.v2_runner_on_ok(types.SimpleNamespace(**names[name]))

    def end(self) -> list[str]:
        """What is shown at the end."""
        self.callback.v2_playbook_on_stats(None)
        return self.shown


@pytest.mark.parametrize("name", ["result", "_result"])
def test_rows_of_each_host(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Breaks the plan: a row is lost or told twice, or stands at another host; also before ansible-core 2.19."""
    run = Recorded(monkeypatch, check=True, diff=True)
    run.result(CHANGED, name=name)
    run.result(CHANGED, name=name)
    run.result({"planned": []}, host="cp2", name=name)
    assert run.end() == [
        "PLAN",
        "cp1: 2 changes",
        f"  {MANIFEST}  change   it differs",
        "      --v: 1 -> 2",
        "  kube-apiserver                                 restart  its manifest changes",
        "cp2: nothing to change",
    ]


def test_without_diff_there_are_no_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks runs in which nobody has asked for what differs."""
    run = Recorded(monkeypatch, check=False, diff=False)
    run.result(CHANGED)
    assert run.end()[:3] == ["CHANGES", "cp1: 2 changes", f"  {MANIFEST}  change   it differs"]
    assert not any("--v" in line for line in run.shown)


def test_other_tasks_and_hidden_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the output of playbooks that have nothing to do with this collection, or shows what is hidden."""
    run = Recorded(monkeypatch, check=True)
    for values in ({"changed": True}, {"planned": "x"}, {**CHANGED, "_ansible_no_log": True}):
        run.result(values)
    assert run.end() == []


def test_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the end of a run that changes nothing."""
    run = Recorded(monkeypatch)
    run.result({"planned": []})
    assert run.end() == ["CHANGES", "cp1: nothing changed"]
