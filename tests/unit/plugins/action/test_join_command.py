# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""join_command on the controller: what the host is told, and what is hidden."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import join_question

TOKEN = "abcdef.0123456789abcdef"


JOIN = {"answers": True, "token_id": "abcdef", "token": TOKEN, "ca_hash": "sha256:1"}
COMMAND = f"kubeadm join 192.0.2.10:6443 --token {TOKEN} --discovery-token-ca-cert-hash sha256:1"


@pytest.mark.parametrize(("answer", "hidden"), [({"join": JOIN}, True), ({"failed": True, "msg": "why"}, False)])
def test_the_join_command_is_hidden_but_not_an_error(
    make_config: t.Callable[..., t.Any], answer: dict[str, t.Any], hidden: bool
) -> None:
    """Breaks when the token is printed, or the reason of a failure is not."""
    variables = {"kubewright_bootstrap_tokens": [{"token": TOKEN}]}
    action = act("join_command", {"config": make_config("1.31.0").data}, variables, answer)
    assert (action.result.get("_ansible_no_log", False), action.hidden) == (hidden, True)
    assert not hidden or action.result["join_command"] == COMMAND
    assert action.shipped is not None
    assert action.shipped["preferred_token_ids"] == ["abcdef"]
    assert "0123456789abcdef" not in str(action.shipped)


def _read(config: t.Any, **more: t.Any) -> dict[str, t.Any]:
    asked = {"show_join": join_question(config, [])}
    return {"files": {}, "asked": marks(asked), "answers": {"show_join": {**JOIN, **more}}}


def test_what_was_read_is_enough(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the time of a run that changes nothing: the host is asked again for what it has said."""
    config = make_config("1.31.0")
    action = act("join_command", {"config": config.data, "read": _read(config)}, {})
    assert (action.trips, action.result["join_command"]) == ([], COMMAND)
    assert action.result["_ansible_no_log"]


@pytest.mark.parametrize("check", [True, False])
def test_a_cluster_that_was_not_there(make_config: t.Callable[..., t.Any], check: bool) -> None:
    """Breaks the first run: what was read before there was a cluster says nothing of it, but in check mode that is all."""
    config = make_config("1.31.0")
    read = _read(config, answers=False, token_id=None, token=None, ca_hash=None)
    action = act("join_command", {"config": config.data, "read": read}, {}, {"join": JOIN}, check=check)
    assert [name for name, _arguments in action.trips] == ([] if check else ["join_command"])
    assert action.result["join_command"].count("<value withheld>") == (2 if check else 0)


def test_no_token(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the message of a cluster that nothing can join."""
    config = make_config("1.31.0")
    read = _read(config, token_id=None, token=None)
    result = act("join_command", {"config": config.data, "read": read}, {}).result
    assert result["msg"].startswith("show_join: the cluster has no bootstrap token")


def test_a_token_that_is_going_to_be_made(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the plan of every cluster of more than a day, whose token has ended: the run makes another one first."""
    config = make_config("1.31.0")
    read = _read(config, token_id=None, token=None)
    result = act("join_command", {"config": config.data, "read": read}, {}, check=True).result
    assert "--token <value withheld> " in result["join_command"]
