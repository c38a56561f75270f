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
FIELDS = [{"name": "--v", "before": "1", "after": "2"}]
CHANGED = {
    "planned": [
        {"artefact": MANIFEST, "action": "change", "reason": "it differs", "fields": FIELDS},
        {"artefact": "kube-apiserver", "action": "restart", "reason": "its manifest changes", "away_seconds": 18.2},
    ],
}


class Recorded:
    """A callback and what it has shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: bool) -> None:
        self.shown: list[str] = []
        self.play_checks = False
        self.action = "kubewright.control_plane.host_files"
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
        self.callback.v2_runner_on_ok(self._ended(values, host, name))

    def fails(self, values: t.Any) -> None:
        """A task that fails so."""
        self.callback.v2_runner_on_failed(self._ended(values, "cp1", "result"))

    def _ended(self, values: t.Any, host: str, name: str) -> types.SimpleNamespace:
        where, task = (
            types.SimpleNamespace(get_name=lambda: host),
            types.SimpleNamespace(check_mode=self.play_checks, action=self.action, resolved_action=None),
        )
        prefix = name.removesuffix("result")
        return types.SimpleNamespace(**{name: values, f"{prefix}host": where, f"{prefix}task": task})

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
        "  kube-apiserver                                 restart  its manifest changes (the API server was away for 18 s when this "
        "was done last)",
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


def test_a_play_that_is_in_check_mode_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the plan of a play with C(check_mode: true): it would be told as what was changed."""
    run = Recorded(monkeypatch)
    run.play_checks = True
    run.result({"planned": []})
    assert run.end() == ["PLAN", "cp1: nothing to change"]


@pytest.mark.parametrize("fails", [False, True])
def test_what_was_shown_is_not_shown_again(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    """Breaks playbooks/plan.yml, which would tell all twice; or a run that only writes the plan, which would tell nothing."""
    for shown in (True, False):
        run = Recorded(monkeypatch, check=True)
        run.result(CHANGED)
        said = {"shown": shown, "written": []}
        if fails:
            run.fails(said)
        else:
            run.result(said)
        assert (run.end() == []) is shown


def test_what_others_have_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the plan of all hosts at the end: a task of another collection returns something that it calls planned too."""
    run = Recorded(monkeypatch, check=True, diff=True)
    run.action = "community.general.terraform"
    run.result({"planned": ["a.tf", {"x": 1}]})
    assert run.end() == []
