# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kube_apply on the controller: the objects of the phase that the task names."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of

MakeConfig = t.Callable[..., Config]
DONE = {"changed": True, "stale": [], "diff": []}


@pytest.mark.parametrize("phase", ["upload_config", "mark_control_plane", "addons"])
def test_the_objects_of_a_phase(make_config: MakeConfig, phase: str) -> None:
    """Breaks a phase: another one's objects are applied, or more of them are asked for than are applied."""
    config = make_config("1.31.0")
    unanswered = {"facts": {"files": {}, "api": {"answers": False, "error": "", "objects": {}}}}
    done = {**DONE, "objects": {}}
    [(_read, asked), (_apply, shipped)] = act(
        "kube_apply", {"phase": phase, "config": config.data}, {}, unanswered, done
    ).trips
    wanted = [item.manifest for item in plan_of(phase, config).objects]
    assert [item["manifest"] for item in asked["objects"]] == wanted
    assert [item["manifest"] for item in shipped["changes"]] == wanted
    assert (shipped["phase"], len(wanted) > 0) == (phase, True)


@pytest.mark.parametrize("phase", ["bootstrap_token", "etcd", "nonsense"])
def test_phases_of_other_actions(make_config: MakeConfig, phase: str) -> None:
    """Breaks with a traceback for a phase that has an action of its own, or none."""
    action = act("kube_apply", {"phase": phase, "config": make_config("1.31.0").data}, {})
    assert (action.trips, "phase must be one of" in action.result["msg"].replace("value of ", "")) == ([], True)
