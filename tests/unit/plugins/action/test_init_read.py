# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""init_read on the controller: all that the phases have to know, at once."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import PLANNED, plan_of, request
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

MakeConfig = t.Callable[..., Config]
ALL = [phase.name for phase in PHASES]
SECRET = "0123456789abcdef"
TOKENS = {"kubewright_bootstrap_tokens": [{"token": f"abcdef.{SECRET}"}]}


def test_all_phases(make_config: MakeConfig) -> None:
    """Breaks init, which reads once: a phase would have to ask for itself; or the marks by which it finds its answer."""
    config = make_config("1.31.0")
    action = act("init_read", {"config": config.data}, {}, {"facts": {"files": {}, "answers": {}}})
    asked = questions(ALL, config)
    expected = dict(request([plan_of(phase, config) for phase in PLANNED]), questions=asked)
    assert action.trips == [("host_read", expected)]
    facts = action.result["facts"]
    assert list(facts) == ALL
    known = {phase: part["asked"][phase] for phase, part in facts.items() if "asked" in part}
    assert known == marks(asked)
    assert action.result["together"]["kubeconfigs"] is True
    before, after = facts["preflight"]["between"]
    assert before <= after
    # One without the variables that it was made of is taken as it is.
    assert {"join_facts", "config"} & action.result.keys() == set()


def test_some_phases(make_config: MakeConfig) -> None:
    """Breaks tags, and kubewright_skip_phases: what is not going to run is looked at all the same."""
    config = make_config("1.31.0", skip_phases=["preflight", "addon"])
    arguments = {"config": config.data, "phases": ["addons", "etcd", "images", "preflight"]}
    shipped = act("init_read", arguments, {}, {"facts": {"files": {}}}).shipped or {}
    assert (list(shipped["questions"]), shipped["paths"]) == ([], ["/etc/kubernetes/manifests/etcd.yaml"])
    assert "objects" not in shipped
    assert not act("init_read", arguments, {}, {"facts": {"files": {}}}).hidden
    nothing = act("init_read", {"config": make_config("1.31.0").data, "phases": ["audit"]}, {})
    assert (nothing.trips, nothing.result["facts"]) == ([], {"audit": {"files": {}}})


def test_tags_say_what_is_looked_at(make_config: MakeConfig) -> None:
    """Breaks runs of one phase, which would look at all that the others need, and carry it out."""
    variables = {"ansible_run_tags": ["etcd", "certs"], "ansible_skip_tags": ["certs"]}
    action = act("init_read", {"config": make_config("1.31.0").data}, variables, {"facts": {"files": {}}})
    assert list(action.result["facts"]) == ["etcd"]
    assert action.result["together"] == {"kubeconfigs": False, "certs": [], "wait_control_plane": [], "closing": []}


@pytest.mark.parametrize(
    ("answer", "hidden"),
    [
        ({"facts": {"files": {}, "answers": {"show_join": {"token": "x"}}}}, True),
        ({"facts": {"files": {}, "answers": {}}}, False),
        ({"failed": True, "msg": "why"}, False),
        ({"unreachable": True}, False),
    ],
)
def test_a_token_is_hidden_but_not_an_error(make_config: MakeConfig, answer: dict[str, t.Any], hidden: bool) -> None:
    """Breaks when a token is printed with -v, or the reason of a failure is not."""
    action = act("init_read", {"config": make_config("1.31.0").data}, TOKENS, answer)
    assert (action.result.get("_ansible_no_log", False), action.hidden) == (hidden, True)
    # The other tasks are given the facts, and are not hidden.
    assert not action.result.get("facts", {}).get("show_join", {}).get("answers")
    assert not hidden or action.result["join_facts"]["answers"]["show_join"] == {"token": "x"}
    assert {key: value for key, value in action.result.items() if key in ("failed", "msg", "unreachable")} == {
        key: value for key, value in answer.items() if key != "facts"
    }
    assert SECRET not in str(action.result)
