# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bootstrap_token on the controller: what the host is told of the tokens."""

from __future__ import annotations

import typing as t

from acting import act

TOKEN = "abcdef.0123456789abcdef"


def test_declared_tokens_reach_the_host(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks declared tokens: they travel to the host with their defaults."""
    variables = {"kubewright_bootstrap_tokens": [{"token": TOKEN, "description": "mine"}]}
    unanswered = {"facts": {"files": {}, "api": {"answers": False, "error": "", "objects": {}}}}
    done = {"changed": True, "stale": [], "objects": {}, "diff": []}
    action = act("bootstrap_token", {"config": make_config("1.31.0").data}, variables, unanswered, done)
    assert [module for module, _arguments in action.trips] == ["host_read", "objects_apply"]
    for sent in (action.trips[0][1]["objects"], action.trips[1][1]["changes"]):
        assert [
            (item["token"]["token"], item["token"]["description"], item["token"]["lifetime"])
            for item in sent
            if item.get("token")
        ] == [(TOKEN, "mine", 86400.0)]
    assert TOKEN.partition(".")[2] not in str(action.result)
