# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of phases, and all that has to agree with it."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.action import host_files, kube_apply
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import FILES, OBJECTS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import (
    BY_NAME,
    PHASES,
    Phase,
    kubeadm_names,
    skip_names,
    that_write,
)

ROLES = pathlib.Path(__file__).resolve().parents[5] / "roles"
INIT = yaml.safe_load((ROLES / "init/tasks/main.yml").read_text())[0]["block"]
IMPORTED = [
    task
    for task in INIT
    if task.get("ansible.builtin.import_role", {}).get("name", "").startswith("kubewright.control_plane.")
]


def test_init_runs_every_phase_once_in_its_order() -> None:
    """Breaks when a phase is missing from the whole job, or comes before what it needs."""
    names = [task["ansible.builtin.import_role"]["name"].rpartition(".")[2] for task in IMPORTED]
    assert names == [phase.name for phase in PHASES]


@pytest.mark.parametrize("task", IMPORTED, ids=lambda task: task["name"])
def test_init_can_run_and_skip_every_phase_alone(task: dict[str, t.Any]) -> None:
    """Breaks when a tag or kubewright_skip_phases has no effect on a phase, or on another one."""
    name = task["ansible.builtin.import_role"]["name"].rpartition(".")[2]
    conditions = task["when"] if isinstance(task["when"], list) else [task["when"]]
    assert task["name"] == f"Phase {name}"
    assert task["tags"] == [name]
    assert conditions[0] == f"'{name}' not in __config_result.resolved.skipPhases"


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
def test_a_phase_comes_after_what_it_needs(phase: Phase) -> None:
    """Breaks when a phase is moved before one whose work it builds on, or needs one that there is not."""
    before = [item.name for item in PHASES[: PHASES.index(phase)]]
    assert set(phase.needs) <= set(before)
    assert set(phase.with_skipped) <= set(BY_NAME)
    assert (ROLES / phase.name / "tasks/main.yml").exists()


def test_what_a_phase_writes_is_known() -> None:
    """Breaks when a phase writes files or objects that render, the reader or the modules do not know."""
    assert set(that_write("files")) == set(FILES)
    assert set(that_write("objects")) == set(OBJECTS)
    file_choices = host_files.ActionModule.argument_spec["phase"]["choices"]
    assert {*file_choices, "kubelet_start"} == set(FILES)
    object_choices = kube_apply.ActionModule.argument_spec["phase"]["choices"]
    assert {*object_choices, "bootstrap_token"} == set(OBJECTS)


def _documented(module: str) -> dict[str, t.Any]:
    text = (ROLES.parent / f"plugins/modules/{module}.py").read_text().split('r"""')[1].split('"""')[0]
    return t.cast("dict[str, t.Any]", yaml.safe_load(text)["options"]["phases"])


def test_the_host_is_read_for_every_phase() -> None:
    """Breaks the time of a run: a phase that is forgotten reads the host for itself; or the options of the readers."""
    names = [phase.name for phase in PHASES]
    read = next(task for task in INIT if "kubewright.control_plane.init_read" in task)
    assert read["tags"] == names
    for module, phases in (("init_read", names), ("host_read", list(PLANNED))):
        assert _documented(module)["choices"] == _documented(module)["default"] == phases
    for task in IMPORTED:
        name = task["tags"][0]
        found = re.findall(r"__init_read_(?:of_\w+|result\.facts\.get\('(\w+)'\))", task["vars"]["__read"])
        assert found in ([name], [""])


def test_names_of_both_kinds_can_be_skipped() -> None:
    """Breaks when kubeadm's name of a phase, or ours, is not taken."""
    assert set(skip_names()) == {*kubeadm_names().values(), *BY_NAME, "upload-certs"}
    assert all(set(left_out) <= {*BY_NAME, "addon/coredns", "addon/kube-proxy"} for left_out in skip_names().values())
