# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phases that are read, planned and applied: how often the host is asked, and what is made of its answers."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest, meaning
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED

MakeConfig = t.Callable[..., Config]
DONE = {"changed": True, "stale": [], "diff": []}
ETCD = "/etc/kubernetes/manifests/etcd.yaml"


def _facts(config: Config, *absent: str, active: bool = True) -> dict[str, t.Any]:
    """The facts of a host on which all files are as they are wanted, but for the absent ones."""
    files: dict[str, t.Any] = {}
    for phase in PLANNED:
        for file in phase_files(phase, config):
            content = file.content.encode()
            found = {
                "digest": digest(content),
                "meaning": meaning(file.path, file.content),
                "mode": file.mode,
                "is_roots": True,
            }
            files[file.path] = None if file.path in absent else found
    return {"files": files, "kubelet": {"active": active, "error": ""}}


@pytest.fixture
def config(make_config: MakeConfig) -> Config:
    """A configuration."""
    return make_config("1.31.0")


def test_one_trip_where_nothing_changes(config: Config) -> None:
    """Breaks the time of a run that changes nothing."""
    action = act("host_files", {"phase": "etcd", "config": config.data}, {}, {"facts": _facts(config)})
    assert [module for module, _arguments in action.trips] == ["host_read"]
    assert action.shipped == {"config": {}, "paths": [ETCD], "kubelet": False}
    assert action.result == {"changed": False, "written": [], "replaced": []}


def test_no_trip_where_it_was_read_before(config: Config) -> None:
    """Breaks the time of init, which reads for all of its phases once."""
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config)}
    assert act("host_files", arguments, {}).trips == []
    partly = {"phase": "etcd", "config": config.data, "read": {"files": {}}}
    assert len(act("host_files", partly, {}, {"facts": _facts(config)}).trips) == 1


@pytest.mark.parametrize("read", [{}, {"files": None}, {"facts": {"files": {}}}])
def test_facts_that_are_none(config: Config, read: dict[str, t.Any]) -> None:
    """Breaks with a traceback where the whole result is passed, or something else."""
    result = act("host_files", {"phase": "etcd", "config": config.data, "read": read}, {}).result
    assert result["failed"]
    assert result["msg"].startswith("etcd: read: ")


def test_what_changes_is_applied(config: Config) -> None:
    """Breaks the run: what is planned is not what the host is told, or not what is returned."""
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config, ETCD)}
    action = act("host_files", arguments, {}, DONE)
    [(module, shipped)] = action.trips
    assert (module, shipped["phase"]) == ("host_apply", "etcd")
    assert [(change["kind"], change["path"], change["expected"]) for change in shipped["changes"]] == [
        ("write_file", ETCD, None)
    ]
    assert (action.result["changed"], action.result["written"], action.result["replaced"]) == (True, [ETCD], [])


@pytest.mark.parametrize("diff", [True, False])
def test_check_mode_says_what_the_run_says(config: Config, diff: bool) -> None:
    """Breaks the promise of check mode; the host is asked only for what is shown of it."""
    arguments = {"config": config.data, "read": _facts(config, "/var/lib/kubelet/config.yaml")}
    done = act("kubelet_start", arguments, {}, DONE).result
    planned = act("kubelet_start", arguments, {}, DONE, check=True, diff=diff)
    assert len(planned.trips) == diff
    assert {key: planned.result[key] for key in ("changed", "written", "started")} == {
        key: done[key] for key in ("changed", "written", "started")
    }
    assert done["started"]


def test_a_host_that_has_changed_is_read_and_planned_anew(config: Config) -> None:
    """Breaks when what somebody else has written meanwhile is overwritten unseen, or ends the run."""
    stale, mended = {"changed": False, "stale": [ETCD], "diff": []}, _facts(config)
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config, ETCD)}
    action = act("host_files", arguments, {}, stale, {"facts": mended})
    assert [module for module, _arguments in action.trips] == ["host_apply", "host_read"]
    assert (action.result["changed"], action.result["written"]) == (False, [])


def test_a_host_that_keeps_changing_is_left_alone(config: Config) -> None:
    """Breaks when a run goes on for ever beside another one that writes the same file."""
    stale, read = {"changed": False, "stale": [ETCD], "diff": []}, {"facts": _facts(config, ETCD)}
    result = act("host_files", {"phase": "etcd", "config": config.data}, {}, *[read, stale] * 3).result
    assert result["failed"]
    assert result["msg"].startswith(f"etcd: {ETCD} changed 3 times")


@pytest.mark.parametrize("answer", [{"unreachable": True}, {"failed": True, "msg": "etcd: why"}])
def test_a_host_that_fails(config: Config, answer: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails in reading or in writing, or says that files were written."""
    arguments = {"phase": "etcd", "config": config.data}
    for answers in ([answer], [{"facts": _facts(config, ETCD)}, answer]):
        result = act("host_files", arguments, {}, *answers).result
        assert {key: result[key] for key in answer} == answer
        assert "written" not in result
