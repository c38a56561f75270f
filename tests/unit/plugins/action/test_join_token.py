# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""join_token on the controller: the token reaches no output."""

from __future__ import annotations

from acting import act

ANSWER = {"changed": True, "token": "abcdef.0123456789abcdef", "token_id": "abcdef"}


def test_the_token_is_hidden() -> None:
    """Breaks a secret: whoever reads the output of a run can let nodes join."""
    action = act("join_token", {"node": "worker1"}, {}, ANSWER)
    assert action.trips == [("join_token", {"node": "worker1"})]
    assert action.hidden
    assert (action.result["token_id"], action.result["_ansible_no_log"]) == ("abcdef", True)


def test_an_error_is_shown() -> None:
    """Breaks the cause: it is hidden with the token that was never made."""
    failed = {"failed": True, "msg": "join: there is a node worker1 already"}
    action = act("join_token", {"node": "worker1"}, {}, failed)
    assert action.result["msg"] == failed["msg"]
    assert "_ansible_no_log" not in action.result
