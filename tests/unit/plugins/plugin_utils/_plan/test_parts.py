# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Of what was read, what each phase is given."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.parts import parts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED, plan_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

ALL = [phase.name for phase in PHASES]
UNCHANGED = {"action": "unchanged", "error": "", "version": "1", "shown": None}


def test_each_phase_is_given_what_it_asks_for(make_config: t.Callable[..., Config]) -> None:
    """Breaks the run without changes: a phase that misses something reads the host for itself."""
    config = make_config("1.31.0")
    plans = {phase: plan_of(phase, config) for phase in PLANNED}
    paths = [path for plan in plans.values() for path in plan.paths()]
    marks = {item.mark() for plan in plans.values() for item in plan.objects}
    api = {"answers": True, "error": "", "objects": dict.fromkeys(marks, UNCHANGED)}
    # Any of it answers, as long as it could not be read.
    credentials = {"error": "unread"}
    facts = {
        "files": dict.fromkeys(paths),
        "kubelet": {"active": True, "error": ""},
        "api": api,
        "credentials": credentials,
    }
    asked, answers = (
        {"preflight": "p", "images": "i", "wait_control_plane": "w"},
        {"preflight": {}, "wait_control_plane": {}},
    )
    found = parts(ALL, plans, facts, asked, answers, {})
    assert list(found) == ALL
    assert all(plans[phase].is_answered(found[phase]) for phase in PLANNED)
    assert found["etcd"] == {"files": {"/etc/kubernetes/manifests/etcd.yaml": None}}
    assert found["images"] == {"files": {}, "asked": {"images": "i"}, "answers": {}}
    # What is carried out with the certificates and with the wait.
    assert all(plans[phase].is_answered(found["certs"]) for phase in ("etcd", "control_plane", "kubelet_start"))
    assert found["wait_control_plane"]["api"] == api
    assert found["kubelet_finalize"]["api"] == {"answers": True, "error": ""}
    assert len(found["mark_control_plane"]["api"]["objects"]) == 1
    known = parts(ALL, plans, facts, asked, answers, {"etcd": "e", "kubelet_finalize": "f", "kubelet_start": "k"})
    assert known["kubelet_start"] == {**found["kubelet_start"], "settled": "k"}
    assert known["etcd"] == {"files": {}, "settled": "e"}
    assert known["kubelet_finalize"] == {"files": {}, "settled": "f", "api": {"answers": True, "error": ""}}
    assert known["certs"] == found["certs"]


def test_a_host_of_which_nothing_could_be_read(make_config: t.Callable[..., Config]) -> None:
    """Breaks preflight for another user than root with a traceback in place of its message."""
    config = make_config("1.31.0")
    plans = {phase: plan_of(phase, config) for phase in PLANNED}
    assert parts(ALL, plans, {"files": {}}, {}, {}, {}) == {phase: {"files": {}} for phase in ALL}


def test_how_long_a_restart_took_comes_to_those_who_restart() -> None:
    """Breaks the plan: the row of a restart says nothing of it; or whatever a host answers goes on to every task."""
    measured = {"wait_control_plane": {"away": {"etcd": 20.5, "x": "y"}}}
    found = parts(ALL, {}, {"files": {}}, {}, measured, {})
    told = [phase for phase in ALL if "away" in found[phase]]
    assert told == ["etcd", "control_plane", "kubelet_start", "wait_control_plane", "kubelet_finalize"]
    assert all(found[phase]["away"] == {"etcd": 20.5} for phase in told)
    for odd in ({}, {"wait_control_plane": None}, {"wait_control_plane": {"away": []}}):
        assert not any("away" in part for part in parts(ALL, {}, {"files": {}}, {}, odd, {}).values())
