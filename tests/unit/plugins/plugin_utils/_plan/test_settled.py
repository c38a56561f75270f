# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phases that change nothing, as it was known when the host was read."""

from __future__ import annotations

import typing as t

from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest, meaning
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.settled import mark, settled

MakeConfig = t.Callable[..., Config]
PHASES = ("etcd", "mark_control_plane", "bootstrap_token")


def _facts(config: Config, **changed: t.Any) -> dict[str, t.Any]:
    """A host on which all is as it is wanted."""
    plans = [plan_of(phase, config) for phase in PHASES]
    files = {
        file.path: {
            "digest": digest(file.content.encode()),
            "meaning": meaning(file.path, file.content),
            "mode": file.mode,
            "is_roots": True,
        }
        for plan in plans
        for file in plan.files
    }
    unchanged = {"action": "unchanged", "error": "", "version": "1", "shown": None}
    objects = {item.mark(): unchanged for plan in plans for item in plan.objects}
    return {"files": files, "api": {"answers": True, "error": "", "objects": objects}, **changed}


def test_what_is_as_it_is_wanted(make_config: MakeConfig) -> None:
    """Breaks the time of a run that changes nothing: each phase plans again; or a phase is left out whose plan depends on more."""
    config = make_config("1.31.0")
    plans = {phase: plan_of(phase, config) for phase in PHASES}
    assert settled(plans, _facts(config), False) == ["etcd", "mark_control_plane"]


def test_what_is_not_known_is_not_settled(make_config: MakeConfig) -> None:
    """Breaks a run on a host that differs, or whose API server does not answer: its phases would do nothing."""
    config = make_config("1.31.0")
    plans = {phase: plan_of(phase, config) for phase in PHASES}
    absent = dict.fromkeys(_facts(config)["files"])
    silent = {"answers": False, "error": "", "objects": {}}
    assert settled(plans, _facts(config, files=absent, api=silent), False) == []
    refused = {"answers": True, "error": "refused", "objects": {}}
    assert settled(plans, _facts(config, files={}, api=refused), False) == []
    odd = {
        mark: {"action": "refused", "error": "no", "version": None, "shown": None}
        for mark in _facts(config)["api"]["objects"]
    }
    assert settled(plans, _facts(config, files={}, api={**silent, "answers": True, "objects": odd}), False) == []


def test_a_mark_is_of_one_configuration(make_config: MakeConfig) -> None:
    """Breaks a role that is told something else than the one that has read: it would do nothing."""
    config, other = make_config("1.31.0"), make_config("1.31.0", bind_port=7443)
    assert len({mark("etcd", config, True), mark("etcd", config, False), mark("etcd", other, False)}) == 3
    facts = {"files": {}, "settled": mark("etcd", config, False)}
    arguments = {"phase": "etcd", "config": config.data, "read": facts}
    action = act("host_files", arguments, {})
    assert (action.trips, action.result) == (
        [],
        {"changed": False, "written": [], "contents": [], "replaced": [], "planned": []},
    )
    another = {**arguments, "phase": "control_plane"}
    for given, check in (({**arguments, "config": other.data}, False), (arguments, True), (another, False)):
        assert [name for name, _given in act("host_files", given, {}, {"failed": True}, check=check).trips] == [
            "host_read"
        ]
