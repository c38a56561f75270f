# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the actions of phases ship: the task's arguments, what the controller adds, and no configuration unasked."""

from __future__ import annotations

import typing as t

import pytest
from acting import act, facts_of_host

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane


def test_the_arguments_of_the_task_and_the_controllers(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks modules that get less than the task gives, or the whole configuration, which they do not need."""
    config = make_config("1.31.0")
    shipped = act("wait_apiserver", {"config": config.data, "timeout": 7}, {}).shipped
    assert shipped is not None
    assert shipped.pop("progress")
    assert shipped == {
        "config": {},
        "timeout": 7,
        "control_plane": control_plane(config).plain(),
        "lock_timeout": 120.0,
    }


def test_a_configuration_that_is_empty() -> None:
    """Breaks the message where the result of a skipped task is passed."""
    action = act("wait_apiserver", {"config": {}}, {})
    assert action.trips == []
    assert action.result["msg"].startswith("wait_control_plane: config is empty: pass what ")


@pytest.mark.parametrize("answer", [{"unreachable": True}, {"failed": True, "msg": "host_read: why"}])
def test_a_host_that_cannot_say_what_it_is(answer: dict[str, t.Any]) -> None:
    """Breaks the cause where the configuration is to be resolved anew: the phase must not be begun."""
    action = act("wait_apiserver", {"config": {"resolved": {}, "input": "of others"}}, {}, answer)
    assert [name for name, _arguments in action.trips] == ["host_read"]
    assert {key: action.result[key] for key in answer} == answer


def test_warnings_of_the_variables_are_those_of_the_phase(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks warnings of variables that only one role is told."""
    variables = {"kubewright_certificate_validity_period": "87601h"}
    given = {"config": {"resolved": {}, "input": "of others"}}
    facts = facts_of_host(node_facts())
    result = act("wait_apiserver", given, variables, facts, {"changed": False, "warnings": ["of the host"]}).result
    assert [text for text in result["warnings"] if "kubewright_certificate_validity_period" in text]
    assert result["warnings"][0] == "of the host"
